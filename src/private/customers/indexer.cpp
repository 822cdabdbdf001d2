#include "customers/indexer.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "ids/ids.h"
#include "log/log.h"
#include "metrics/metrics.h"

namespace dermaga::customers {

enum class Indexer::Source : std::uint8_t { kCustomers, kDeclined, kAccounts };

// Somebody as read outside of the transaction that writes.
struct Indexer::Person {
  std::int64_t number = 0;  // of customers their number, of accounts their version
  std::string id;
  std::int64_t created_at = 0;
  std::string email_value;  // empty: none
  std::string phone_value;
};

namespace {

using store::Connection;
using store::Parameter;

Result<std::int64_t> read_number(Connection& connection, std::string_view sql,
                                 std::span<const Parameter> parameters = {}) {
  std::int64_t number = 0;
  RETURN_IF_ERROR(connection.query(sql, parameters, [&number](const store::Row& row) -> Status {
    number = row.integer(0);
    return {};
  }));
  return number;
}

Result<std::int64_t> read_series(Connection& connection, std::string_view series) {
  const Parameter key[] = {series};
  return read_number(connection, "SELECT next FROM sequences WHERE name = $1", key);
}

// Moves a series from one number to another; false where somebody else moved it.
Result<bool> move_series(Connection& connection, std::string_view series, std::int64_t from,
                         std::int64_t to) {
  const Parameter move[] = {series, from, to};
  ASSIGN_OR_RETURN(
      const std::int64_t changed,
      connection.execute("UPDATE sequences SET next = $3 WHERE name = $1 AND next = $2", move));
  return changed == 1;
}

// Whoever of these numbers has not been erased since they were read.
Result<std::set<std::string>> living_customers(Connection& connection, std::int64_t from,
                                               std::int64_t to) {
  std::set<std::string> living;
  const Parameter range[] = {from, to};
  RETURN_IF_ERROR(connection.query(
      "SELECT customer_id FROM customers WHERE customer_number >= $1 AND customer_number < $2 AND "
      "length(wrapped_key) > 0",
      range, [&living](const store::Row& row) -> Status {
        living.emplace(row.text(0));
        return {};
      }));
  return living;
}

// False where the row was erased or changed since it was read.
Result<bool> take_declined(Connection& connection, const std::string& id) {
  const Parameter key[] = {std::string_view(id)};
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   connection.execute("UPDATE declined_orders SET index_due = 0 WHERE customer_id "
                                      "= $1 AND index_due = 1 AND length(wrapped_key) > 0",
                                      key));
  return changed == 1;
}

Result<bool> take_account(Connection& connection, const std::string& id, std::int64_t version) {
  const Parameter key[] = {std::string_view(id), version};
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   connection.execute("UPDATE accounts SET index_due = 0 WHERE customer_id = $1 "
                                      "AND version = $2 AND index_due = 1",
                                      key));
  if (changed == 1) {
    // The number from before.
    RETURN_IF_ERROR(
        connection.execute("DELETE FROM customer_index WHERE customer_id = $1", std::span(key, 1)));
  }
  return changed == 1;
}

}  // namespace

Indexer::Indexer(Ports ports) : ports_(std::move(ports)), next_(ports_.clock.steady_now()) {
  if (ports_.registry != nullptr) {
    ports_.registry->counter("dermaga_core_customer_index_failures_total",
                             "Rounds of the customers' index that failed, and persons whose "
                             "sealed fields do not open.");
  }
}

void Indexer::run_due() {
  const SteadyTime now = ports_.clock.steady_now();
  if (now < next_) {
    return;
  }
  if (const auto done = run(); !done.has_value()) {
    next_ = now + kRestAfterFailure;
    count_failure();
    log::error("customer_index_failed", {{"error", done.error().message()}});
  }
}

Result<std::int64_t> Indexer::run() {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  RETURN_IF_ERROR(adopt_country(*connection));
  std::int64_t persons = 0;
  for (const Source source : {Source::kCustomers, Source::kDeclined, Source::kAccounts}) {
    ASSIGN_OR_RETURN(const std::int64_t some, index_page(*connection, source));
    persons += some;
  }
  RETURN_IF_ERROR(measure(*connection));
  return persons;
}

