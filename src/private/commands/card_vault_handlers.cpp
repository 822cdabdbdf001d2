#include "arguments.h"
#include "card_vault/card_vault.h"
#include "handlers.h"

namespace dermaga::commands {

Status card_vault_show(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                       admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  ASSIGN_OR_RETURN(const auto connection, shop.connect());
  ASSIGN_OR_RETURN(const std::int64_t cards, shop.cards().count(*connection));
  output.line(shop.cards().is_on()
                  ? "on: shoppers with an account may save cards"
                  : "off: no card is shown, used or saved ([card_vault] in the settings)");
  output.line("saved cards: " + std::to_string(cards));
  if (!shop.cards().is_on() && cards > 0) {
    output.line("they are still there: dermaga-core card-vault clear --reason TEXT deletes them");
  }
  return {};
}

Status card_vault_clear(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 0));
  ASSIGN_OR_RETURN(const std::string reason, arguments.required("reason"));
  RETURN_IF_ERROR(audit::check_reason(reason));
  ASSIGN_OR_RETURN(const auto connection, shop.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(const std::int64_t cards, shop.cards().clear(*connection));
  const audit::Act act{.actor = actor,
                       .action = "card_vault.clear",
                       .detail = std::to_string(cards) + " cards",
                       .reason = reason};
  RETURN_IF_ERROR(audit::append(*connection, std::span(&act, 1), shop.clock().now()));
  RETURN_IF_ERROR(transaction.commit());
  output.line("deleted: " + std::to_string(cards) + " cards");
  return {};
}

}  // namespace dermaga::commands
