#include "access_log.h"

#include <chrono>
#include <utility>

#include "encoding/encoding.h"
#include "log/log.h"

namespace dermaga::edge_node {
namespace {

constexpr std::size_t kPathBytesMax = 200;

std::string_view name(http::Method method) {
  switch (method) {
    case http::Method::kGet:
      return "GET";
    case http::Method::kHead:
      return "HEAD";
    case http::Method::kPost:
      return "POST";
    case http::Method::kPut:
      return "PUT";
    case http::Method::kPatch:
      return "PATCH";
    case http::Method::kDelete:
      return "DELETE";
    case http::Method::kOptions:
      return "OPTIONS";
    case http::Method::kOther:
      break;
  }
  return "other";
}

int status_of(const store_api::Answer& answer) {
  const auto* response = std::get_if<http::Response>(&answer);
  return response != nullptr
             ? response->status
             : std::get<std::shared_ptr<const http::PreparedResponse>>(answer)->status;
}

}  // namespace

std::string loggable_path(std::string_view path) {
  std::string out(path);
  if (const std::size_t at = out.find("ord_"); at != std::string::npos) {
    const std::size_t end = out.find('/', at);
    out.replace(at, end == std::string::npos ? std::string::npos : end - at, "{order}");
  }
  out.resize(std::min(out.size(), kPathBytesMax));
  return encoding::is_utf8(out) ? out : "(not UTF-8)";
}

store_api::Reply logged(const http::Request& request, store_api::Reply reply, bool with_address) {
  return
      [reply = std::move(reply), method = name(request.method), path = loggable_path(request.path),
       address = with_address ? std::string(request.peer_address) : std::string(),
       started = std::chrono::steady_clock::now()](store_api::Answer answer) {
        const auto elapsed = std::chrono::steady_clock::now() - started;
        const std::int64_t elapsed_us =
            std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
        if (address.empty()) {
          log::info("request", {{"method", method},
                                {"path", path},
                                {"status", status_of(answer)},
                                {"duration_us", elapsed_us}});
        } else {
          log::info("request", {{"method", method},
                                {"path", path},
                                {"status", status_of(answer)},
                                {"duration_us", elapsed_us},
                                {"address", address}});
        }
        reply(std::move(answer));
      };
}

}  // namespace dermaga::edge_node
