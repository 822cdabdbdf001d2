#include "customers/customers.h"

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "customers/indexer.h"
#include "log/log.h"
#include "order_state/order_state.h"

namespace dermaga::customers {
namespace {

bool is_under_way(std::int64_t status, std::int64_t refund_due) {
  const auto order = static_cast<order_state::OrderStatus>(status);
  return order == order_state::OrderStatus::kOpen ||
         order == order_state::OrderStatus::kConfirmed || refund_due > 0;
}

// The customer behind an order, and whether the order still needs him.
struct Found {
  CustomerId customer;
  bool is_declined = false;
  bool is_under_way = false;
};

Result<Found> find(store::Connection& connection, const OrderId& order) {
  std::optional<Found> found;
  const store::Parameter key[] = {std::string_view(order.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT c.customer_id, o.status, o.refund_due FROM orders o JOIN customers c ON "
      "c.customer_number = o.customer_number WHERE o.order_id = $1",
      key, [&found](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto customer, CustomerId::parse(row.text(0)));
        found = Found{.customer = std::move(customer),
                      .is_declined = false,
                      .is_under_way = is_under_way(row.integer(1), row.integer(2))};
        return {};
      }));
  if (!found.has_value()) {
    RETURN_IF_ERROR(connection.query(
        "SELECT customer_id FROM declined_orders WHERE order_id = $1 AND customer_id IS NOT NULL",
        key, [&found](const store::Row& row) -> Status {
          ASSIGN_OR_RETURN(auto customer, CustomerId::parse(row.text(0)));
          found =
              Found{.customer = std::move(customer), .is_declined = true, .is_under_way = false};
          return {};
        }));
  }
  if (!found.has_value()) {
    return make_error(ErrorCode::kNotFound,
                      "nothing is known of whoever placed " + order.str() +
                          ": there is no such order, or its box did not open");
  }
  return *std::move(found);
}

std::unexpected<Error> under_way(const std::string& order) {
  return make_error(
      ErrorCode::kVersionConflict,
      "order " + order + " is under way, or money is to be returned: it needs its customer");
}

// The account in whose history an order stands; empty for a guest's.
Result<CustomerId> account_of(store::Connection& connection, const OrderId& order) {
  CustomerId account;
  const store::Parameter key[] = {std::string_view(order.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT a.customer_id FROM account_orders a JOIN orders o ON o.order_number = "
      "a.order_number JOIN accounts c ON c.customer_id = a.customer_id WHERE o.order_id = $1",
      key, [&account](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(account, CustomerId::parse(row.text(0)));
        return {};
      }));
  return account;
}

// Whether it is there; nobody signs in to it and no order joins it until the transaction ends.
Result<bool> lock_account(store::Connection& connection, const CustomerId& account) {
  bool found = false;
  const store::Parameter key[] = {std::string_view(account.str())};
  RETURN_IF_ERROR(connection.select_by_keys("accounts", "customer_id", "customer_id", key, true,
                                            [&found](const store::Row&) -> Status {
                                              found = true;
                                              return {};
                                            }));
  return found;
}

// Whoever an account's orders name, declined ones too. kVersionConflict while one of the orders is
// under way.
Result<std::vector<CustomerId>> persons_of(store::Connection& connection,
                                           const CustomerId& account) {
  std::vector<CustomerId> persons;
  const store::Parameter key[] = {std::string_view(account.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT c.customer_id, o.order_id, o.status, o.refund_due FROM account_orders a JOIN orders "
      "o ON o.order_number = a.order_number JOIN customers c ON c.customer_number = "
      "o.customer_number WHERE a.customer_id = $1",
      key, [&persons](const store::Row& row) -> Status {
        if (is_under_way(row.integer(2), row.integer(3))) {
          return under_way(std::string(row.text(1)));
        }
        ASSIGN_OR_RETURN(auto person, CustomerId::parse(row.text(0)));
        persons.push_back(std::move(person));
        return {};
      }));
  RETURN_IF_ERROR(connection.query(
      "SELECT customer_id FROM declined_orders WHERE account_id = $1 AND length(wrapped_key) > 0",
      key, [&persons](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto person, CustomerId::parse(row.text(0)));
        persons.push_back(std::move(person));
        return {};
      }));
  return persons;
}

// Name, e-mail and phone of a row: id, wrapped key, the three, locale. An account may have no
// phone.
Result<Contact> open_account(const store::Row& row, const vault::Vault& vault) {
  Contact contact;
  ASSIGN_OR_RETURN(contact.customer, CustomerId::parse(row.text(0)));
  ASSIGN_OR_RETURN(const auto key, vault.unwrap(contact.customer, row.blob(1)));
  const auto open = [&](std::string_view column, int index) {
    return row.blob(index).empty()
               ? Result<vault::SecretText>(vault::SecretText())
               : key.open_field({"accounts", column, contact.customer.str()}, row.blob(index));
  };
  ASSIGN_OR_RETURN(const auto name, open("name_sealed", 2));
  ASSIGN_OR_RETURN(const auto email, open("email_sealed", 3));
  ASSIGN_OR_RETURN(const auto phone, open("phone_sealed", 4));
  contact.name = vault::PersonName(std::string(name.reveal()));
  contact.email = vault::EmailAddress(std::string(email.reveal()));
  contact.phone = vault::PhoneNumber(std::string(phone.reveal()));
  contact.locale = row.text(5);
  return contact;
}

