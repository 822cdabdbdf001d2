#include "profile.h"

#include <utility>

#include "accounts/accounts.h"
#include "cards.h"
#include "consents.h"
#include "json/writer.h"
#include "order_box/address_json.h"
#include "passkeys.h"

namespace dermaga::accounts {
namespace {

Status write_account(json::Writer& writer, store::Connection& connection, const Ports& ports,
                     const AccountRow& account, const vault::FieldKey& key) {
  const auto open = [&](std::string_view column, const std::string& sealed) {
    // A new account has no phone number.
    return sealed.empty() ? Result<vault::SecretText>(vault::SecretText())
                          : key.open_field({"accounts", column, account.id.str()}, sealed);
  };
  ASSIGN_OR_RETURN(const auto email, open("email_sealed", account.email_sealed));
  ASSIGN_OR_RETURN(const auto name, open("name_sealed", account.name_sealed));
  ASSIGN_OR_RETURN(const auto phone, open("phone_sealed", account.phone_sealed));
  std::int64_t sessions = 0;
  const UtcTime now = ports.clock.now();
  const store::Parameter living[] = {std::string_view(account.id.str()),
                                     to_unix_ms(now - kSessionLifetime),
                                     to_unix_ms(now - kSessionIdle)};
  RETURN_IF_ERROR(connection.query(
      "SELECT COUNT(*) FROM account_sessions WHERE customer_id = $1 AND created_at > $2 AND "
      "last_seen_at > $3",
      living, [&sessions](const store::Row& row) -> Status {
        sessions = row.integer(0);
        return {};
      }));
  writer.key("account");
  writer.object();
  writer.field("email", email.reveal());
  writer.field("name", name.reveal());
  writer.field("phone", phone.reveal());
  writer.field("locale", account.locale);
  writer.field("created_at", format_rfc3339(account.created_at));
  writer.field("version", account.version);
  writer.field("sessions", sessions);
  writer.end_object();
  return {};
}

Status write_addresses(json::Writer& writer, store::Connection& connection,
                       const AccountRow& account, const vault::FieldKey& key) {
  writer.key("addresses");
  writer.array();
  const store::Parameter whose[] = {std::string_view(account.id.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT address_id, address_sealed FROM account_addresses WHERE customer_id = $1 ORDER BY "
      "created_at, address_id",
      whose, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(
            const auto address,
            key.open_field({"account_addresses", "address_sealed", row.text(0)}, row.blob(1)));
        writer.object();
        writer.field("id", row.text(0));
        writer.key("address");
        writer.raw(address.reveal());
        writer.end_object();
        return {};
      }));
  writer.end_array();
  return {};
}

// A shop that saves no cards does not speak of them, but for all that it has of a person.
Result<std::string> profile_json(store::Connection& connection, const Ports& ports,
                                 const AccountRow& account, bool is_export) {
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  std::string json;
  json::Writer writer(json);
  writer.object();
  RETURN_IF_ERROR(write_account(writer, connection, ports, account, key));
  RETURN_IF_ERROR(write_addresses(writer, connection, account, key));
  writer.key("cards");
  if (ports.cards.is_on() || is_export) {
    RETURN_IF_ERROR(write_cards(writer, connection, ports, account.id, key));
  } else {
    writer.null();
  }
  writer.key("passkeys");
  RETURN_IF_ERROR(write_passkeys(writer, connection, account.id, key));
  writer.key("consents");
  RETURN_IF_ERROR(write_consents(writer, connection, account.id));
  writer.end_object();
  return json;
}

Result<std::int64_t> address_count(store::Connection& connection, const CustomerId& customer) {
  std::int64_t count = 0;
  const store::Parameter key[] = {std::string_view(customer.str())};
  RETURN_IF_ERROR(connection.query("SELECT COUNT(*) FROM account_addresses WHERE customer_id = $1",
                                   key, [&count](const store::Row& row) -> Status {
                                     count = row.integer(0);
                                     return {};
                                   }));
  return count;
}

std::unexpected<Refusal> no_address() {
  return refuse(404, "not_found", "there is no such address");
}

}  // namespace

Json show_profile(const Ports& ports, const CustomerId& customer, bool is_export) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
  ASSIGN_OR_RETURN(const auto account, require_account(*connection, customer));
  ASSIGN_OR_RETURN(auto json, profile_json(*connection, ports, account, is_export));
  return json;
}

Json update_profile(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  const order_box::AccountParams& params = call.account;
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(const auto account, require_account(*connection, session.customer));
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  const std::string& row = account.id.str();
  const std::string name = seal(ports, key, {"accounts", "name_sealed", row}, params.name);
  const std::string phone = seal(ports, key, {"accounts", "phone_sealed", row}, params.phone);
  const store::Parameter change[] = {std::string_view(row), store::Blob{name}, store::Blob{phone},
                                     std::string_view(params.locale), params.version};
  ASSIGN_OR_RETURN(
      const auto changed,
      connection->execute(
          "UPDATE accounts SET name_sealed = $2, phone_sealed = $3, locale = $4, "
          "version = version + 1, index_due = 1 WHERE customer_id = $1 AND version = $5",
          change));
  if (changed != 1) {
    return refuse(409, "version_conflict", "the profile changed meanwhile; load it again");
  }
  return show_profile(ports, session.customer);
}

Json put_address(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  CHECK(call.account.address.has_value());  // as its method's members say
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(const auto account, require_account(*connection, session.customer));
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  const bool is_new = call.account.id.empty();
  const std::string id =
      is_new ? AddressId::from_bytes(ports.random.bytes(15)).str() : call.account.id;
  const std::string sealed = seal(ports, key, {"account_addresses", "address_sealed", id},
                                  order_box::address_json(*call.account.address));
  if (is_new) {
    ASSIGN_OR_RETURN(const auto count, address_count(*connection, account.id));
    if (count >= static_cast<std::int64_t>(kAddressesMax)) {
      return refuse(422, "limit_reached", "an account has at most 20 addresses");
    }
    const store::Parameter row[] = {std::string_view(id), std::string_view(account.id.str()),
                                    store::Blob{sealed}, to_unix_ms(ports.clock.now())};
    RETURN_IF_ERROR(
        connection->execute("INSERT INTO account_addresses (address_id, customer_id, "
                            "address_sealed, created_at) VALUES ($1, $2, $3, $4)",
                            row));
  } else {
    const store::Parameter change[] = {std::string_view(id), std::string_view(account.id.str()),
                                       store::Blob{sealed}};
    ASSIGN_OR_RETURN(const auto changed,
                     connection->execute("UPDATE account_addresses SET address_sealed = $3 WHERE "
                                         "address_id = $1 AND customer_id = $2",
                                         change));
    if (changed != 1) {
      return no_address();
    }
  }
  RETURN_IF_ERROR(transaction.commit());
  return show_profile(ports, session.customer);
}

Json remove_address(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  const store::Parameter keys[] = {std::string_view(call.account.id),
                                   std::string_view(session.customer.str())};
  ASSIGN_OR_RETURN(
      const auto removed,
      connection->execute(
          "DELETE FROM account_addresses WHERE address_id = $1 AND customer_id = $2", keys));
  if (removed != 1) {
    return no_address();
  }
  return show_profile(ports, session.customer);
}

Json set_consent(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(const auto account, require_account(*connection, session.customer));
  RETURN_IF_ERROR(record_consent(*connection, account.id, call.account.purpose, call.account.given,
                                 ports.clock.now()));
  RETURN_IF_ERROR(transaction.commit());
  return show_profile(ports, session.customer);
}

}  // namespace dermaga::accounts
