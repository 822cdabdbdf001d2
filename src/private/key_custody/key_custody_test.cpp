#include "key_custody/key_custody.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "files/files.h"
#include "random/random.h"
#include "test_store/test_store.h"

namespace dermaga::key_custody {
namespace {

using ::testing::HasSubstr;

const audit::Actor kStaff{.name = "host:tester", .source = "test"};
constexpr int kCustomers = 1'203;  // more than two pages
constexpr int kDeclined = 7;

// Customers and declined orders whose e-mail is sealed as core does it.
class KeyCustodyTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-custody-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
    log_ = std::make_unique<audit::AuditLog>(*database_, clock_, "test",
                                             digest::SigningKey::generate());
    open_vault();
    add_customers(1, kCustomers);
    add_declined();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // As after a restart.
  void open_vault() { vault_ = vault::Vault::open(folder_ + "/keys", system_random()).value(); }
  KeyCustody custody() {
    return KeyCustody({.database = *database_, .vault = *vault_, .audit_log = *log_});
  }

  static CustomerId customer(int number) {
    return CustomerId::parse("cus_" + std::to_string(number)).value();
  }
  void add_customers(int first, int last) {
    constexpr std::string_view kColumns[] = {"customer_number", "customer_id", "wrapped_key",
                                             "kek_version",     "name_sealed", "email_sealed",
                                             "phone_sealed",    "locale",      "created_at"};
    auto transaction = store::Transaction::begin(*connection_).value();
    for (int i = first; i <= last; ++i) {
      const auto id = customer(i);
      const auto made = vault_->new_customer_key(id, system_random());
      const std::string email = made.key.seal_field(
          {"customers", "email", id.str()}, vault::SecretText("sari@example.com"), system_random());
      const store::Parameter row[] = {std::int64_t{i},
                                      std::string_view(id.str()),
                                      store::Blob{made.wrapped},
                                      std::int64_t{made.kek_version},
                                      store::Blob{email},
                                      store::Blob{email},
                                      store::Blob{email},
                                      std::string_view("id"),
                                      std::int64_t{0}};
      ASSERT_TRUE(connection_->insert_many("customers", kColumns, row));
    }
    ASSERT_TRUE(transaction.commit());
  }
  void add_declined() {
    constexpr std::string_view kColumns[] = {
        "order_id", "idempotency_key", "body_sha256", "first_answer", "reason",      "currency",
        "total",    "received_at",     "decided_at",  "customer_id",  "wrapped_key", "kek_version"};
    for (int i = 0; i < kDeclined; ++i) {
      const auto id = customer(900'000 + i);
      const auto made = vault_->new_customer_key(id, system_random());
      const std::string order = "ord_" + std::to_string(i);
      const store::Parameter row[] = {std::string_view(order),
                                      std::string_view(order),
                                      store::Blob{"x"},
                                      std::int64_t{1},
                                      std::string_view("out_of_stock"),
                                      std::string_view("IDR"),
                                      std::int64_t{1},
                                      std::int64_t{1},
                                      std::int64_t{1},
                                      std::string_view(id.str()),
                                      store::Blob{made.wrapped},
                                      std::int64_t{made.kek_version}};
      ASSERT_TRUE(connection_->insert_many("declined_orders", kColumns, row));
    }
    // One whose box did not open: nothing is sealed.
    ASSERT_TRUE(connection_->execute(
        "INSERT INTO declined_orders (order_id, idempotency_key, body_sha256, first_answer, "
        "reason, "
        "currency, total, received_at, decided_at) VALUES ('ord_x', 'x', $1, 1, 'box_unreadable', "
        "'IDR', 1, 1, 1)",
        std::vector<store::Parameter>{store::Blob{"x"}}));
  }
  // Rows whose key, or whose e-mail under it, does not open.
  int unreadable() {
    int count = 0;
    const auto look = [&](std::string_view sql, bool has_email) {
      EXPECT_TRUE(connection_->query(sql, {}, [&](const store::Row& row) -> Status {
        const auto id = CustomerId::parse(row.text(0)).value();
        const auto key = vault_->unwrap(id, row.blob(1));
        count +=
            key.has_value() &&
                    (!has_email ||
                     key->open_field({"customers", "email", id.str()}, row.blob(2)).has_value())
                ? 0
                : 1;
        return {};
      }));
    };
    look("SELECT customer_id, wrapped_key, email_sealed FROM customers", true);
    look("SELECT customer_id, wrapped_key FROM declined_orders WHERE wrapped_key IS NOT NULL",
         false);
    return count;
  }
  std::vector<std::string> acts() {
    std::vector<std::string> found;
    EXPECT_TRUE(audit::read(*connection_, 0, 100, [&](const audit::Entry& entry) -> Status {
      found.push_back(entry.act.action);
      return {};
    }));
    return found;
  }

  std::string folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<vault::Vault> vault_;
  ManualClock clock_{from_unix_ms(1'790'000'000'000)};
  std::unique_ptr<audit::AuditLog> log_;
};

TEST_F(KeyCustodyTest, ARotatedKekSealsAndTheOldOneStillOpens) {
  EXPECT_EQ(custody().rotate(kStaff).value(), 2u);
  add_customers(kCustomers + 1, kCustomers + 3);
  const auto uses = custody().status().value();
  ASSERT_EQ(uses.size(), 2u);
  EXPECT_EQ(uses[0].rows, kCustomers + kDeclined);
  EXPECT_FALSE(uses[0].seals);
  EXPECT_EQ(uses[1].rows, 3);
  EXPECT_TRUE(uses[1].seals);
  EXPECT_EQ(unreadable(), 0);
}

TEST_F(KeyCustodyTest, RewrappingLeavesNothingUnderTheOldKek) {
  ASSERT_TRUE(vault_->keep_purpose_secret("some-secret", "shh").has_value());
  ASSERT_TRUE(custody().rotate(kStaff).has_value());
  std::vector<std::int64_t> left;
  const auto rewrapped = custody().rewrap(kStaff, [&](const Progress& progress) {
    left.push_back(progress.left);
    return true;
  });
  EXPECT_EQ(rewrapped.value(), kCustomers + kDeclined);
  EXPECT_GE(left.size(), 4u);
  EXPECT_EQ(left.back(), 0);
  EXPECT_EQ(unreadable(), 0);
  const auto uses = custody().status().value();
  EXPECT_EQ(uses[0].rows + uses[0].kept_secrets, 0);
  EXPECT_EQ(uses[1].rows, kCustomers + kDeclined);
  EXPECT_EQ(uses[1].kept_secrets, 1);
  EXPECT_EQ(vault_->read_purpose_secret("some-secret").value(), "shh");
  EXPECT_EQ(custody().rewrap(kStaff, [](const Progress&) { return true; }).value(), 0);
}

// Whatever is done so far, everything opens; what is left is done by the next run.
TEST_F(KeyCustodyTest, StoppedAfterAnyPageItGoesOnAfterARestart) {
  ASSERT_TRUE(vault_->keep_purpose_secret("some-secret", "shh").has_value());
  ASSERT_TRUE(custody().rotate(kStaff).has_value());
  std::int64_t done = 0;
  for (int runs = 0; runs < 10; ++runs) {
    open_vault();
    EXPECT_EQ(unreadable(), 0) << runs;
    EXPECT_EQ(vault_->read_purpose_secret("some-secret").value(), "shh");
    done += custody().rewrap(kStaff, [](const Progress&) { return false; }).value();
  }
  EXPECT_EQ(done, kCustomers);  // each run stops before the second table
  done += custody().rewrap(kStaff, [](const Progress&) { return true; }).value();
  EXPECT_EQ(done, kCustomers + kDeclined);
  EXPECT_EQ(unreadable(), 0);
}

TEST_F(KeyCustodyTest, AKekIsDestroyedOnlyWhenNothingNeedsIt) {
  EXPECT_EQ(custody().destroy(1, kStaff, "it seals").error().code(), ErrorCode::kVersionConflict);
  ASSERT_TRUE(vault_->keep_purpose_secret("some-secret", "shh").has_value());
  auto on_its_way = vault_->new_customer_key(customer(5), system_random());
  ASSERT_TRUE(custody().rotate(kStaff).has_value());
  EXPECT_THAT(custody().destroy(1, kStaff, "rows").error().message(), HasSubstr("keys rewrap"));
  EXPECT_EQ(custody().destroy(7, kStaff, "unknown").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(custody().destroy(1, kStaff, "").error().code(), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(custody().rewrap(kStaff, [](const Progress&) { return true; }).has_value());

  EXPECT_THAT(custody().destroy(1, kStaff, "an order").error().message(), HasSubstr("in use"));
  on_its_way.kek_in_use.reset();
  ASSERT_TRUE(custody().destroy(1, kStaff, "compromised").has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/keys/kek-1.wrapped"));
  EXPECT_EQ(vault_->unwrap(customer(5), on_its_way.wrapped).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(unreadable(), 0);
  open_vault();
  EXPECT_EQ(unreadable(), 0);
  EXPECT_EQ(vault_->kek_versions(), std::vector<std::uint32_t>{2});
  EXPECT_EQ(vault_->new_customer_key(customer(6), system_random()).kek_version, 2u);
  EXPECT_THAT(acts(),
              testing::ElementsAre("keys.rotate", "keys.rewrap", "keys.destroy", "keys.destroy"));
}

TEST_F(KeyCustodyTest, TheRootKeyMovesUnderEveryRow) {
  const std::string passphrase_file = folder_ + "/passphrase";
  ASSERT_TRUE(
      files::write_file_atomically(passphrase_file, "satu dua tiga empat", 0600).has_value());
  const vault::RootOptions to{.kind = vault::RootKind::kPassphrase,
                              .passphrase_file = passphrase_file};
  ASSERT_TRUE(custody().rotate(kStaff).has_value());
  ASSERT_TRUE(custody().move_root(to, kStaff).has_value());
  EXPECT_EQ(unreadable(), 0);
  EXPECT_THAT(acts(), testing::ElementsAre("keys.rotate", "keys.move_root"));
  EXPECT_FALSE(vault::Vault::open(folder_ + "/keys", system_random()).has_value());
  vault_ = vault::Vault::open(folder_ + "/keys", system_random(), to).value();
  EXPECT_EQ(unreadable(), 0);
}

// What stands in the row when the page is written is not what was read: erased, or somebody else's.
TEST_F(KeyCustodyTest, ARowThatChangesMeanwhileIsLeftAlone) {
  ASSERT_TRUE(custody().rotate(kStaff).has_value());
  const auto before = vault_->new_customer_key(customer(1), system_random());
  const store::Parameter row[] = {store::Blob{before.wrapped}};
  ASSERT_TRUE(connection_->execute(
      "UPDATE customers SET wrapped_key = $1, kek_version = 2 WHERE customer_number = 1", row));
  EXPECT_EQ(custody().rewrap(kStaff, [](const Progress&) { return true; }).value(),
            kCustomers - 1 + kDeclined);
  EXPECT_TRUE(vault_->unwrap(customer(1), before.wrapped).has_value());
}

TEST_F(KeyCustodyTest, AnotherProcessLearnsTheNewKekByItself) {
  const auto other = vault::Vault::open(folder_ + "/keys", system_random()).value();
  ASSERT_TRUE(custody().rotate(kStaff).has_value());
  const auto made = vault_->new_customer_key(customer(5), system_random());
  EXPECT_EQ(made.kek_version, 2u);
  EXPECT_TRUE(other->unwrap(customer(5), made.wrapped).has_value());
}

}  // namespace
}  // namespace dermaga::key_custody
