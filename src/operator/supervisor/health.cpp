#include "health.h"

#include <string>

#include "http/client.h"
#include "json/reader.h"

namespace dermaga::supervisor {

Health look_at_health(int port) {
  http::ClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(port);
  options.timeout = std::chrono::milliseconds(1'000);
  options.body_bytes_max = 64 * 1024;
  http::Client client(std::move(options));
  const auto response = client.request("GET", "/readyz");
  if (!response.has_value()) {
    return {};
  }
  Health health{.answers = true, .ready = response->status == 200, .undelivered_orders = {}};
  const auto document = json::Document::parse(response->body);
  if (!document.has_value()) {
    return health;
  }
  auto reader = json::ObjectReader::of(document->root());
  if (!reader.has_value()) {
    return health;
  }
  if (const auto waiting = reader->optional("undelivered_orders")) {
    if (const auto number = waiting->as_integer(0, INT64_MAX); number.has_value()) {
      health.undelivered_orders = *number;
    }
  }
  return health;
}

}  // namespace dermaga::supervisor
