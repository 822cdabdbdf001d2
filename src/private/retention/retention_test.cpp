#include "retention/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audit/audit_log.h"
#include "metrics/metrics.h"
#include "random/random.h"
#include "test_store/test_store.h"
#include "verify/verify.h"

namespace dermaga::retention {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kOpen = 1;
constexpr int kConfirmed = 2;
constexpr int kCompleted = 3;
constexpr int kExpired = 4;
constexpr int kCancelled = 5;
const UtcTime kStart = from_unix_ms(1'790'000'000'000);

// A sound store in which everything ended, was declined and was last used at kStart.
class RetentionTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-retention-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
    vault_ = vault::Vault::open(folder_ + "/keys", system_random()).value();
    log_ = std::make_unique<audit::AuditLog>(*database_, clock_, "test",
                                             digest::SigningKey::generate());
    list_ = std::make_unique<customers::ErasureList>(
        customers::ErasureList::open(folder_ + "/erasures.jsonl", digest::SigningKey::generate())
            .value());
    customers_ = std::make_unique<customers::Customers>(customers::Ports{.database = *database_,
                                                                         .vault = *vault_,
                                                                         .audit_log = *log_,
                                                                         .erasures = *list_,
                                                                         .clock = clock_});
    run("INSERT INTO stock VALUES ('var_a', 'loc_a', 100, 100, 0, 0, NULL, 1)");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Retention retention(const Rules& rules) {
    return Retention({.database = *database_,
                      .customers = *customers_,
                      .forget_what_is_over = [this]() -> Status {
                        ++forgotten_;
                        return {};
                      },
                      .mail_folder = folder_ + "/mail",
                      .clock = clock_,
                      .registry = &registry_},
                     rules);
  }

  void run(std::string_view sql, std::span<const store::Parameter> parameters = {}) {
    const auto done = connection_->execute(sql, parameters);
    ASSERT_TRUE(done.has_value()) << done.error().message();
  }
  std::int64_t number(std::string_view sql) { return test_store::number(*connection_, sql); }

