#include "arguments.h"
#include "handlers.h"
#include "retention/retention.h"

namespace dermaga::commands {

namespace {

constexpr std::int64_t kPersonsAtOnceMax = 1'000;

std::string rule(std::int64_t kept, std::string_view unit, std::string_view since) {
  return kept == 0 ? "kept until somebody erases them"
                   : "kept for " + std::to_string(kept) + " " + std::string(unit) + " " +
                         std::string(since);
}

std::string in_words(const retention::Persons& persons) {
  return std::to_string(persons.guests) + " guests, " + std::to_string(persons.declined) +
         " of declined orders, " + std::to_string(persons.accounts) + " accounts";
}

}  // namespace

Status retention_show(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                      admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  const retention::Rules& rules = shop.retention().rules();
  ASSIGN_OR_RETURN(const auto due, shop.retention().due());
  output.line("guests: " + rule(rules.guest_days, "days", "after their order ended"));
  output.line("declined orders: " + rule(rules.declined_days, "days", "after that"));
  output.line("accounts: " + rule(rules.account_unused_days, "days", "after they were last used"));
  output.line("mails as files: " + (rules.mail_file_hours == 0
                                        ? std::string("the newest 1,000 are kept")
                                        : rule(rules.mail_file_hours, "hours", "at most")));
  output.line("due now: " + in_words(due));
  return {};
}

Status retention_run(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 0));
  ASSIGN_OR_RETURN(const std::string reason, arguments.required("reason"));
  RETURN_IF_ERROR(audit::check_reason(reason));
  RETURN_IF_ERROR(
      shop.audit_log().record({.actor = actor, .action = "retention.run", .reason = reason}));
  ASSIGN_OR_RETURN(const auto erased, shop.retention().run(kPersonsAtOnceMax));
  output.line("erased: " + in_words(erased));
  ASSIGN_OR_RETURN(const auto due, shop.retention().due());
  if (due.total() > 0) {
    output.line("still due: " + in_words(due) + "; core goes on by itself, or run it again");
  }
  return {};
}

}  // namespace dermaga::commands
