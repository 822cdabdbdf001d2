#include <utility>

#include "routes.h"

namespace dermaga::admin_api {
namespace {

constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kNameBytesMax = 400;
constexpr std::size_t kRoleBytesMax = 40;
constexpr std::int64_t kVersionMax = INT64_MAX;

struct InviteForm {
  identity::NewMember member;
  std::string reason;
};

Result<InviteForm> invite_in(json::ObjectReader& reader) {
  InviteForm form;
  ASSIGN_OR_RETURN(auto email, reader.string("email", kEmailBytesMax));
  ASSIGN_OR_RETURN(auto name, reader.string("name", kNameBytesMax));
  ASSIGN_OR_RETURN(form.member.role, reader.string("role", kRoleBytesMax));
  ASSIGN_OR_RETURN(form.reason, reason_in(reader));
  form.member.email = vault::EmailAddress(std::move(email));
  form.member.name = vault::PersonName(std::move(name));
  return form;
}

struct ChangeForm {
  std::int64_t version = 0;
  identity::Accounts::Change change;
  std::string reason;
};

Result<ChangeForm> change_in(json::ObjectReader& reader) {
  ChangeForm form;
  ASSIGN_OR_RETURN(form.version, reader.integer("version", 1, kVersionMax));
  ASSIGN_OR_RETURN(form.change.role, reader.optional_string("role", kRoleBytesMax));
  if (const auto disabled = reader.optional("disabled")) {
    ASSIGN_OR_RETURN(form.change.disabled, disabled->as_boolean());
  }
  ASSIGN_OR_RETURN(form.reason, reason_in(reader));
  return form;
}

void write_member(json::Writer& writer, const identity::Member& member) {
  writer.object();
  writer.field("id", member.id.str());
  writer.field("email", member.email.reveal());
  writer.field("name", member.name.reveal());
  writer.field("role", member.role);
  writer.field("status", identity::name(member.status));
  writer.field("passkeys", member.passkeys);
  writer.field("created_at", format_rfc3339(member.created_at));
  writer.field("version", member.version);
  writer.end_object();
}

http::Response invited(const Desk& desk, const identity::Invitation& invitation) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("staff_id", invitation.staff.str());
  writer.field("link", identity::enrolment_link(desk.url, invitation.token).reveal());
  writer.field("expires_at", format_rfc3339(invitation.expires_at));
  writer.end_object();
  return json_response(201, std::move(text));
}

}  // namespace

Result<http::Response> list_staff(Desk& desk, Call& call) {
  RETURN_IF_ERROR(Query::parse(call, {}));
  ASSIGN_OR_RETURN(const auto members, desk.staff.accounts.list());
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& member : members) {
    write_member(writer, member);
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> invite_staff(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto form, read_body<InviteForm>(call, &invite_in));
  ASSIGN_OR_RETURN(
      const auto invitation,
      desk.staff.accounts.invite(form.member, principal_of(call, std::move(form.reason))));
  return invited(desk, invitation);
}

Result<http::Response> change_staff(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, StaffId::parse(call.values[0]));
  ASSIGN_OR_RETURN(auto form, read_body<ChangeForm>(call, &change_in));
  ASSIGN_OR_RETURN(const auto member,
                   desk.staff.accounts.change(id, form.version, form.change,
                                              principal_of(call, std::move(form.reason))));
  std::string text;
  json::Writer writer(text);
  write_member(writer, member);
  return json_response(200, std::move(text));
}

Result<http::Response> invite_staff_again(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, StaffId::parse(call.values[0]));
  ASSIGN_OR_RETURN(auto reason, read_reason(call));
  ASSIGN_OR_RETURN(const auto invitation,
                   desk.staff.accounts.invite_again(id, principal_of(call, std::move(reason))));
  return invited(desk, invitation);
}

Result<http::Response> sign_out_staff(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, StaffId::parse(call.values[0]));
  ASSIGN_OR_RETURN(auto reason, read_reason(call));
  RETURN_IF_ERROR(desk.staff.accounts.sign_out(id, principal_of(call, std::move(reason))));
  return no_content();
}

}  // namespace dermaga::admin_api
