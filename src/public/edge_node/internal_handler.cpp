#include "internal_handler.h"

#include <utility>

namespace dermaga::edge_node {

void InternalHandler::handle(const http::Request& request, http::Responder responder) {
  std::move(responder).send(answer(request));
}

http::Response InternalHandler::answer(const http::Request& request) const {
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    http::Response refusal =
        http::problem(405, "method_not_allowed", "Method not allowed", "See the Allow header.");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  if (request.path == "/metrics") {
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
    const bool has_catalog = views_.get() != nullptr;
    const bool is_ready = has_catalog && listening_;
    return {.status = is_ready ? 200 : 503,
            .headers = json,
            .body = is_ready       ? R"({"status":"ready"})"
                    : !has_catalog ? R"({"status":"waiting","for":"catalog"})"
                                   : R"({"status":"waiting","for":"listeners"})"};
  }
  return http::problem(404, "not_found", "No such page",
                       "There is /metrics, /healthz and /readyz.");
}

}  // namespace dermaga::edge_node
