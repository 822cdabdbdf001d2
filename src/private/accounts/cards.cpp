#include "cards.h"

#include <utility>

#include "profile.h"

namespace dermaga::accounts {
namespace {

std::unexpected<Refusal> vault_off() {
  return refuse(422, "card_vault_off", "this shop saves no cards");
}

Refusal refusal_of_saving(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kInvalidArgument:
      return {422, "card_expired", error.message()};
    case ErrorCode::kOverloaded:
      return {422, "limit_reached", error.message()};
    default:
      return {error};
  }
}

// Until the transaction ends nobody else adds to the account.
Status lock_account(store::Connection& connection, const CustomerId& account) {
  const store::Parameter key[] = {std::string_view(account.str())};
  ASSIGN_OR_RETURN(
      const auto locked,
      connection.execute("UPDATE accounts SET version = version WHERE customer_id = $1", key));
  return locked == 1 ? Status() : make_error(ErrorCode::kUnauthenticated, "the account is gone");
}

}  // namespace

Json save_card(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  if (!ports.cards.is_on()) {
    return vault_off();
  }
  CHECK(call.account.card.has_value());  // as its method's members say
  const order_box::CardFace& face = *call.account.card;
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(lock_account(*connection, session.customer));
  ASSIGN_OR_RETURN(const auto account, require_account(*connection, session.customer));
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  const Status saved =
      ports.cards.save(*connection, account.id, key,
                       {.number = vault::CardNumber(std::string(face.number.reveal())),
                        .expiry_month = face.expiry_month,
                        .expiry_year = face.expiry_year});
  if (!saved.has_value()) {
    return std::unexpected(refusal_of_saving(saved.error()));
  }
  RETURN_IF_ERROR(transaction.commit());
  return show_profile(ports, session.customer);
}

Json remove_card(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  const auto id = CardId::parse(call.account.id);
  if (!id.has_value()) {
    return refuse(404, "not_found", "there is no such card");
  }
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  RETURN_IF_ERROR(ports.cards.remove(*connection, session.customer, *id));
  return show_profile(ports, session.customer);
}

Status write_cards(json::Writer& writer, store::Connection& connection, const Ports& ports,
                   const CustomerId& account, const vault::FieldKey& key) {
  ASSIGN_OR_RETURN(const auto cards, ports.cards.list(connection, account, key));
  writer.array();
  for (const card_vault::ShownCard& card : cards) {
    writer.object();
    writer.field("id", card.id.str());
    writer.field("brand", card.brand);
    writer.field("last_four", card.last_four);
    writer.field("expiry_month", card.expiry_month);
    writer.field("expiry_year", card.expiry_year);
    writer.field_bool("expired", card.is_expired);
    writer.field("saved_at", format_rfc3339(card.saved_at));
    writer.end_object();
  }
  writer.end_array();
  return {};
}

}  // namespace dermaga::accounts