Result<Contact> open_row(const store::Row& row, const vault::Vault& vault, const OrderId& order) {
  Contact contact;
  ASSIGN_OR_RETURN(contact.customer, CustomerId::parse(row.text(0)));
  if (row.is_null(1) || row.blob(1).empty()) {
    return make_error(ErrorCode::kNotFound, "whoever placed " + order.str() + " was erased");
  }
  ASSIGN_OR_RETURN(const auto key, vault.unwrap(contact.customer, row.blob(1)));
  const auto open = [&](std::string_view column, int index) {
    return key.open_field({"customers", column, contact.customer.str()}, row.blob(index));
  };
  ASSIGN_OR_RETURN(const auto name, open("name_sealed", 2));
  ASSIGN_OR_RETURN(const auto email, open("email_sealed", 3));
  ASSIGN_OR_RETURN(const auto phone, open("phone_sealed", 4));
  contact.name = vault::PersonName(std::string(name.reveal()));
  contact.email = vault::EmailAddress(std::string(email.reveal()));
  contact.phone = vault::PhoneNumber(std::string(phone.reveal()));
  contact.locale = row.text(5);
  if (!row.is_null(6)) {
    ASSIGN_OR_RETURN(const auto address,
                     key.open_field({"orders", "address_sealed", order.str()}, row.blob(6)));
    contact.address_json = vault::StreetAddress(std::string(address.reveal()));
  }
  return contact;
}

// Before any row is locked: whoever indexes customers would bring the person in again.
Result<store::Transaction> begin_erasure(store::Connection& connection) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  RETURN_IF_ERROR(connection.claim(kIndexClaim, true));
  return transaction;
}

// All of an account; of whoever has none, nothing.
Status erase_account_rows(store::Connection& connection, const CustomerId& customer) {
  const store::Parameter key[] = {std::string_view(customer.str())};
  for (const std::string_view table :
       {"account_orders", "account_consents", "account_addresses", "account_cards",
        "account_passkeys", "account_known_keys", "account_sessions", "account_resets",
        "account_email_changes", "account_sign_ups", "accounts"}) {
    RETURN_IF_ERROR(
        connection.execute("DELETE FROM " + std::string(table) + " WHERE customer_id = $1", key));
  }
  return {};
}

}  // namespace

Result<Contact> Customers::reveal(const OrderId& order, const audit::Actor& actor,
                                  std::string_view action, std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  ASSIGN_OR_RETURN(const Found found, find(*connection, order));
  RETURN_IF_ERROR(ports_.audit_log.record({.actor = actor,
                                           .action = std::string(action),
                                           .subject = order.str() + " " + found.customer.str(),
                                           .reason = std::string(reason)}));
  constexpr std::string_view kOfOrder =
      "SELECT c.customer_id, c.wrapped_key, c.name_sealed, c.email_sealed, c.phone_sealed, "
      "c.locale, o.address_sealed FROM orders o JOIN customers c ON c.customer_number = "
      "o.customer_number WHERE o.order_id = $1";
  constexpr std::string_view kOfDeclined =
      "SELECT customer_id, wrapped_key, name_sealed, email_sealed, phone_sealed, locale, NULL FROM "
      "declined_orders WHERE order_id = $1";
  std::optional<Contact> contact;
  const store::Parameter key[] = {std::string_view(order.str())};
  RETURN_IF_ERROR(connection->query(found.is_declined ? kOfDeclined : kOfOrder, key,
                                    [&](const store::Row& row) -> Status {
                                      ASSIGN_OR_RETURN(contact, open_row(row, ports_.vault, order));
                                      return {};
                                    }));
  if (!contact.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no order " + order.str());
  }
  return *std::move(contact);
}

Result<Contact> Customers::reveal_account(const CustomerId& account, const audit::Actor& actor,
                                          std::string_view action, std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  RETURN_IF_ERROR(ports_.audit_log.record({.actor = actor,
                                           .action = std::string(action),
                                           .subject = account.str(),
                                           .reason = std::string(reason)}));
  std::optional<Contact> contact;
  const store::Parameter key[] = {std::string_view(account.str())};
  RETURN_IF_ERROR(connection->query(
      "SELECT customer_id, wrapped_key, name_sealed, email_sealed, phone_sealed, locale FROM "
      "accounts WHERE customer_id = $1",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(contact, open_account(row, ports_.vault));
        return {};
      }));
  if (!contact.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no account " + account.str());
  }
  return *std::move(contact);
}