Status Indexer::adopt_country(Connection& connection) {
  const std::int64_t country = std::stoll(ports_.index.country_code());
  ASSIGN_OR_RETURN(const std::int64_t before, read_series(connection, kIndexCountry));
  if (before == country) {
    knows_country_ = true;
    return {};
  }
  if (knows_country_) {
    // Two that begin anew after one another would never end.
    return make_error(ErrorCode::kVersionConflict,
                      "another core on this store has another phone_country_code");
  }
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  RETURN_IF_ERROR(connection.claim(kIndexClaim, true));
  ASSIGN_OR_RETURN(const std::int64_t mark, read_series(connection, kIndexMark));
  RETURN_IF_ERROR(move_series(connection, kIndexCountry, before, country));
  RETURN_IF_ERROR(move_series(connection, kIndexMark, mark, 1));
  for (const std::string_view sql : {"DELETE FROM customer_index",
                                     "UPDATE declined_orders SET index_due = 1 WHERE index_due = 0",
                                     "UPDATE accounts SET index_due = 1 WHERE index_due = 0"}) {
    RETURN_IF_ERROR(connection.execute(sql));
  }
  RETURN_IF_ERROR(transaction.commit());
  knows_country_ = true;
  log::info("customer_index_begins_anew", {{"country_code", country}});
  return {};
}

Result<std::int64_t> Indexer::index_page(Connection& connection, Source source) {
  ASSIGN_OR_RETURN(const std::int64_t mark, read_series(connection, kIndexMark));
  // Keys are opened before the transaction: nobody waits for that.
  ASSIGN_OR_RETURN(const auto persons, read_page(connection, source, mark));
  if (persons.empty()) {
    return 0;
  }
  ASSIGN_OR_RETURN(const bool is_ours, write(connection, source, persons, mark));
  return is_ours ? static_cast<std::int64_t>(persons.size()) : 0;
}

Result<std::vector<Indexer::Person>> Indexer::read_page(Connection& connection, Source source,
                                                        std::int64_t mark) const {
  constexpr std::string_view kCustomers =
      "SELECT customer_number, customer_id, wrapped_key, created_at, email_sealed, phone_sealed, "
      "kek_version FROM customers WHERE customer_number >= $2 ORDER BY customer_number LIMIT $1";
  constexpr std::string_view kDeclined =
      "SELECT 0, customer_id, wrapped_key, decided_at, email_sealed, phone_sealed, "
      "kek_version FROM declined_orders WHERE index_due = 1 AND length(wrapped_key) > 0 ORDER BY "
      "order_id LIMIT $1";
  constexpr std::string_view kAccounts =
      "SELECT version, customer_id, wrapped_key, created_at, email_sealed, phone_sealed, "
      "kek_version FROM accounts WHERE index_due = 1 ORDER BY customer_id LIMIT $1";
  const bool by_number = source == Source::kCustomers;
  // An order of an account waits for its row, and others wait for that order.
  const std::int64_t at_once = source == Source::kAccounts
                                   ? std::min(ports_.page_persons, kAccountsAtOnceMax)
                                   : ports_.page_persons;
  const Parameter bounds[] = {at_once, mark};
  std::vector<Person> persons;
  RETURN_IF_ERROR(connection.query(by_number                     ? kCustomers
                                   : source == Source::kDeclined ? kDeclined
                                                                 : kAccounts,
                                   std::span(bounds, by_number ? 2 : 1),
                                   [&](const store::Row& row) -> Status {
                                     ASSIGN_OR_RETURN(auto person, open(row, source));
                                     persons.push_back(std::move(person));
                                     return {};
                                   }));
  return persons;
}

Result<Indexer::Person> Indexer::open(const store::Row& row, Source source) const {
  Person person{.number = row.integer(0),
                .id = std::string(row.text(1)),
                .created_at = row.integer(3),
                .email_value = {},
                .phone_value = {}};
  if (row.blob(2).empty()) {
    return person;  // erased
  }
  const Status computed = compute(row, source, person);
  if (computed.has_value()) {
    return person;
  }
  // Without a KEK, which may still be on its way to this core, a whole time would be passed over.
  const std::vector<std::uint32_t> keks = ports_.vault.kek_versions();
  const bool has_kek =
      std::ranges::find(keks, static_cast<std::uint32_t>(row.integer(6))) != keks.end();
  if (computed.error().code() != ErrorCode::kCorrupt || !has_kek) {
    return std::unexpected(computed.error());
  }
  // One damaged row must not keep the rest from being found; `verify` names it.
  count_failure();
  log::error("customer_not_indexed",
             {{"customer", person.id}, {"error", computed.error().message()}});
  return person;
}

