#include "store_api/store_api.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "encoding/encoding.h"
#include "impl.h"
#include "parameters.h"
#include "result/problem.h"

namespace dermaga::store_api {
namespace {

struct Route {
  std::string_view path;  // below kBasePath; with has_rest: up to and with the last '/'
  bool has_rest;          // one more segment follows
  bool is_post;
  std::string_view name;  // in metrics
  void (StoreApi::Impl::*handler)(Call&);
};

int status_of(const Answer& answer) {
  if (const auto* response = std::get_if<http::Response>(&answer)) {
    return response->status;
  }
  return std::get<std::shared_ptr<const http::PreparedResponse>>(answer)->status;
}

bool equals_without_case(std::string_view left, std::string_view lower) {
  return std::equal(left.begin(), left.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

}  // namespace

// The place of "none", for requests that match no route, is behind the last route's.
metrics::Counter& AnswerCounters::of(std::size_t route, std::string_view name, int status) {
  std::atomic<metrics::Counter*>& slot =
      slots_[route][static_cast<std::size_t>(std::clamp(status, 0, kStatusMax))];
  metrics::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    // The registry gives every caller the same one.
    counter =
        &registry_.counter("dermaga_store_api_answers_total", "Answers of the store API.",
                           {{"route", std::string(name)}, {"status", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  return *counter;
}

// Counts the answer before it goes out.
Reply StoreApi::Impl::counted(Reply reply, std::size_t route, std::string_view name) {
  if (counters == nullptr) {
    return reply;
  }
  return [self = shared_from_this(), reply = std::move(reply), route, name](Answer answer) {
    self->counters->of(route, name, status_of(answer)).increment();
    reply(std::move(answer));
  };
}

StoreApi::StoreApi(const catalog_view::Holder& views, OrderLink& link, const Clock& clock,
                   const StoreApiOptions& options)
    : impl_(std::make_shared<Impl>(views, link, clock, options)) {}
StoreApi::~StoreApi() = default;

Status StoreApi::set_keys(const contract::EdgeKeys& keys) {
  ASSIGN_OR_RETURN(auto derivation, derivation::Derivation::create(keys.derivation_key));
  impl_->keys.store(std::make_shared<const Keys>(std::move(derivation), keys.sealing_keys_json,
                                                 keys.shopper_token_key));
  return {};
}

void StoreApi::set_core_capacity(double orders_per_second) {
  impl_->core_orders_per_second = orders_per_second;
}

bool StoreApi::owns(std::string_view path) {
  return path == kBasePath || path.starts_with(std::string(kBasePath) + "/");
}

void StoreApi::handle(const http::Request& request, Reply reply) {
  static constexpr Route kRoutes[] = {
      {"/products", false, false, "product_list", &Impl::product_list},
      {"/products/", true, false, "product", &Impl::product},
      {"/categories", false, false, "categories", &Impl::categories},
      {"/search", false, false, "search", &Impl::search},
      {"/quotes", false, true, "quote", &Impl::quote},
      {"/orders", false, true, "place_order", &Impl::place_order},
      {"/orders/", true, false, "order_status", &Impl::order_status},
      {"/sealing-keys", false, false, "sealing_keys", &Impl::sealing_keys},
      {"/sealed", false, true, "sealed_call", &Impl::sealed_call},
      {"/shopper", false, false, "shopper", &Impl::shopper},
      {"/openapi.json", false, false, "openapi", &Impl::openapi},
      {"/healthz", false, false, "health", &Impl::health},
  };
  static_assert(std::size(kRoutes) == AnswerCounters::kRoutes);
  const std::string_view path = request.path.substr(kBasePath.size());
  for (const Route& route : kRoutes) {
    const std::string_view rest =
        route.has_rest && path.starts_with(route.path) ? path.substr(route.path.size()) : "";
    const bool matches =
        route.has_rest ? !rest.empty() && rest.find('/') == rest.npos : path == route.path;
    if (!matches) {
      continue;
    }
    Reply answer =
        impl_->counted(std::move(reply), static_cast<std::size_t>(&route - kRoutes), route.name);
    const bool allowed = route.is_post ? request.method == http::Method::kPost
                                       : request.method == http::Method::kGet ||
                                             request.method == http::Method::kHead;
    if (!allowed) {
      http::Response refusal =
          http::problem(405, "method_not_allowed", "Method not allowed", "See the Allow header.");
      refusal.headers.emplace_back("Allow", route.is_post ? "POST" : "GET, HEAD");
      return answer(std::move(refusal));
    }
    Call call{request, rest, std::move(answer)};
    return ((*impl_).*route.handler)(call);
  }
  impl_->counted(std::move(reply), std::size(kRoutes),
                 "none")(http::problem(404, "not_found", "No such resource",
                                       "The store API is described at /store/v1/openapi.json."));
}

http::Response json_response(int status, std::string body) {
  return {status,
          {{"Content-Type", "application/json"}, {"Cache-Control", "private, no-store"}},
          std::move(body)};
}

http::Response problem_of(const Error& error) {
  const ProblemMapping mapping = problem_mapping(error.code());
  // Only refusals explain themselves: messages of faults are for the log.
  const bool may_show = mapping.http_status < 500;
  return http::problem(mapping.http_status, mapping.code, mapping.title,
                       may_show ? error.message() : "", mapping.retry_after_s);
}

http::Response problem_of(const BodyRefusal& refusal) {
  return http::problem(
      refusal.status, refusal.code,
      refusal.status == 422 ? "The request cannot be carried out" : "The request is not valid",
      refusal.detail);
}

http::Response catalog_not_loaded() {
  return http::problem(503, "catalog_not_loaded", "The catalog is not loaded yet",
                       "This edge has just started; try again shortly.", 2);
}

http::Response keys_not_loaded() {
  return http::problem(503, "core_unavailable", "Orders cannot be taken now",
                       "This edge has not reached the private zone yet; try again shortly.", 5);
}

bool has_content_type(const http::Request& request, std::string_view wanted) {
  std::string_view header = request.header("Content-Type");
  const std::size_t semicolon = header.find(';');
  std::string_view type = header.substr(0, semicolon);
  while (!type.empty() && type.back() == ' ') {
    type.remove_suffix(1);
  }
  if (!equals_without_case(type, wanted)) {
    return false;
  }
  if (semicolon == std::string_view::npos) {
    return true;
  }
  std::string parameter;
  for (const char c : header.substr(semicolon + 1)) {
    if (c != ' ' && c != '"') {
      parameter += c;
    }
  }
  return equals_without_case(parameter, "charset=utf-8");
}

http::Response wrong_content_type(std::string_view wanted) {
  return http::problem(415, "unsupported_media_type", "Unsupported media type",
                       "Content-Type must be " + std::string(wanted) + ".");
}

Result<std::string> locale_of(const catalog_view::View& view, const http::Request& request) {
  ASSIGN_OR_RETURN(const auto parameters, Parameters::parse(request.query));
  ASSIGN_OR_RETURN(const std::string asked, parameters.one("locale"));
  if (!asked.empty() && !view.has_locale(asked)) {
    std::string known;
    for (const std::string& locale : view.snapshot().locales) {
      known += (known.empty() ? "" : ", ") + locale;
    }
    return make_error(ErrorCode::kInvalidArgument, "locale must be one of: " + known);
  }
  return view.pick_locale(asked, request.header("Accept-Language"));
}

}  // namespace dermaga::store_api
