#include "gate.h"

#include "log/log.h"

namespace dermaga::admin_api {
namespace {

bool is_safe(http::Method method) {
  return method == http::Method::kGet || method == http::Method::kHead;
}

bool is_json(std::string_view content_type) {
  return content_type == "application/json" || content_type.starts_with("application/json;");
}

http::Response sign_in_first() {
  // The cookie stays: another tab's may be newer than the one that was judged here.
  return http::problem(401, "unauthenticated", "Sign in first",
                       "The session is over, or there was none.");
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    text += (text.empty() ? "" : " ") + value.substr(0, 100);
  }
  return text;
}

}  // namespace

Gate::Gate(Desk& desk, const std::string& url)
    : desk_(desk), origin_(url), host_(url.substr(url.find("://") + 3)) {}

std::optional<http::Response> Gate::check(const Route& route, Call& call) const {
  // Against names that an attacker makes point here (DNS rebinding).
  if (call.host != host_) {
    return http::problem(421, "wrong_host", "Misdirected request",
                         "The console is served at " + origin_ + " only.");
  }
  if (!is_safe(call.method)) {
    if (call.bearer.empty()) {
      if (auto refusal = check_origin(call); refusal.has_value()) {
        return refusal;
      }
    }
    if (!call.body.empty() && !is_json(call.content_type)) {
      return http::problem(415, "unsupported_media_type", "Unsupported media type",
                           "Content-Type must be application/json.");
    }
  }
  return route.access == Route::Access::kAnyone ? std::nullopt : check_caller(route, call);
}

// Browsers send Origin with every request that changes something; the cookie is SameSite=Strict
// too, and other sites cannot send JSON without asking first.
std::optional<http::Response> Gate::check_origin(const Call& call) const {
  const bool same_site = call.fetch_site.empty() || call.fetch_site == "same-origin";
  if (call.origin == origin_ && same_site) {
    return std::nullopt;
  }
  return http::problem(403, "cross_origin", "Not from here",
                       "Changes come from the console at " + origin_ +
                           ", or carry a token (Authorization: Bearer).");
}

std::optional<http::Response> Gate::check_caller(const Route& route, Call& call) const {
  using Access = Route::Access;
  auto caller =
      call.bearer.empty()
          ? desk_.staff.sessions.find(identity::SessionToken(call.cookie), call.visitor.source)
          : desk_.staff.tokens.find(identity::ApiTokenSecret(call.bearer), call.visitor.source);
  if (!caller.has_value()) {
    return caller.error().code() == ErrorCode::kUnauthenticated ? sign_in_first()
                                                                : problem_of(caller.error());
  }
  call.caller = *std::move(caller);
  const bool is_own = route.access == Access::kSignedIn || route.access == Access::kSignedInFresh;
  const bool wants_person = route.access != Access::kPermission && call.caller.session.empty();
  const bool lacks_right =
      !is_own && (!route.permission.has_value() || !call.caller.permissions.has(*route.permission));
  if (wants_person || lacks_right) {
    record_denied(route, call);
    std::string detail = "Only a person who signed in may do this.";
    if (lacks_right && route.permission.has_value()) {
      detail = "This wants the permission " + std::string(roles::name(*route.permission)) + ".";
    }
    return http::problem(403, "forbidden", "Not allowed", detail);
  }
  const bool asks_again = route.access == Access::kSignedInFresh ||
                          route.access == Access::kPersonFresh ||
                          (route.permission.has_value() && roles::asks_again(*route.permission));
  if (asks_again && !call.caller.is_fresh) {
    return step_up_required();
  }
  return std::nullopt;
}

void Gate::record_denied(const Route& route, const Call& call) const {
  const Status recorded = desk_.shop.audit_log().record({.actor = identity::actor_of(call.caller),
                                                         .action = std::string(route.operation),
                                                         .subject = joined(call.values),
                                                         .detail = "role " + call.caller.role,
                                                         .is_denied = true});
  if (!recorded.has_value()) {
    log::error("denied_act_not_recorded", {{"error", recorded.error().message()}});
  }
}

}  // namespace dermaga::admin_api
