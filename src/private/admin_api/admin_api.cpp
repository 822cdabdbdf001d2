#include "admin_api/admin_api.h"

#include <utility>

#include "call.h"
#include "console_files.h"
#include "gate.h"
#include "log/log.h"
#include "routes.h"
#include "worker_pool.h"

namespace dermaga::admin_api {
namespace {

bool takes(const Route& route, http::Method method) {
  return route.method == method ||
         (route.method == http::Method::kGet && method == http::Method::kHead);
}

std::string_view name(http::Method method) {
  switch (method) {
    case http::Method::kGet:
      return "GET";
    case http::Method::kPost:
      return "POST";
    case http::Method::kPut:
      return "PUT";
    case http::Method::kPatch:
      return "PATCH";
    case http::Method::kDelete:
      return "DELETE";
    default:
      return "";
  }
}

http::Response with_security_headers(http::Response response) {
  for (auto& header : security_headers()) {
    response.headers.push_back(std::move(header));
  }
  return response;
}

}  // namespace

// Counts answers; the registry outlives every server of the process.
struct Counter {
  void operator()(std::string_view operation, int status) const {
    if (registry != nullptr) {
      registry
          ->counter("dermaga_core_admin_answers_total", "Answers of the admin API.",
                    {{"operation", std::string(operation)}, {"status", std::to_string(status)}})
          .increment();
    }
  }
  metrics::Registry* registry;
};

struct AdminApi::Impl {
  Impl(std::shared_ptr<shop::Shop> opened, const Options& given, ConsoleFiles files)
      : shop(std::move(opened)),
        desk(std::make_shared<Desk>(*shop, shop->staff(), given.url, given.private_volume,
                                    given.version)),
        gate(*desk, given.url),
        console(std::move(files)),
        count{given.registry},
        workers(given.threads, given.waiting_max) {}

  void answer(std::shared_ptr<Call> call, const Reply& reply);
  void run(const Route& route, std::shared_ptr<Call> call, Reply reply);

  const std::shared_ptr<shop::Shop> shop;
  const std::shared_ptr<Desk> desk;
  const Gate gate;
  const ConsoleFiles console;
  const Counter count;
  WorkerPool workers;  // last: its threads use all of the above
};

void AdminApi::Impl::run(const Route& route, std::shared_ptr<Call> call, Reply reply) {
  if (auto refusal = gate.check(route, *call); refusal.has_value()) {
    return reply(*std::move(refusal));
  }
  if (route.later != nullptr) {
    return route.later(desk, std::move(call), std::move(reply));
  }
  auto answer = route.run(*desk, *call);
  if (!answer.has_value() && answer.error().code() == ErrorCode::kForbidden) {
    gate.record_denied(route, *call);
  }
  if (!answer.has_value() && answer.error().code() != ErrorCode::kInvalidArgument &&
      answer.error().code() != ErrorCode::kNotFound) {
    log::info("admin_request_failed",
              {{"operation", route.operation}, {"error", answer.error().message()}});
  }
  reply(answer.has_value() ? *std::move(answer) : problem_of(answer.error()));
}

void AdminApi::Impl::answer(std::shared_ptr<Call> call, const Reply& reply) {
  std::string allowed;
  for (const Route& route : all_routes()) {
    auto values = fit(route.pattern, call->path);
    if (!values.has_value()) {
      continue;
    }
    if (!takes(route, call->method)) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(name(route.method));
      continue;
    }
    call->values = *std::move(values);
    const std::string_view operation = route.operation;
    return run(route, std::move(call), [count = count, reply, operation](http::Response response) {
      count(operation, response.status);
      reply(with_security_headers(std::move(response)));
    });
  }
  http::Response refusal =
      allowed.empty()
          ? http::problem(404, "not_found", "No such resource",
                          "The admin API is described at /admin/v1/openapi.json.")
          : http::problem(405, "method_not_allowed", "Method not allowed", "See the Allow header.");
  if (!allowed.empty()) {
    refusal.headers.emplace_back("Allow", allowed);
  }
  count("none", refusal.status);
  reply(with_security_headers(std::move(refusal)));
}

AdminApi::AdminApi(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
// Here and not with the last reference, which a worker may hold: it cannot wait for itself.
AdminApi::~AdminApi() {
  impl_->workers.stop();
}

Result<std::shared_ptr<AdminApi>> AdminApi::create(std::shared_ptr<shop::Shop> shop,
                                                   const Options& options) {
  ASSIGN_OR_RETURN(auto files, ConsoleFiles::load(options.assets_folder));
  return std::shared_ptr<AdminApi>(
      new AdminApi(std::make_shared<Impl>(std::move(shop), options, std::move(files))));
}

void AdminApi::handle(const http::Request& request, http::Responder responder) {
  const bool is_api =
      request.path == kBasePath || request.path.starts_with(std::string(kBasePath) + "/");
  if (!is_api) {
    const bool is_read =
        request.method == http::Method::kGet || request.method == http::Method::kHead;
    if (const auto file = is_read ? impl_->console.find(request.path) : nullptr) {
      return std::move(responder).send(file);
    }
    return std::move(responder).send(
        with_security_headers(http::problem(404, "not_found", "No such page", "")));
  }
  auto call = std::make_shared<Call>(copy(request));
  const auto answerer = std::make_shared<http::Responder>(std::move(responder));
  const Reply reply = [answerer](http::Response response) {
    std::move(*answerer).send(std::move(response));
  };
  if (!impl_->workers.add([impl = impl_, call, reply] { impl->answer(call, reply); })) {
    reply(with_security_headers(
        http::problem(503, "overloaded", "Too much at once; try again shortly", "", 2)));
  }
}

std::vector<AdminApi::RouteInfo> AdminApi::routes() {
  std::vector<RouteInfo> out;
  for (const Route& route : all_routes()) {
    out.push_back(
        {.method = route.method,
         .pattern = route.pattern,
         .operation = route.operation,
         .permission = route.permission.has_value() ? roles::name(*route.permission) : "",
         .is_public = route.access == Route::Access::kAnyone,
         .asks_again = route.access == Route::Access::kSignedInFresh ||
                       route.access == Route::Access::kPersonFresh ||
                       (route.permission.has_value() && roles::asks_again(*route.permission))});
  }
  return out;
}

}  // namespace dermaga::admin_api
