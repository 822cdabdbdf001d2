#include "internal_pages.h"

#include <string>
#include <utility>

namespace dermaga::spool {

void InternalPages::handle(const http::Request& request, http::Responder responder) {
  std::move(responder).send(answer(request));
}

http::Response InternalPages::answer(const http::Request& request) {
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    http::Response refusal =
        http::problem(405, "method_not_allowed", "Method not allowed", "See the Allow header.");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  if (request.path == "/metrics") {
    keeper_.update_metrics();
    return {.status = 200,
            .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
            .body = registry_.exposition()};
  }
  const std::vector<http::Header> json = {{"Content-Type", "application/json"},
                                          {"Cache-Control", "no-store"}};
  if (request.path == "/healthz") {
    return {.status = 200, .headers = json, .body = R"({"status":"ok"})"};
  }
  if (request.path == "/readyz") {
    // How much lies here, for whoever wants to take this spool away.
    const std::string undelivered =
        R"(,"undelivered_orders":)" + std::to_string(keeper_.stats().orders) + "}";
    if (keeper_.is_draining()) {
      return {.status = 503, .headers = json, .body = R"({"status":"draining")" + undelivered};
    }
    return {.status = ready_ ? 200 : 503,
            .headers = json,
            .body = (ready_ ? R"({"status":"ready")" : R"({"status":"waiting")") + undelivered};
  }
  return http::problem(404, "not_found", "No such page",
                       "There is /metrics, /healthz and /readyz.");
}

}  // namespace dermaga::spool
