#include "health.h"

#include <string>

#include "http/client.h"

namespace dermaga::supervisor {

bool answers_ready(int port) {
  http::ClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(port);
  options.timeout = std::chrono::milliseconds(1'000);
  options.body_bytes_max = 64 * 1024;
  http::Client client(std::move(options));
  const auto response = client.request("GET", "/readyz");
  return response.has_value() && response->status == 200;
}

}  // namespace dermaga::supervisor