  struct Sealed {
    std::string id, wrapped, name, email, phone;
  };
  struct Made {
    Sealed sealed;
    vault::FieldKey key;
  };
  static std::string seal(const vault::FieldKey& key, std::string_view table,
                          std::string_view column, std::string_view row) {
    return key.seal_field({table, column, row}, vault::SecretText("Sari"), system_random());
  }
  Made person(const std::string& id, std::string_view table) {
    auto made = vault_->new_customer_key(CustomerId::parse(id).value(), system_random());
    Sealed sealed{.id = id,
                  .wrapped = made.wrapped,
                  .name = seal(made.key, table, "name_sealed", id),
                  .email = seal(made.key, table, "email_sealed", id),
                  .phone = seal(made.key, table, "phone_sealed", id)};
    return {.sealed = std::move(sealed), .key = std::move(made.key)};
  }
  // Unpaid and worth 110, of one unit that is held while the order is under way.
  void add_order(std::int64_t order, int status, int payment = 0) {
    const std::string id = "ord_" + std::to_string(order);
    const auto [sealed, key] = person("cus_" + std::to_string(order), "customers");
    const store::Parameter customer[] = {order,
                                         std::string_view(sealed.id),
                                         store::Blob{sealed.wrapped},
                                         store::Blob{sealed.name},
                                         store::Blob{sealed.email},
                                         store::Blob{sealed.phone}};
    run("INSERT INTO customers VALUES ($1, $2, $3, 1, $4, $5, $6, 'id', 1)", customer);
    const bool is_over = status >= kCompleted;
    const std::string address = seal(key, "orders", "address_sealed", id);
    const std::string token = seal(key, "orders", "payment_sealed", id);
    const store::Parameter row[] = {order,
                                    std::string_view(id),
                                    std::int64_t{status},
                                    std::int64_t{payment},
                                    store::Blob{address},
                                    store::Blob{token},
                                    std::int64_t{is_over ? to_unix_ms(kStart) : 0},
                                    std::int64_t{status == kOpen ? 1 : 0},
                                    std::int64_t{status == kCompleted ? 2 : 0},
                                    std::string_view(status == kCancelled ? "staff" : "")};
    run("INSERT INTO orders (order_number, order_id, idempotency_key, body_sha256, "
        "customer_number, status, payment_status, fulfilment_status, cancel_reason, "
        "payment_action, currency, subtotal, discount, shipping, tax, tax_included, total, "
        "refund_due, shipping_method, coupon, catalog_version, placed_at, reserved_until, version, "
        "reply_thumbprint, address_sealed, payment_sealed, ended_at) VALUES ($1, $2, $2, $6, $1, "
        "$3, $4, $9, $10, '', 'IDR', 100, 0, 10, 5, 1, 110, 0, 'standard', '', 1, 1, $8, 1, 't', "
        "$5, $6, $7)",
        row);
    const store::Parameter line[] = {order, std::int64_t{is_over ? 0 : 1}};
    run("INSERT INTO order_lines VALUES ($1, 1, 'var_a', 'loc_a', 1, $2, 100, 100)", line);
    const store::Parameter held[] = {line[1]};
    run("UPDATE stock SET available = available - $1, held = held + $1", held);
    const store::Parameter one[] = {order};
    if (payment >= 2) {
      run("INSERT INTO payments VALUES ($1, 1, 1, 110, 'sandbox', 'r', 1)", one);
    }
    run("INSERT INTO outbox VALUES ((SELECT next FROM sequences WHERE name = 'outbox'), "
        "'order.placed', $1, '{}', 1)",
        one);
    run("UPDATE sequences SET next = next + 1 WHERE name IN ('order', 'outbox')");
  }
  void add_declined(const std::string& id) {
    const Sealed sealed = person("cus_" + id, "customers").sealed;
    const std::string order = "ord_" + id;
    const store::Parameter row[] = {std::string_view(order),     std::string_view(sealed.id),
                                    store::Blob{sealed.wrapped}, store::Blob{sealed.name},
                                    store::Blob{sealed.email},   store::Blob{sealed.phone},
                                    to_unix_ms(kStart)};
    run("INSERT INTO declined_orders VALUES ($1, $1, $3, 1, 'out_of_stock', 'IDR', 110, 1, $7, $2, "
        "$3, 1, $4, $5, $6, 'id', 't', NULL, 1)",
        row);
  }
  void add_account(const std::string& id) {
    const Sealed sealed = person(id, "accounts").sealed;
    const store::Parameter row[] = {std::string_view(sealed.id), store::Blob{sealed.wrapped},
                                    store::Blob{sealed.name},    store::Blob{sealed.email},
                                    store::Blob{sealed.phone},   to_unix_ms(kStart)};
    run("INSERT INTO accounts (customer_id, email_index, wrapped_key, kek_version, email_sealed, "
        "name_sealed, phone_sealed, locale, password_hash, created_at, last_seen_at, version) "
        "VALUES ($1, $2, $2, 1, $4, $3, $5, 'id', '', 1, $6, 1)",
        row);
  }
  void own(const std::string& account, std::int64_t order) {
    const store::Parameter row[] = {std::string_view(account), order};
    run("INSERT INTO account_orders VALUES ($1, $2)", row);
  }

  std::vector<std::string> acts() {
    std::vector<std::string> found;
    EXPECT_TRUE(audit::read(*connection_, 0, 1'000, [&](const audit::Entry& entry) -> Status {
      const audit::Act& act = entry.act;
      found.push_back(act.actor.name + " " + act.actor.source + " " + act.action + " " +
                      act.subject + " " + act.reason);
      return {};
    }));
    return found;
  }
  void expect_sound() {
    std::vector<CustomerId> erased;
    for (const auto& erasure : list_->all()) {
      erased.push_back(erasure.customer);
    }
    const auto report = verify::verify(*connection_, database_->dialect(),
                                       {.vault = vault_.get(), .erased = erased});
    ASSERT_TRUE(report.has_value()) << report.error().message();
    for (const auto& breach : report->breaches) {
      ADD_FAILURE() << breach.check << ": " << breach.row << ": " << breach.detail;
    }
  }

  std::string folder_;
  ManualClock clock_{kStart};
  metrics::Registry registry_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<audit::AuditLog> log_;
  std::unique_ptr<customers::ErasureList> list_;
  std::unique_ptr<customers::Customers> customers_;
  int forgotten_ = 0;
};

