#include "call.h"

#include <algorithm>
#include <charconv>

#include "admin_api/admin_api.h"
#include "encoding/encoding.h"
#include "result/problem.h"

namespace dermaga::admin_api {
namespace {

constexpr std::size_t kUserAgentBytesMax = 200;
constexpr std::size_t kPermissionNameBytesMax = 64;
constexpr std::int64_t kLimitMax = 100;
constexpr std::int64_t kLimitDefault = 50;

// RFC 6265 §4.2.1: "name=value; name=value".
std::string cookie_named(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    std::string_view pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return {};
}

std::string bearer_in(std::string_view header) {
  constexpr std::string_view kScheme = "Bearer ";
  return header.starts_with(kScheme) ? std::string(header.substr(kScheme.size())) : std::string();
}

std::string user_agent_of(std::string_view header) {
  std::string text(header.substr(0, kUserAgentBytesMax));
  std::erase_if(text, [](char character) { return character < 0x20 || character > 0x7e; });
  return text;
}

}  // namespace

Call copy(const http::Request& request) {
  Call call;
  call.method = request.method;
  call.path = request.path.substr(kBasePath.size());
  call.query = request.query;
  call.body = request.body;
  call.host = request.header("Host");
  call.origin = request.header("Origin");
  call.fetch_site = request.header("Sec-Fetch-Site");
  call.content_type = request.header("Content-Type");
  call.idempotency_key = request.header("Idempotency-Key");
  call.cookie = cookie_named(request.header("Cookie"), kSessionCookie);
  call.bearer = bearer_in(request.header("Authorization"));
  call.visitor = {.source = std::string(request.peer_address),
                  .user_agent = user_agent_of(request.header("User-Agent"))};
  return call;
}

http::Response json_response(int status, std::string body) {
  return {status,
          {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          std::move(body)};
}

http::Response no_content() {
  return {204, {{"Cache-Control", "no-store"}}, ""};
}

http::Response problem_of(const Error& error) {
  const ProblemMapping mapping = problem_mapping(error.code());
  // Only refusals explain themselves: messages of faults are for the log.
  const bool may_show = mapping.http_status < 500 || error.code() == ErrorCode::kOverloaded;
  return http::problem(mapping.http_status, mapping.code, mapping.title,
                       may_show ? error.message() : "", mapping.retry_after_s);
}

http::Response step_up_required() {
  return http::problem(403, "step_up_required", "A second factor is asked again",
                       "Give it at /admin/v1/me/step-up, then repeat the request.");
}

http::Response with_cookie(http::Response response, std::string_view token) {
  std::string cookie = std::string(kSessionCookie) + "=" + std::string(token) +
                       "; Path=/; Secure; HttpOnly; SameSite=Strict";
  if (token.empty()) {
    cookie += "; Max-Age=0";
  }
  response.headers.emplace_back("Set-Cookie", std::move(cookie));
  return response;
}

Result<std::string> reason_in(json::ObjectReader& reader) {
  ASSIGN_OR_RETURN(auto reason, reader.string("reason", kReasonBytesMax));
  if (reason.find_first_not_of(' ') == std::string::npos) {
    return make_error(ErrorCode::kInvalidArgument, "reason must say why");
  }
  return reason;
}

Result<std::string> read_reason(const Call& call) {
  return read_body<std::string>(call, &reason_in);
}

Result<roles::PermissionSet> read_permissions(json::ObjectReader& reader) {
  ASSIGN_OR_RETURN(const json::Value value, reader.required("permissions"));
  ASSIGN_OR_RETURN(const auto items, value.as_array(roles::kPermissions));
  roles::PermissionSet set;
  for (const json::Value& item : items) {
    ASSIGN_OR_RETURN(const auto name, item.as_string(kPermissionNameBytesMax));
    const auto permission = roles::permission_from(name);
    if (!permission.has_value()) {
      return make_error(ErrorCode::kInvalidArgument, item.path() + " is no permission");
    }
    set.add(*permission);
  }
  return set;
}

Result<Query> Query::parse(const Call& call, std::initializer_list<std::string_view> known) {
  Query query;
  std::string_view rest = call.query;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    ASSIGN_OR_RETURN(auto name, encoding::percent_decode(pair.substr(0, equals), true));
    ASSIGN_OR_RETURN(
        auto value, encoding::percent_decode(pair.substr(std::min(equals + 1, pair.size())), true));
    if (std::ranges::find(known, name) == known.end() || query.one(name).has_value()) {
      return make_error(ErrorCode::kInvalidArgument,
                        "the query has a member that is unknown here, or one twice");
    }
    query.members_.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

std::optional<std::string> Query::one(std::string_view name) const {
  for (const auto& [known, value] : members_) {
    if (known == name) {
      return value;
    }
  }
  return std::nullopt;
}

Result<std::optional<std::int64_t>> Query::integer(std::string_view name, std::int64_t min,
                                                   std::int64_t max) const {
  const auto text = one(name);
  if (!text.has_value()) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size() || value < min ||
      value > max) {
    return make_error(ErrorCode::kInvalidArgument, std::string(name) + " must be a number from " +
                                                       std::to_string(min) + " to " +
                                                       std::to_string(max));
  }
  return value;
}

Result<std::size_t> Query::limit() const {
  ASSIGN_OR_RETURN(const auto limit, integer("limit", 1, kLimitMax));
  return static_cast<std::size_t>(limit.value_or(kLimitDefault));
}

void write_money(json::Writer& writer, std::string_view name, const Money& money) {
  writer.key(name);
  writer.object();
  writer.field("amount", money.amount());
  writer.field("currency", money.currency().code());
  writer.end_object();
}

void write_permissions(json::Writer& writer, const roles::PermissionSet& permissions) {
  writer.key("permissions");
  writer.array();
  for (const std::string_view name : permissions.names()) {
    writer.string(name);
  }
  writer.end_array();
}

void write_session(json::Writer& writer, const identity::Session& session,
                   const SessionId& current) {
  writer.object();
  writer.field("id", session.id.str());
  writer.field("method", session.method);
  writer.field("source", session.visitor.source);
  writer.field("user_agent", session.visitor.user_agent);
  writer.field("created_at", format_rfc3339(session.created_at));
  writer.field("last_seen_at", format_rfc3339(session.last_seen_at));
  writer.field("expires_at", format_rfc3339(session.expires_at));
  writer.field_bool("is_current", session.id == current);
  writer.end_object();
}

identity::Principal principal_of(const Call& call, std::string reason) {
  return {.actor = identity::actor_of(call.caller),
          .permissions = call.caller.permissions,
          .reason = std::move(reason)};
}

}  // namespace dermaga::admin_api
