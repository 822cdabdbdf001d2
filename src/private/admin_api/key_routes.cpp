#include <charconv>
#include <utility>

#include "approval_json.h"
#include "key_custody/key_custody.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

key_custody::KeyCustody custody_of(Desk& desk) {
  const shop::Foundation& foundation = desk.shop.foundation();
  return key_custody::KeyCustody({.database = *foundation.database,
                                  .vault = *foundation.vault,
                                  .audit_log = desk.shop.audit_log()});
}

Result<http::Response> keys_as_they_are(Desk& desk, int status) {
  ASSIGN_OR_RETURN(const auto uses, custody_of(desk).status());
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const key_custody::KekUse& use : uses) {
    writer.object();
    writer.field("version", std::int64_t{use.version});
    writer.field_bool("seals", use.seals);
    writer.field("rows", use.rows);
    writer.field("kept_secrets", use.kept_secrets);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return json_response(status, std::move(text));
}

}  // namespace

Result<http::Response> list_keys(Desk& desk, Call& call) {
  RETURN_IF_ERROR(Query::parse(call, {}));
  return keys_as_they_are(desk, 200);
}

Result<http::Response> rotate_keys(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  if (desk.shop.foundation().database->is_shared()) {
    return make_error(ErrorCode::kForbidden,
                      "other cores on this database would not know the new key: rotate on the "
                      "private host, with dermaga-core keys rotate --other-cores stopped");
  }
  // The reason first: what comes after it may have been done when core is killed.
  RETURN_IF_ERROR(desk.shop.audit_log().record({.actor = identity::actor_of(call.caller),
                                                .action = "keys.ask_rotation",
                                                .subject = "",
                                                .reason = reason}));
  RETURN_IF_ERROR(custody_of(desk).rotate(identity::actor_of(call.caller)));
  return keys_as_they_are(desk, 201);
}

Result<http::Response> destroy_key(Desk& desk, Call& call) {
  const std::string& word = call.values[0];
  std::uint32_t version = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), version);
  if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size() || version == 0) {
    return make_error(ErrorCode::kInvalidArgument, "the version must be a number from 1");
  }
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  ASSIGN_OR_RETURN(const auto outcome,
                   desk.shop.four_eyes().destroy_key(version, reason, requester_of(call)));
  if (const auto* const asked = std::get_if<approvals::Approval>(&outcome)) {
    return one_approval(*asked, call, 202);
  }
  return keys_as_they_are(desk, 200);
}

}  // namespace dermaga::admin_api