TEST_F(RetentionTest, GuestsGoAtTheirDay) {
  add_order(1, kCompleted, 2);
  add_order(2, kExpired);
  add_order(3, kCancelled);
  Retention retention = this->retention({.guest_days = 30});
  clock_.set_wall(kStart + days(30) - 1ms);
  EXPECT_EQ(retention.due()->total(), 0);
  EXPECT_EQ(retention.run(100)->total(), 0);
  clock_.set_wall(kStart + days(30));
  EXPECT_EQ(retention.due()->guests, 3);
  EXPECT_EQ(retention.run(100)->guests, 3);
  EXPECT_EQ(retention.due()->total(), 0);
  EXPECT_EQ(retention.run(100)->total(), 0);
  EXPECT_THAT(
      acts(),
      testing::UnorderedElementsAre(
          "core retention customer.erase ord_1 cus_1 older than 30 days by the shop's rules",
          "core retention customer.erase ord_2 cus_2 older than 30 days by the shop's rules",
          "core retention customer.erase ord_3 cus_3 older than 30 days by the shop's rules"));
  EXPECT_EQ(list_->all().size(), 3u);
  EXPECT_EQ(number("SELECT count(*) FROM customers WHERE length(wrapped_key) > 0"), 0);
  EXPECT_EQ(number("SELECT sum(total) FROM orders"), 330);
  EXPECT_THAT(registry_.exposition(),
              HasSubstr("dermaga_core_retention_erased_total{kind=\"guest\"} 3"));
  expect_sound();
}

