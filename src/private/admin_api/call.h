#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "http/message.h"
#include "identity/identity.h"
#include "json/reader.h"
#include "json/writer.h"
#include "result/result.h"
#include "shop/shop.h"

namespace dermaga::admin_api {

// One request, copied out of the server's buffers.
struct Call {
  http::Method method = http::Method::kOther;
  std::string path;  // below the base path
  std::string query;
  std::string body;
  std::string host;
  std::string origin;
  std::string fetch_site;  // Sec-Fetch-Site
  std::string content_type;
  std::string idempotency_key;
  std::string cookie;  // the session's secret, from its cookie
  std::string bearer;
  identity::Visitor visitor;
  std::vector<std::string> values;  // of the path's {names}, in order
  identity::Caller caller;          // of routes that want somebody
};
Call copy(const http::Request& request);

// What handlers work with.
struct Desk {
  Desk(shop::Shop& opened, identity::Identity& members, std::string console_url, std::string volume,
       std::string program_version)
      : shop(opened),
        staff(members),
        url(std::move(console_url)),
        private_volume(std::move(volume)),
        version(std::move(program_version)) {}

  std::mutex verification;  // of the audit log: one at a time
  shop::Shop& shop;
  identity::Identity& staff;
  std::string url;
  std::string private_volume;
  std::string version;
};

using Reply = std::function<void(http::Response)>;

struct Route {
  enum class Access : std::uint8_t {
    kAnyone,
    kSignedIn,
    kSignedInFresh,
    kPermission,   // a person or a token
    kPersonFresh,  // a person with the permission, who gave a second factor
  };
  http::Method method;
  std::string_view pattern;
  std::string_view operation;
  Access access;
  std::optional<roles::Permission> permission;
  // One of the two. `later` answers from another thread; both arguments live until then.
  Result<http::Response> (*run)(Desk&, Call&) = nullptr;
  void (*later)(std::shared_ptr<Desk>, std::shared_ptr<Call>, Reply) = nullptr;
};

// ---- answers ----
http::Response json_response(int status, std::string body);
http::Response no_content();
http::Response problem_of(const Error& error);
// A second factor is to be given first.
http::Response step_up_required();
// The answer with the session's cookie; an empty one ends it.
http::Response with_cookie(http::Response response, std::string_view token);

// ---- bodies ----
// The object in the body, all members of which `read` asks for.
template <typename T>
Result<T> read_body(const Call& call, Result<T> (*read)(json::ObjectReader&)) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(call.body));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(T value, read(reader));
  RETURN_IF_ERROR(reader.finish());
  return value;
}
inline constexpr std::size_t kReasonBytesMax = 200;
// The member "reason": why somebody does it; not blank. And a body that is nothing but it.
Result<std::string> reason_in(json::ObjectReader& reader);
Result<std::string> read_reason(const Call& call);
Result<roles::PermissionSet> read_permissions(json::ObjectReader& reader);

// ---- queries ----
// Of a query with members of known names only.
class Query {
 public:
  static Result<Query> parse(const Call& call, std::initializer_list<std::string_view> known);
  std::optional<std::string> one(std::string_view name) const;
  Result<std::optional<std::int64_t>> integer(std::string_view name, std::int64_t min,
                                              std::int64_t max) const;
  Result<std::size_t> limit() const;  // 1 to 100, else 50

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

// ---- writing ----
void write_money(json::Writer& writer, std::string_view name, const Money& money);
void write_permissions(json::Writer& writer, const roles::PermissionSet& permissions);
void write_session(json::Writer& writer, const identity::Session& session,
                   const SessionId& current);
identity::Principal principal_of(const Call& call, std::string reason);

}  // namespace dermaga::admin_api
