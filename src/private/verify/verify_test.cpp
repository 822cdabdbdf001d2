#include "verify/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "checks.h"
#include "clock/clock.h"
#include "customers/indexer.h"
#include "random/random.h"
#include "store/store.h"
#include "test_store/test_store.h"

namespace dermaga::verify {
namespace {

// A sound database written by hand: three orders of one variant (open, confirmed, expired and
// refunded), so that each test can break one thing in it.
class Verify : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-verify-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
    vault_ = vault::Vault::open(folder_ + "/keys", system_random()).value();
    index_.emplace(vault_->blind_index(customers::kIndexPurpose).value());
    run("INSERT INTO stock VALUES ('var_a', 'loc_a', 10, 3, 5, 2, NULL, 1)");
    add_order(1, 2, 1, 0, 1'000, 2);
    add_order(2, 3, 2, 2, 0, 3);
    add_order(3, 4, 4, 4, 0, 0);
    add_declined("late");
    run("INSERT INTO payments VALUES (2, 1, 1, 310, 'sandbox', 'r', 1)");
    run("INSERT INTO payments VALUES (3, 1, 1, 410, 'sandbox', 'r', 1)");
    run("INSERT INTO payments VALUES (3, 2, 2, 410, 'sandbox', 'r', 1)");
    run("UPDATE orders SET refunded = 410, refunds = 1 WHERE order_number = 3");
    run("INSERT INTO leases VALUES (1, 'spool-1', 'disk', 0, 0, 1, 1, 1, 4, 0, 0, '', '')");
    run("INSERT INTO lease_units VALUES (1, 'var_a', 'loc_a', 4, 2, 0)");
    run("INSERT INTO lease_orders VALUES (1, 1)");
    run("UPDATE orders SET first_answer = 2 WHERE order_number = 1");
    run("UPDATE sequences SET next = 4 WHERE name IN ('order', 'outbox')");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void run(std::string sql, std::span<const store::Parameter> parameters = {}) {
    std::size_t blob = test_store::on_postgres() ? sql.find(" x'") : std::string::npos;
    for (; blob != std::string::npos; blob = sql.find(" x'")) {  // as PostgreSQL writes literals
      sql.insert(sql.find('\'', blob + 3) + 1, "::bytea");
      sql.replace(blob, 3, " '\\x");
    }
    const auto done = connection_->execute(sql, parameters);
    ASSERT_TRUE(done.has_value()) << done.error().message();
  }

  static vault::SecretText text_of(std::string_view column) {
    return vault::SecretText(column == "phone_sealed" ? "0811 22" : "secret");
  }

  // Everybody can be looked up.
  void index_persons() {
    customers::Indexer indexer({.database = *database_,
                                .vault = *vault_,
                                .index = customers::ContactIndex(*index_, "62"),
                                .clock = system_clock()});
    ASSERT_EQ(indexer.run().value(), 4);
  }

  // `quantity` units of 100 each, shipping 10.
  void add_order(std::int64_t number, std::int64_t quantity, std::int64_t status,
                 std::int64_t payment, std::int64_t reserved_until, std::int64_t held) {
    const std::string text = std::to_string(number);
    const std::string key = "key-" + text;
    const OrderId id = derivation_.order_id(key);
    const CustomerId customer = CustomerId::parse("cus_" + text).value();
    const auto made = vault_->new_customer_key(customer, system_random());
    const auto seal = [&](std::string_view table, std::string_view column, std::string_view row) {
      return made.key.seal_field({table, column, row}, text_of(column), system_random());
    };
    const std::string name = seal("customers", "name_sealed", customer.str());
    const std::string email = seal("customers", "email_sealed", customer.str());
    const std::string phone = seal("customers", "phone_sealed", customer.str());
    const std::string address = seal("orders", "address_sealed", id.str());
    const std::string token = seal("orders", "payment_sealed", id.str());
    const store::Parameter customer_row[] = {number,
                                             std::string_view(customer.str()),
                                             store::Blob{made.wrapped},
                                             store::Blob{name},
                                             store::Blob{email},
                                             store::Blob{phone}};
    run("INSERT INTO customers VALUES ($1, $2, $3, 1, $4, $5, $6, 'id', 1)", customer_row);
    const store::Parameter order_row[] = {number,
                                          std::string_view(id.str()),
                                          std::string_view(key),
                                          status,
                                          payment,
                                          quantity * 100,
                                          quantity * 100 + 10,
                                          reserved_until,
                                          store::Blob{address},
                                          store::Blob{token}};
    run("INSERT INTO orders VALUES ($1, $2, $3, x'00', $1, $4, $5, 0, '', '', 'IDR', $6, 0, 10, 5, "
        "1, $7, 0, 'standard', '', 1, 1, $8, 1, 'thumb', $9, $10, 0, NULL, 0, 0, "
        "CASE WHEN $4 >= 3 THEN 1 ELSE 0 END)",
        order_row);
    const store::Parameter line_row[] = {number, quantity, held};
    run("INSERT INTO order_lines VALUES ($1, 1, 'var_a', 'loc_a', $2, $3, 100, $2 * 100)",
        line_row);
    const store::Parameter event_row[] = {number};
    run("INSERT INTO outbox VALUES ($1, 'order.placed', $1, '{}', 1)", event_row);
  }

  // From here on the engine lets anything in.
  void drop_constraints() {
    if (!test_store::on_postgres()) {
      run("PRAGMA foreign_keys = OFF");
      run("PRAGMA ignore_check_constraints = ON");
      return;
    }
    std::vector<std::string> drops;
    ASSERT_TRUE(connection_->query(
        "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname FROM "
        "pg_constraint WHERE contype IN ('c', 'f') AND connamespace = "
        "current_schema()::regnamespace",
        {}, [&drops](const store::Row& row) -> Status {
          drops.emplace_back(row.text(0));
          return {};
        }));
    for (const std::string& drop : drops) {
      run(drop);
    }
  }

  void add_declined(const std::string& key) {
    const OrderId id = derivation_.order_id(key);
    const CustomerId customer = CustomerId::parse("cus_declined").value();
    const auto made = vault_->new_customer_key(customer, system_random());
    const auto seal = [&](std::string_view column) {
      return made.key.seal_field({"customers", column, customer.str()}, text_of(column),
                                 system_random());
    };
    const std::string name = seal("name_sealed");
    const std::string email = seal("email_sealed");
    const std::string phone = seal("phone_sealed");
    const store::Parameter row[] = {
        std::string_view(id.str()), std::string_view(key), std::string_view(customer.str()),
        store::Blob{made.wrapped},  store::Blob{name},     store::Blob{email},
        store::Blob{phone}};
    run("INSERT INTO declined_orders VALUES ($1, $2, x'00', 1, 'out_of_stock', 'IDR', 210, 1, 2, "
        "$3, $4, 1, $5, $6, $7, 'id', 'thumb', NULL, 1)",
        row);
  }

  Options options() {
    return {.derivation = &derivation_, .vault = vault_.get(), .customer_index = &*index_};
  }
  Report report() {
    const auto reader = database_->connect_read_only().value();
    auto report = verify(*reader, database_->dialect(), options());
    EXPECT_TRUE(report.has_value()) << report.error().message();
    return report.value_or(Report{});
  }
  std::set<std::string> broken_checks() {
    std::set<std::string> checks;
    for (const Breach& breach : report().breaches) {
      EXPECT_FALSE(breach.row.empty()) << breach.check;
      EXPECT_FALSE(breach.detail.empty()) << breach.check;
      checks.insert(breach.check);
    }
    return checks;
  }

  std::string folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<vault::Vault> vault_;
  std::optional<vault::BlindIndex> index_;
  derivation::Derivation derivation_ = derivation::Derivation::create(std::string(32, 'v')).value();
};

TEST_F(Verify, ASoundDatabaseHasNoBreach) {
  const Report sound = report();
  for (const Breach& breach : sound.breaches) {
    ADD_FAILURE() << breach.check << ": " << breach.row << ": " << breach.detail;
  }
  EXPECT_EQ(sound.orders_checked, 3);
  EXPECT_EQ(sound.stock_rows_checked, 1);
  EXPECT_EQ(sound.sealed_fields_opened, 18);
}

TEST_F(Verify, WhoeverCanBeLookedUpIsNoBreach) {
  index_persons();
  EXPECT_EQ(broken_checks(), std::set<std::string>{});
  EXPECT_EQ(test_store::number(*connection_, "SELECT count(*) FROM customer_index"), 8);
}

TEST_F(Verify, OnlyAnOrderThatIsOverHasAnEnd) {
  run("UPDATE orders SET ended_at = 1 WHERE order_number = 2");
  EXPECT_EQ(broken_checks(), std::set<std::string>{"status"});
}

struct Planted {
  std::string check;
  std::string sql;
  std::string more_sql{};
};

std::vector<Planted> planted_breaches() {
  return {
      {"stock_negative", "UPDATE stock SET available = -1, on_hand = 6"},
      {"stock_sum", "UPDATE stock SET on_hand = 11"},
      {"stock_held", "UPDATE stock SET held = 4, available = 4"},
      {"stock_held", "UPDATE order_lines SET held = 1 WHERE order_number = 1"},
      {"stock_leased", "UPDATE stock SET leased = 3, available = 2"},
      {"stock_leased", "UPDATE lease_units SET granted = 6"},
      {"lease_units", "UPDATE leases SET state = 1"},
      {"lease_units", "DELETE FROM leases"},
      {"lease_units", "UPDATE lease_units SET returned = 9"},
      {"lease_sold", "UPDATE lease_units SET sold = 3"},
      {"lease_sold", "DELETE FROM lease_orders"},
      {"lease_order", "UPDATE orders SET first_answer = 0 WHERE order_number = 1"},
      {"lease_order", "UPDATE lease_orders SET epoch = 2"},
      {"lease_open",
       "INSERT INTO leases SELECT 2, spool_id, log_id, 1, 0, 1, 1, 1, 1, 0, 0, '', '' FROM leases"},
      {"order_lines", "DELETE FROM order_lines WHERE order_number = 3"},
      {"line_total", "UPDATE order_lines SET line_total = 1 WHERE order_number = 3"},
      {"order_subtotal", "UPDATE orders SET subtotal = 1 WHERE order_number = 3"},
      {"order_total", "UPDATE orders SET shipping = 0 WHERE order_number = 1"},
      {"order_total", "UPDATE orders SET tax_included = 0 WHERE order_number = 1"},
      {"order_total", "UPDATE orders SET discount = 1 WHERE order_number = 1"},
      {"idempotency_key", "UPDATE orders SET idempotency_key = 'key-1'"},
      {"order_id", "UPDATE orders SET idempotency_key = 'other' WHERE order_number = 1"},
      {"order_id", "UPDATE declined_orders SET idempotency_key = 'other'"},
      {"declined_twice", "UPDATE declined_orders SET idempotency_key = 'key-2'"},
      {"sealed_field", "UPDATE declined_orders SET email_sealed = name_sealed"},
      {"held_after_release", "UPDATE order_lines SET held = 1 WHERE order_number = 3"},
      {"held_while_open", "UPDATE order_lines SET held = 0 WHERE order_number = 2"},
      {"payment_missing", "DELETE FROM payments WHERE order_number = 2"},
      {"payment_missing", "UPDATE payments SET amount = 309 WHERE order_number = 2"},
      {"payment_unexpected", "INSERT INTO payments VALUES (1, 1, 1, 210, 'sandbox', 'r', 1)"},
      {"refund", "DELETE FROM payments WHERE order_number = 3 AND kind = 2"},
      {"refund", "UPDATE orders SET refund_due = 5 WHERE order_number = 1"},
      {"refund", "UPDATE orders SET refunds = 2 WHERE order_number = 3"},
      {"refund", "UPDATE orders SET refunded = 409 WHERE order_number = 3"},
      {"refund", "UPDATE orders SET refund_due = 311 WHERE order_number = 2"},
      {"refund", "UPDATE orders SET payment_status = 2 WHERE order_number = 3"},
      {"outbox_placed", "DELETE FROM outbox WHERE order_number = 3"},
      {"outbox_placed", "UPDATE outbox SET order_number = 1 WHERE order_number = 3"},
      {"outbox_gap", "DELETE FROM outbox WHERE sequence = 2"},
      {"order_numbers", "UPDATE sequences SET next = 9 WHERE name = 'order'"},
      {"status", "UPDATE orders SET payment_status = 0 WHERE order_number = 2"},
      {"status", "UPDATE orders SET fulfilment_status = 2 WHERE order_number = 1"},
      {"status", "UPDATE orders SET reserved_until = 0 WHERE order_number = 1"},
      {"status", "UPDATE orders SET reserved_until = 9 WHERE order_number = 2"},
      {"status", "UPDATE orders SET status = 5 WHERE order_number = 3"},
      {"status", "UPDATE orders SET ended_at = 0 WHERE order_number = 3"},
      {"status", "UPDATE orders SET cancel_reason = 'x' WHERE order_number = 1"},
      {"status", "UPDATE orders SET payment_action = 'challenge' WHERE order_number = 2"},
      {"sealed_field", "UPDATE customers SET wrapped_key = x'0102' WHERE customer_number = 1"},
      {"sealed_field", "UPDATE customers SET name_sealed = email_sealed WHERE customer_number = 1"},
      {"sealed_field", "UPDATE customers SET phone_sealed = x'' WHERE customer_number = 2"},
      {"sealed_field", "UPDATE orders SET address_sealed = payment_sealed WHERE order_number = 2"},
      {"sealed_field", "UPDATE orders SET payment_sealed = x'00' WHERE order_number = 2"},
      {"sealed_field", "UPDATE customers SET wrapped_key = x'' WHERE customer_number = 1"},
      {"sealed_field",
       "UPDATE customers SET wrapped_key = x'', name_sealed = x'', email_sealed = x'', "
       "phone_sealed "
       "= x'' WHERE customer_number = 1"},  // but not its order's
      {"audit_log", "INSERT INTO audit_entries (sequence, entry) VALUES (0, 'by hand')"},
      {"foreign_key", "UPDATE orders SET customer_number = 99 WHERE order_number = 1"},
      {"foreign_key", "UPDATE order_lines SET location_id = 'loc_b' WHERE order_number = 3"},
      {"foreign_key", "UPDATE order_lines SET order_number = 99 WHERE order_number = 3"},
      {"foreign_key", "UPDATE payments SET order_number = 99 WHERE order_number = 2"},
      {"foreign_key",
       "INSERT INTO stock_adjustments VALUES (1, 'var_a', 'loc_b', 0, 1, 'found', 1)"},
  };
}

// A refund that staff:stf_a asked for: its state, and who decided.
std::vector<Planted> planted_approvals() {
  const auto asked = [](const std::string& state, const std::string& by) {
    return "INSERT INTO approvals VALUES (1, 'apr_x', 1, 'ord_x', 1, 'IDR', 'k', 'staff:stf_a', "
           "'stf_a', 'r', 0, 1, " +
           state + ", '" + by + "', 'r', 1, 2)";
  };
  const std::string given = "INSERT INTO refund_requests VALUES ('apr_x', 1, 1, 'staff:stf_b', 1)";
  return {{"approval", asked("3", "staff:stf_b")},
          {"approval", asked("2", "staff:stf_a")},
          {"approval", asked("4", "staff:stf_b"), given}};
}

// Of who can be looked up.
std::vector<Planted> planted_in_the_index() {
  return {
      {"customer_index_orphan", "INSERT INTO customer_index VALUES (1, x'00', 1, 'cus_gone')"},
      {"customer_index_orphan",
       "UPDATE customers SET wrapped_key = x'', name_sealed = x'', email_sealed = x'', "
       "phone_sealed = x'' WHERE customer_number = 1"},
      {"customer_index_twice",
       "INSERT INTO customer_index SELECT kind, value, 7, customer_id FROM customer_index"},
      {"customer_index_mark", "UPDATE sequences SET next = 5 WHERE name = 'customer_index'"},
      {"customer_index_mark", "UPDATE sequences SET next = 0 WHERE name = 'customer_index'"},
      {"customer_index", "DELETE FROM customer_index WHERE customer_id = 'cus_1' AND kind = 1"},
      {"customer_index", "DELETE FROM customer_index WHERE customer_id = 'cus_2' AND kind = 2"},
      {"customer_index",
       "UPDATE customer_index SET value = x'00' WHERE customer_id = 'cus_declined'"},
      {"customer_index", "UPDATE sequences SET next = 60 WHERE name = 'customer_index_country'"},
  };
}

// Each breach is planted past the table's own checks, as a fault of ours or of a disk would.
TEST_F(Verify, EveryCheckFindsItsPlantedBreach) {
  index_persons();
  drop_constraints();
  std::set<std::string> shown;
  std::vector<Planted> planted = planted_breaches();
  std::ranges::move(planted_approvals(), std::back_inserter(planted));
  std::ranges::copy(planted_in_the_index(), std::back_inserter(planted));
  for (const Planted& one : planted) {
    const auto undone = store::Transaction::begin(*connection_).value();
    run(one.sql);
    if (!one.more_sql.empty()) {
      run(one.more_sql);
    }
    // The writer's own view: nothing of it is ever committed.
    Report found;
    ASSERT_TRUE(check_all(*connection_, database_->dialect(), options(), found));
    EXPECT_TRUE(std::ranges::any_of(
        found.breaches, [&](const Breach& breach) { return breach.check == one.check; }))
        << one.check << " does not see: " << one.sql;
    shown.insert(one.check);
  }
  EXPECT_EQ(broken_checks(), std::set<std::string>{});
  for (const SqlCheck& check : sql_checks()) {
    EXPECT_TRUE(shown.contains(std::string(check.name))) << check.name << " is never shown to work";
  }
}

TEST_F(Verify, WhoeverWasErasedMustNotBeBack) {
  std::string id;
  ASSERT_TRUE(connection_->query("SELECT customer_id FROM customers WHERE customer_number = 1", {},
                                 [&id](const store::Row& row) -> Status {
                                   id = row.text(0);
                                   return {};
                                 }));
  const CustomerId erased[] = {CustomerId::parse(id).value()};
  const auto reader = database_->connect_read_only().value();
  const auto found = verify(*reader, database_->dialect(),
                            {.derivation = &derivation_, .vault = vault_.get(), .erased = erased});
  ASSERT_EQ(found->breaches.size(), 1u);
  EXPECT_EQ(found->breaches[0].check, "erasure");
  run("UPDATE customers SET wrapped_key = x'', name_sealed = x'', email_sealed = x'', phone_sealed "
      "= "
      "x'' WHERE customer_number = 1");
  run("UPDATE orders SET address_sealed = x'', payment_sealed = x'' WHERE customer_number = 1");
  const auto after = verify(*reader, database_->dialect(),
                            {.derivation = &derivation_, .vault = vault_.get(), .erased = erased});
  EXPECT_TRUE(after->breaches.empty());
  EXPECT_EQ(after->customers_erased, 1);
}

TEST_F(Verify, ADamagedIndexIsFound) {
  if (test_store::on_postgres()) {
    GTEST_SKIP() << "PostgreSQL checks its pages itself (data checksums, amcheck)";
  }
  run("PRAGMA writable_schema = ON");
  run("UPDATE sqlite_schema SET sql = replace(sql, 'reserved_until > 0', 'reserved_until >= 0') "
      "WHERE name = 'orders_held'");
  database_.reset();
  connection_.reset();
  database_ = store::open_sqlite({.file = folder_ + "/core.db", .read_only = true}).value();
  EXPECT_TRUE(broken_checks().contains("integrity"));
}

TEST_F(Verify, PrunedEventsAreNotMissed) {
  run("DELETE FROM outbox WHERE sequence <= 2");
  run("UPDATE sequences SET next = 3 WHERE name = 'outbox_kept_order'");
  EXPECT_EQ(broken_checks(), std::set<std::string>{});
}

TEST_F(Verify, KeysMayBeLeftOutAndBreachesAreBounded) {
  run("UPDATE orders SET shipping = 7");
  run("UPDATE customers SET name_sealed = x'00'");
  const auto reader = database_->connect_read_only().value();
  const auto found = verify(*reader, database_->dialect(), {.breaches_max = 2}).value();
  EXPECT_EQ(found.breaches.size(), 2u);
  EXPECT_EQ(found.sealed_fields_opened, 0);
}

}  // namespace
}  // namespace dermaga::verify