TEST_F(RetentionTest, WhoeverIsNeededIsKeptAndHoldsNobodyUp) {
  add_order(1, kOpen);
  add_order(2, kConfirmed, 2);
  add_order(3, kCancelled, 2);
  run("UPDATE orders SET refund_due = 110 WHERE order_number = 3");
  add_order(4, kCompleted, 2);
  add_account("cus_account");
  add_order(5, kCompleted, 2);
  own("cus_account", 5);
  clock_.set_wall(kStart + days(4'000));
  Retention retention = this->retention({.guest_days = 1});
  EXPECT_EQ(retention.run(1)->guests, 1);
  EXPECT_EQ(retention.run(100)->total(), 0);
  EXPECT_EQ(number("SELECT count(*) FROM customers WHERE length(wrapped_key) > 0"), 4);
  EXPECT_EQ(number("SELECT count(*) FROM customers WHERE customer_number = 4 AND "
                   "length(wrapped_key) > 0"),
            0);
  expect_sound();
  // The money went back.
  run("INSERT INTO payments VALUES (3, 2, 2, 110, 'sandbox', 'r', 1)");
  run("UPDATE orders SET refund_due = 0, refunded = 110, refunds = 1, payment_status = 4 WHERE "
      "order_number = 3");
  EXPECT_EQ(retention.run(100)->guests, 1);
  expect_sound();
}

TEST_F(RetentionTest, DeclinedOnesGoAtTheirDay) {
  add_declined("d1");
  run("INSERT INTO declined_orders (order_id, idempotency_key, body_sha256, first_answer, reason, "
      "currency, total, received_at, decided_at) SELECT 'ord_shut', 'k', body_sha256, 1, 'box', "
      "'IDR', 1, 1, 1 FROM declined_orders");
  Retention retention = this->retention({.declined_days = 90});
  clock_.set_wall(kStart + days(90) - 1ms);
  EXPECT_EQ(retention.run(100)->total(), 0);
  clock_.set_wall(kStart + days(90));
  EXPECT_EQ(retention.due()->declined, 1);
  EXPECT_EQ(retention.run(100)->declined, 1);
  EXPECT_EQ(retention.run(100)->total(), 0);
  EXPECT_THAT(acts(), ElementsAre("core retention customer.erase ord_d1 cus_d1 older than 90 days "
                                  "by the shop's rules"));
  expect_sound();
}

TEST_F(RetentionTest, UnusedAccountsGoWithWhoeverTheirOrdersName) {
  add_account("cus_unused");
  add_account("cus_waiting");
  add_account("cus_owed");
  add_order(1, kCompleted, 2);
  add_order(2, kConfirmed, 2);
  add_order(3, kCancelled, 2);
  run("UPDATE orders SET refund_due = 110 WHERE order_number = 3");
  own("cus_unused", 1);
  own("cus_waiting", 2);
  own("cus_owed", 3);
  Retention retention = this->retention({.account_unused_days = 365});
  clock_.set_wall(kStart + days(365) - 1ms);
  EXPECT_EQ(retention.run(100)->total(), 0);
  clock_.set_wall(kStart + days(365));
  EXPECT_EQ(retention.due()->accounts, 1);
  EXPECT_EQ(retention.run(100)->accounts, 1);
  EXPECT_EQ(retention.run(100)->total(), 0);
  EXPECT_EQ(number("SELECT count(*) FROM accounts"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM customers WHERE length(wrapped_key) > 0"), 2);
  EXPECT_EQ(list_->all().size(), 2u);
  EXPECT_THAT(acts(), ElementsAre("core retention customer.erase cus_unused older than 365 days by "
                                  "the shop's rules"));
  expect_sound();
}

TEST_F(RetentionTest, ZeroKeepsEverybody) {
  add_order(1, kCompleted, 2);
  add_declined("d1");
  add_account("cus_account");
  clock_.set_wall(kStart + days(36'500));
  Retention retention = this->retention({});
  EXPECT_EQ(retention.due()->total(), 0);
  EXPECT_EQ(retention.run(100)->total(), 0);
  EXPECT_TRUE(acts().empty());
  expect_sound();
}

TEST_F(RetentionTest, WorksInPagesAndRests) {
  const std::int64_t orders = kPersonsPerRun + 3;
  for (std::int64_t order = 1; order <= orders; ++order) {
    add_order(order, kExpired);
  }
  Retention retention = this->retention({.guest_days = 1});
  clock_.set_wall(kStart + days(1));
  const auto erased = [this] { return static_cast<std::int64_t>(list_->all().size()); };
  retention.run_due();
  EXPECT_EQ(erased(), kPersonsPerRun);
  clock_.advance(kRest - 1ms);
  retention.run_due();
  EXPECT_EQ(erased(), kPersonsPerRun);
  clock_.advance(1ms);
  retention.run_due();
  EXPECT_EQ(erased(), orders);
  EXPECT_EQ(forgotten_, 1);
  add_order(orders + 1, kExpired);
  clock_.advance(kRestWhenDone - 1ms);
  retention.run_due();
  EXPECT_EQ(erased(), orders);
  clock_.advance(1ms);
  retention.run_due();
  EXPECT_EQ(erased(), orders + 1);
  EXPECT_EQ(forgotten_, 2);
  EXPECT_EQ(acts().size(), static_cast<std::size_t>(orders + 1));
  expect_sound();
}

TEST_F(RetentionTest, TheErasedStayErasedInARestoredStore) {
  add_order(1, kCompleted, 2);
  add_account("cus_account");
  std::string before;
  ASSERT_TRUE(connection_->query("SELECT wrapped_key FROM customers", {},
                                 [&before](const store::Row& row) -> Status {
                                   before = row.blob(0);
                                   return {};
                                 }));
  clock_.set_wall(kStart + days(500));
  Retention retention = this->retention({.guest_days = 1, .account_unused_days = 365});
  EXPECT_EQ(retention.run(100)->total(), 2);
  EXPECT_EQ(customers_->replay_erasures().value(), 0);
  const store::Parameter restored[] = {store::Blob{before}};
  run("UPDATE customers SET wrapped_key = $1", restored);
  add_account("cus_account");
  EXPECT_EQ(customers_->replay_erasures().value(), 2);
  EXPECT_EQ(number("SELECT count(*) FROM accounts"), 0);
  EXPECT_EQ(retention.run(100)->total(), 0);
  expect_sound();
}

TEST_F(RetentionTest, OneCoreAtATime) {
  if (!database_->is_shared()) {
    GTEST_SKIP() << "one core has this store";
  }
  add_order(1, kExpired);
  clock_.set_wall(kStart + days(1));
  Retention retention = this->retention({.guest_days = 1});
  {
    const auto other = database_->connect().value();
    auto transaction = store::Transaction::begin(*other).value();
    ASSERT_TRUE(other->claim("retention", false).value());
    EXPECT_EQ(retention.run(100).error().code(), ErrorCode::kOverloaded);
    retention.run_due();
    EXPECT_TRUE(list_->all().empty());
  }
  clock_.advance(kRestAfterFailure);
  retention.run_due();
  EXPECT_EQ(list_->all().size(), 1u);
}

TEST_F(RetentionTest, OldMailsAreRemoved) {
  const std::string mails = folder_ + "/mail";
  std::filesystem::create_directories(mails);
  const std::string time = std::to_string(to_unix_ms(kStart));
  std::string file = mails + "/" + std::string(15 - time.size(), '0');
  file += time + "-00.eml";
  std::ofstream(file) << "x";
  Retention keeps = this->retention({});
  Retention retention = this->retention({.mail_file_hours = 24});
  clock_.set_wall(kStart + 24h);
  ASSERT_TRUE(retention.run(0).has_value());
  EXPECT_TRUE(std::filesystem::exists(file));
  clock_.advance(1ms);
  keeps.run_due();
  EXPECT_TRUE(std::filesystem::exists(file));
  retention.run_due();
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace dermaga::retention
