#include "arguments.h"
#include "handlers.h"
#include "identity/identity.h"

namespace dermaga::commands {

namespace {

Result<StaffId> only_staff_id(const Arguments& arguments) {
  if (arguments.plain().size() != 1) {
    return make_error(ErrorCode::kInvalidArgument, "name one of the staff (stf_…)");
  }
  return StaffId::parse(arguments.plain()[0]);
}

void print_invitation(shop::Shop& shop, const identity::Invitation& invitation,
                      admin::Output& output) {
  output.line(identity::enrolment_link(shop.config().admin_url, invitation.token).reveal());
  output.line("good once, until " + format_rfc3339(invitation.expires_at) +
              "; hand it over on a way that others do not read");
}

void print_member(const identity::Member& member, admin::Output& output) {
  const bool is_named = !member.email.empty();
  output.line(member.id.str() + "  " + std::string(identity::name(member.status)) + "  " +
              member.role + "  " +
              (is_named ? std::string(member.name.reveal()) + "  <" +
                              std::string(member.email.reveal()) + ">"
                        : std::string("(the first owner, not enrolled yet)")) +
              "  passkeys " + std::to_string(member.passkeys));
}

Status set_disabled(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output, bool disabled) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 1));
  ASSIGN_OR_RETURN(const auto id, only_staff_id(arguments));
  ASSIGN_OR_RETURN(const auto reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(const auto before, shop.staff().accounts.find(id));
  ASSIGN_OR_RETURN(
      const auto member,
      shop.staff().accounts.change(id, before.version, {.role = std::nullopt, .disabled = disabled},
                                   identity::host_principal(actor, reason)));
  print_member(member, output);
  return {};
}

}  // namespace

Status staff_owner_link(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  ASSIGN_OR_RETURN(const auto invitation, shop.staff().accounts.invite_first_owner(actor));
  print_invitation(shop, invitation, output);
  return {};
}

Status staff_list(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                  admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  ASSIGN_OR_RETURN(const auto members, shop.staff().accounts.list());
  for (const auto& member : members) {
    print_member(member, output);
  }
  if (members.empty()) {
    output.line("nobody yet; the first owner's link: staff owner-link");
  }
  return {};
}

Status staff_invite(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments,
                   Arguments::parse(words, 2, {"email", "name", "role", "reason"}, 0));
  ASSIGN_OR_RETURN(auto email, arguments.required("email"));
  ASSIGN_OR_RETURN(auto name, arguments.required("name"));
  ASSIGN_OR_RETURN(auto role, arguments.required("role"));
  ASSIGN_OR_RETURN(const auto reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(const auto invitation,
                   shop.staff().accounts.invite({.email = vault::EmailAddress(std::move(email)),
                                                 .name = vault::PersonName(std::move(name)),
                                                 .role = std::move(role)},
                                                identity::host_principal(actor, reason)));
  print_invitation(shop, invitation, output);
  return {};
}

Status staff_reinvite(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 1));
  ASSIGN_OR_RETURN(const auto id, only_staff_id(arguments));
  ASSIGN_OR_RETURN(const auto reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(const auto invitation,
                   shop.staff().accounts.invite_again(id, identity::host_principal(actor, reason)));
  print_invitation(shop, invitation, output);
  return {};
}

Status staff_disable(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output) {
  return set_disabled(shop, words, actor, output, true);
}

Status staff_enable(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output) {
  return set_disabled(shop, words, actor, output, false);
}

}  // namespace dermaga::commands
