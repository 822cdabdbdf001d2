#include <utility>

#include "routes.h"

namespace dermaga::admin_api {
namespace {

constexpr std::size_t kRoleBytesMax = 40;
constexpr std::size_t kLabelBytesMax = 100;
constexpr std::int64_t kLifetimeHoursMax = 8'760;

struct RoleForm {
  identity::CustomRole role;
  std::string reason;
};

Result<RoleForm> new_role_in(json::ObjectReader& reader) {
  RoleForm form;
  ASSIGN_OR_RETURN(form.role.name, reader.string("name", kRoleBytesMax));
  ASSIGN_OR_RETURN(form.role.permissions, read_permissions(reader));
  ASSIGN_OR_RETURN(form.reason, reason_in(reader));
  return form;
}

Result<RoleForm> changed_role_in(json::ObjectReader& reader) {
  RoleForm form;
  ASSIGN_OR_RETURN(form.role.version, reader.integer("version", 1, INT64_MAX));
  ASSIGN_OR_RETURN(form.role.permissions, read_permissions(reader));
  ASSIGN_OR_RETURN(form.reason, reason_in(reader));
  return form;
}

void write_role(json::Writer& writer, std::string_view name,
                const roles::PermissionSet& permissions, std::int64_t version) {
  writer.object();
  writer.field("name", name);
  write_permissions(writer, permissions);
  writer.field_bool("is_built_in", version == 0);
  writer.field("version", version);
  writer.end_object();
}

http::Response one(int status, const identity::CustomRole& role) {
  std::string text;
  json::Writer writer(text);
  write_role(writer, role.name, role.permissions, role.version);
  return json_response(status, std::move(text));
}

void write_token(json::Writer& writer, const identity::ApiToken& token) {
  writer.object();
  writer.field("id", token.id.str());
  writer.field("label", token.label);
  write_permissions(writer, token.permissions);
  writer.field("created_by", token.created_by.str());
  writer.field("created_at", format_rfc3339(token.created_at));
  writer.field("expires_at", format_rfc3339(token.expires_at));
  if (token.last_used_at != UtcTime()) {
    writer.field("last_used_at", format_rfc3339(token.last_used_at));
  }
  writer.end_object();
}

struct TokenForm {
  std::string label;
  roles::PermissionSet permissions;
  std::chrono::hours lifetime{0};
  std::string reason;
};

Result<TokenForm> new_token_in(json::ObjectReader& reader) {
  TokenForm form;
  ASSIGN_OR_RETURN(form.label, reader.string("label", kLabelBytesMax));
  ASSIGN_OR_RETURN(form.permissions, read_permissions(reader));
  ASSIGN_OR_RETURN(const auto hours, reader.integer("lifetime_hours", 1, kLifetimeHoursMax));
  ASSIGN_OR_RETURN(form.reason, reason_in(reader));
  form.lifetime = std::chrono::hours(hours);
  return form;
}

}  // namespace

Result<http::Response> list_roles(Desk& desk, Call& call) {
  RETURN_IF_ERROR(Query::parse(call, {}));
  ASSIGN_OR_RETURN(const auto custom, desk.staff.roles.list());
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const roles::Role& role : roles::built_in()) {
    write_role(writer, role.name, role.permissions, 0);
  }
  for (const auto& role : custom) {
    write_role(writer, role.name, role.permissions, role.version);
  }
  writer.end_array();
  writer.key("permissions");
  writer.array();
  for (const roles::Permission permission : roles::all_permissions()) {
    writer.object();
    writer.field("name", roles::name(permission));
    writer.field_bool("asks_again", roles::asks_again(permission));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> make_role(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto form, read_body<RoleForm>(call, &new_role_in));
  ASSIGN_OR_RETURN(const auto role,
                   desk.staff.roles.make(form.role, principal_of(call, std::move(form.reason))));
  return one(201, role);
}

Result<http::Response> change_role(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto form, read_body<RoleForm>(call, &changed_role_in));
  form.role.name = call.values[0];
  ASSIGN_OR_RETURN(const auto role,
                   desk.staff.roles.change(form.role, principal_of(call, std::move(form.reason))));
  return one(200, role);
}

Result<http::Response> remove_role(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto reason, read_reason(call));
  RETURN_IF_ERROR(desk.staff.roles.remove(call.values[0], principal_of(call, std::move(reason))));
  return no_content();
}

Result<http::Response> list_tokens(Desk& desk, Call& call) {
  RETURN_IF_ERROR(Query::parse(call, {}));
  ASSIGN_OR_RETURN(const auto tokens, desk.staff.tokens.list());
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& token : tokens) {
    write_token(writer, token);
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> make_token(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto form, read_body<TokenForm>(call, &new_token_in));
  ASSIGN_OR_RETURN(const auto made,
                   desk.staff.tokens.make(call.caller, form.label, form.permissions, form.lifetime,
                                          form.reason));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("secret", made.secret.reveal());
  writer.key("token");
  write_token(writer, made.token);
  writer.end_object();
  return json_response(201, std::move(text));
}

Result<http::Response> end_token(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, ApiTokenId::parse(call.values[0]));
  ASSIGN_OR_RETURN(auto reason, read_reason(call));
  RETURN_IF_ERROR(desk.staff.tokens.end(id, principal_of(call, std::move(reason))));
  return no_content();
}

}  // namespace dermaga::admin_api