Status Customers::erase(const OrderId& order, const audit::Actor& actor, std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  ASSIGN_OR_RETURN(const auto connection, connect_to_erase());
  ASSIGN_OR_RETURN(const Found found, find(*connection, order));
  ASSIGN_OR_RETURN(const CustomerId account, account_of(*connection, order));
  if (!account.empty()) {
    return erase_account(account, actor, reason);
  }
  if (found.is_under_way) {
    return under_way(order.str());
  }
  ASSIGN_OR_RETURN(auto transaction, begin_erasure(*connection));
  return erase_all(*connection, std::move(transaction), {found.customer},
                   {.actor = actor,
                    .action = "customer.erase",
                    .subject = order.str() + " " + found.customer.str(),
                    .reason = std::string(reason)});
}

Status Customers::erase_account(const CustomerId& account, const audit::Actor& actor,
                                std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  ASSIGN_OR_RETURN(const auto connection, connect_to_erase());
  ASSIGN_OR_RETURN(auto transaction, begin_erasure(*connection));
  ASSIGN_OR_RETURN(const bool is_there, lock_account(*connection, account));
  if (!is_there) {
    return make_error(ErrorCode::kNotFound, "there is no account " + account.str());
  }
  ASSIGN_OR_RETURN(auto persons, persons_of(*connection, account));
  persons.push_back(account);
  return erase_all(*connection, std::move(transaction), persons,
                   {.actor = actor,
                    .action = "customer.erase",
                    .subject = account.str(),
                    .detail = std::to_string(persons.size() - 1) + " orders",
                    .reason = std::string(reason)});
}

Status Customers::erase_all(store::Connection& connection, store::Transaction transaction,
                            const std::vector<CustomerId>& persons, const audit::Act& act) {
  // First, so that a crash after it ends the erasure at the next start instead of losing it.
  for (const CustomerId& person : persons) {
    RETURN_IF_ERROR(ports_.erasures.add({.customer = person, .at = ports_.clock.now()}));
  }
  for (const CustomerId& person : persons) {
    RETURN_IF_ERROR(erase_rows(connection, person));
  }
  RETURN_IF_ERROR(audit::append(connection, std::span(&act, 1), ports_.clock.now()));
  return transaction.commit();
}

// The key makes the rest unreadable, also in older copies of these pages; the rest goes too.
Status Customers::erase_rows(store::Connection& connection, const CustomerId& customer) {
  const store::Parameter key[] = {std::string_view(customer.str()), store::Blob{""}};
  for (const std::string_view sql :
       {"UPDATE orders SET address_sealed = $2, payment_sealed = $2 WHERE customer_number IN "
        "(SELECT customer_number FROM customers WHERE customer_id = $1)",
        "UPDATE customers SET wrapped_key = $2, name_sealed = $2, email_sealed = $2, phone_sealed "
        "= $2 WHERE customer_id = $1",
        "UPDATE declined_orders SET wrapped_key = $2, name_sealed = $2, email_sealed = $2, "
        "phone_sealed = $2 WHERE customer_id = $1"}) {
    RETURN_IF_ERROR(connection.execute(sql, key));
  }
  RETURN_IF_ERROR(
      connection.execute("DELETE FROM customer_index WHERE customer_id = $1", std::span(key, 1)));
  return erase_account_rows(connection, customer);
}

Result<std::unique_ptr<store::Connection>> Customers::connect_to_erase() {
  ASSIGN_OR_RETURN(auto connection, ports_.database.connect());
  if (ports_.database.dialect() == "sqlite") {
    // What a page held is overwritten, not only unlinked.
    RETURN_IF_ERROR(connection->query("PRAGMA secure_delete = ON", {},
                                      [](const store::Row&) -> Status { return {}; }));
  }
  return connection;
}

Result<std::int64_t> Customers::replay_erasures() {
  ASSIGN_OR_RETURN(const auto connection, connect_to_erase());
  std::int64_t came_back = 0;
  for (const Erasure& erasure : ports_.erasures.all()) {
    bool is_there = false;
    const store::Parameter key[] = {std::string_view(erasure.customer.str())};
    for (const std::string_view sql :
         {"SELECT wrapped_key FROM customers WHERE customer_id = $1",
          "SELECT wrapped_key FROM declined_orders WHERE customer_id = $1",
          "SELECT wrapped_key FROM account_sign_ups WHERE customer_id = $1",
          "SELECT wrapped_key FROM accounts WHERE customer_id = $1"}) {
      RETURN_IF_ERROR(connection->query(sql, key, [&is_there](const store::Row& row) -> Status {
        is_there = is_there || (!row.is_null(0) && !row.blob(0).empty());
        return {};
      }));
    }
    if (!is_there) {
      continue;
    }
    ASSIGN_OR_RETURN(auto transaction, begin_erasure(*connection));
    RETURN_IF_ERROR(erase_rows(*connection, erasure.customer));
    const audit::Act act{.actor = {.name = "core", .source = "erasure list"},
                         .action = "customer.erase",
                         .subject = erasure.customer.str(),
                         .reason = "erased at " + format_rfc3339(erasure.at)};
    RETURN_IF_ERROR(audit::append(*connection, std::span(&act, 1), ports_.clock.now()));
    RETURN_IF_ERROR(transaction.commit());
    ++came_back;
  }
  if (came_back > 0) {
    log::warning("erasures_replayed", {{"customers", came_back}});
  }
  return came_back;
}

}  // namespace dermaga::customers