Status Indexer::compute(const store::Row& row, Source source, Person& person) const {
  ASSIGN_OR_RETURN(const auto id, CustomerId::parse(person.id));
  ASSIGN_OR_RETURN(const auto key, ports_.vault.unwrap(id, row.blob(2)));
  const bool is_account = source == Source::kAccounts;
  const std::string_view table = is_account ? "accounts" : "customers";
  if (!is_account) {  // accounts are found by their email_index
    ASSIGN_OR_RETURN(const auto text,
                     key.open_field({table, "email_sealed", person.id}, row.blob(4)));
    person.email_value = ports_.index.of(vault::EmailAddress(std::string(text.reveal())));
  }
  if (!row.blob(5).empty()) {
    ASSIGN_OR_RETURN(const auto text,
                     key.open_field({table, "phone_sealed", person.id}, row.blob(5)));
    person.phone_value = ports_.index.of(vault::PhoneNumber(std::string(text.reveal())));
  }
  return {};
}

Result<bool> Indexer::write(Connection& connection, Source source,
                            const std::vector<Person>& persons, std::int64_t mark) const {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  ASSIGN_OR_RETURN(const bool is_ours, connection.claim(kIndexClaim, false));
  if (!is_ours) {
    return false;
  }
  std::set<std::string> living;
  if (source == Source::kCustomers) {
    const std::int64_t next = persons.back().number + 1;
    ASSIGN_OR_RETURN(const bool moved, move_series(connection, kIndexMark, mark, next));
    if (!moved) {
      return false;
    }
    ASSIGN_OR_RETURN(living, living_customers(connection, mark, next));
  } else {
    for (const Person& person : persons) {
      ASSIGN_OR_RETURN(const bool taken, source == Source::kDeclined
                                             ? take_declined(connection, person.id)
                                             : take_account(connection, person.id, person.number));
      if (taken) {
        living.insert(person.id);
      }
    }
  }
  constexpr std::string_view kColumns[] = {"kind", "value", "created_at", "customer_id"};
  std::vector<Parameter> rows;
  const auto add = [&rows](ContactKind kind, const std::string& value, const Person& person) {
    if (!value.empty()) {
      rows.insert(rows.end(), {static_cast<std::int64_t>(kind), store::Blob{value},
                               person.created_at, std::string_view(person.id)});
    }
  };
  for (const Person& person : persons) {
    if (living.contains(person.id)) {
      add(ContactKind::kEmail, person.email_value, person);
      add(ContactKind::kPhone, person.phone_value, person);
    }
  }
  if (!rows.empty()) {
    RETURN_IF_ERROR(connection.insert_many("customer_index", kColumns, rows));
  }
  RETURN_IF_ERROR(transaction.commit());
  return true;
}

Status Indexer::measure(Connection& connection) const {
  if (ports_.registry == nullptr) {
    return {};
  }
  ASSIGN_OR_RETURN(
      const std::int64_t waiting,
      read_number(connection,
                  "SELECT (SELECT coalesce(max(customer_number), 0) FROM customers) + 1 - (SELECT "
                  "next FROM sequences WHERE name = 'customer_index') + (SELECT count(*) FROM "
                  "declined_orders WHERE index_due = 1 AND length(wrapped_key) > 0) + (SELECT "
                  "count(*) FROM accounts WHERE index_due = 1)"));
  ports_.registry
      ->gauge("dermaga_core_customer_index_lag_customers",
              "Persons who cannot be found by address or number yet.")
      .set(static_cast<double>(std::max<std::int64_t>(waiting, 0)));
  return {};
}

void Indexer::count_failure() const {
  if (ports_.registry != nullptr) {
    ports_.registry
        ->counter("dermaga_core_customer_index_failures_total",
                  "Rounds of the customers' index that failed, and persons whose "
                  "sealed fields do not open.")
        .increment();
  }
}

}  // namespace dermaga::customers
