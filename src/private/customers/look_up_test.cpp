#include "customers/look_up.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "customers/indexer.h"
#include "metrics/metrics.h"
#include "test_customers.h"

namespace dermaga::customers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The orders, the declined one (of cus_9) and what indexes and finds whoever placed them.
class LookUpTest : public CustomersTest {
 protected:
  void SetUp() override {
    CustomersTest::SetUp();
    index_ = std::make_unique<vault::BlindIndex>(vault_->blind_index(kIndexPurpose).value());
    account_index_ =
        std::make_unique<vault::BlindIndex>(vault_->blind_index("account-index").value());
    indexer_ = std::make_unique<Indexer>(indexer_ports("62", 500));
  }

  Indexer::Ports indexer_ports(const std::string& country, std::int64_t page) {
    return {.database = *database_,
            .vault = *vault_,
            .index = ContactIndex(*index_, country),
            .clock = clock_,
            .registry = &registry_,
            .page_persons = page};
  }
  LookUp look_up(const std::string& country = "62") {
    return LookUp({.database = *database_,
                   .vault = *vault_,
                   .index = ContactIndex(*index_, country),
                   .account_index = *account_index_,
                   .account_kind = "account.email",
                   .audit_log = *log_});
  }
  static std::vector<std::string> ids(const FoundPage& page) {
    std::vector<std::string> found;
    for (const FoundPerson& person : page.items) {
      found.push_back(person.customer.str());
    }
    return found;
  }
  FoundPage find_email(const std::string& email, const std::string& cursor = "") {
    return look_up()
        .find({.contact = vault::EmailAddress(email), .cursor = cursor, .reason = "asked"}, kStaff)
        .value();
  }
  std::vector<std::string> of_email(const std::string& email) { return ids(find_email(email)); }
  std::vector<std::string> of_phone(const std::string& phone, const std::string& country = "62") {
    return ids(
        look_up(country)
            .find({.contact = vault::PhoneNumber(phone), .cursor = "", .reason = "asked"}, kStaff)
            .value());
  }
  std::int64_t number(std::string_view sql) { return test_store::number(*connection_, sql); }
  void run_plain(std::string_view sql) { run(sql, {}); }

  std::unique_ptr<vault::BlindIndex> index_;
  std::unique_ptr<vault::BlindIndex> account_index_;
  metrics::Registry registry_;
  std::unique_ptr<Indexer> indexer_;
};

TEST_F(LookUpTest, NobodyIsFoundBeforeAndEverybodyAfter) {
  EXPECT_THAT(of_email("sari@example.com"), IsEmpty());
  EXPECT_EQ(indexer_->run().value(), 4);
  EXPECT_THAT(of_email(" SARI@Example.com"),
              testing::UnorderedElementsAre("cus_1", "cus_2", "cus_3", "cus_9"));
  EXPECT_EQ(of_phone("0812").size(), 4u);
  EXPECT_EQ(of_phone("+62-8-12").size(), 4u);
  EXPECT_THAT(of_email("budi@example.com"), IsEmpty());
  EXPECT_THAT(of_phone("812"), IsEmpty());
  EXPECT_EQ(indexer_->run().value(), 0) << "nothing is left to do";
}

TEST_F(LookUpTest, WhatIsFoundIsMasked) {
  ASSERT_TRUE(indexer_->run());
  const FoundPage page = find_email("sari@example.com");
  for (const FoundPerson& person : page.items) {
    EXPECT_EQ(person.masked_name, "S••• D•••");
    EXPECT_EQ(person.masked_email, "s•••@e•••.com");
    EXPECT_EQ(person.masked_phone, "••••");
    EXPECT_FALSE(person.is_account);
    ASSERT_EQ(person.orders.size(), 1u);
    EXPECT_EQ(person.orders[0].is_declined, person.customer.str() == "cus_9");
  }
}

TEST_F(LookUpTest, WhoLookedIsWrittenDownButNotForWhom) {
  ASSERT_TRUE(indexer_->run());
  EXPECT_EQ(of_email("sari@example.com").size(), 4u);
  EXPECT_EQ(of_email("Sari@Example.Com").size(), 4u);
  EXPECT_THAT(of_phone("0815"), IsEmpty());
  std::vector<audit::Act> acts;
  ASSERT_TRUE(audit::read(*connection_, 0, 100, [&](const audit::Entry& entry) -> Status {
    acts.push_back(entry.act);
    return {};
  }));
  ASSERT_EQ(acts.size(), 3u);
  EXPECT_EQ(acts[0].action, "customer.find");
  EXPECT_EQ(acts[0].actor.name, kStaff.name);
  EXPECT_EQ(acts[0].reason, "asked");
  EXPECT_EQ(acts[0].subject, "email");
  EXPECT_THAT(acts[0].detail, testing::MatchesRegex("[0-9a-f]{8}, 4 found: cus_.*"));
  EXPECT_EQ(acts[1].detail, acts[0].detail) << "two looks for one person can be matched";
  EXPECT_EQ(acts[2].subject, "phone");
  EXPECT_THAT(acts[2].detail, HasSubstr(", 0 found"));
  for (const audit::Act& act : acts) {
    EXPECT_THAT(act.subject + act.detail, Not(HasSubstr("sari")));
    EXPECT_THAT(act.subject + act.detail, Not(HasSubstr("0815")));
  }
}

TEST_F(LookUpTest, AReasonAndSomethingToLookForMustBeThere) {
  const auto refused = [&](LookUp::Wanted wanted) {
    return look_up().find(wanted, kStaff).error().code();
  };
  EXPECT_EQ(refused({.contact = vault::EmailAddress("a@b"), .cursor = "", .reason = ""}),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.contact = vault::EmailAddress("  "), .cursor = "", .reason = "why"}),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.contact = vault::PhoneNumber("+"), .cursor = "", .reason = "why"}),
            ErrorCode::kInvalidArgument);
  for (const std::string cursor : {"x", "12", "12.", "12.ord_1", ".cus_1"}) {
    EXPECT_EQ(refused({.contact = vault::EmailAddress("a@b"), .cursor = cursor, .reason = "why"}),
              ErrorCode::kInvalidArgument)
        << cursor;
  }
  EXPECT_THAT(acts(), IsEmpty());
}

TEST_F(LookUpTest, TwoPersonsMayShareAPhone) {
  email_ = "budi@example.com";
  add_order(4, kCompleted, 0);
  ASSERT_TRUE(indexer_->run());
  EXPECT_THAT(of_email("budi@example.com"), ElementsAre("cus_4"));
  EXPECT_EQ(of_email("sari@example.com").size(), 4u);
  EXPECT_EQ(of_phone("0812").size(), 5u);
}

TEST_F(LookUpTest, AnAccountIsFoundByItsAddressAtOnceAndByItsNumberLater) {
  phone_ = "0813";
  const CustomerId account = add_account({1, 2});
  const FoundPage page = find_email("SARI@example.com");
  ASSERT_THAT(ids(page), ElementsAre(account.str()));
  EXPECT_TRUE(page.items[0].is_account);
  ASSERT_EQ(page.items[0].orders.size(), 2u);
  EXPECT_EQ(page.items[0].orders[0].id.str(), "ord_2");
  EXPECT_THAT(of_phone("0813"), IsEmpty());
  ASSERT_TRUE(indexer_->run());
  EXPECT_THAT(of_phone("0813"), ElementsAre(account.str()));
  EXPECT_EQ(of_email("sari@example.com").size(), 5u);
}

TEST_F(LookUpTest, AnAccountsNewNumberReplacesTheOld) {
  phone_ = "0813";
  const CustomerId account = add_account({});
  ASSERT_TRUE(indexer_->run());
  // As a profile is changed: nobody finds the account by a number that is not its own.
  const store::Parameter none[] = {store::Blob{""}};
  run("UPDATE accounts SET phone_sealed = $1, version = version + 1, index_due = 1", none);
  EXPECT_EQ(indexer_->run().value(), 1);
  EXPECT_THAT(of_phone("0813"), IsEmpty());
  EXPECT_THAT(of_email("sari@example.com"), testing::Contains(account.str()));
}

TEST_F(LookUpTest, WhoeverWasErasedIsNotFoundAnyMore) {
  const CustomerId account = add_account({1});
  ASSERT_TRUE(indexer_->run());
  EXPECT_EQ(number("SELECT count(*) FROM customer_index"), 9);
  ASSERT_TRUE(customers().erase(order(9), kStaff, "asked"));
  EXPECT_THAT(of_email("sari@example.com"), Not(testing::Contains("cus_9")));
  EXPECT_EQ(number("SELECT count(*) FROM customer_index"), 7);
  ASSERT_TRUE(customers().erase_account(account, kStaff, "asked"));
  EXPECT_THAT(of_email("sari@example.com"), testing::UnorderedElementsAre("cus_2", "cus_3"));
  EXPECT_EQ(number("SELECT count(*) FROM customer_index"), 4);
}

TEST_F(LookUpTest, WhoeverCameBackWithARestoreGoesAgain) {
  ASSERT_TRUE(list_->add({.customer = CustomerId::parse("cus_1").value(), .at = clock_.now()}));
  ASSERT_TRUE(indexer_->run());
  EXPECT_EQ(customers().replay_erasures().value(), 1);
  EXPECT_THAT(of_email("sari@example.com"), Not(testing::Contains("cus_1")));
  EXPECT_EQ(number("SELECT count(*) FROM customer_index WHERE customer_id = 'cus_1'"), 0);
}

// Erases somebody between the reading of a page and the transaction that writes it.
class ErasingBetween final : public store::Database {
 public:
  ErasingBetween(store::Database& database, std::function<void()> between)
      : database_(database), between_(std::move(between)) {}
  Result<std::unique_ptr<store::Connection>> connect() override {
    ASSIGN_OR_RETURN(auto connection, database_.connect());
    return std::make_unique<Between>(std::move(connection), between_);
  }
  Result<std::unique_ptr<store::Connection>> connect_read_only() override {
    return database_.connect_read_only();
  }
  std::string_view dialect() const override { return database_.dialect(); }

 private:
  class Between final : public store::Connection {
   public:
    Between(std::unique_ptr<store::Connection> connection, std::function<void()>& between)
        : connection_(std::move(connection)), between_(between) {}
    Result<std::int64_t> execute(std::string_view sql,
                                 std::span<const store::Parameter> parameters) override {
      return connection_->execute(sql, parameters);
    }
    Result<std::int64_t> execute_many(std::string_view sql, std::size_t per_row,
                                      std::span<const store::Parameter> parameters) override {
      return connection_->execute_many(sql, per_row, parameters);
    }
    Status query(std::string_view sql, std::span<const store::Parameter> parameters,
                 const store::RowCallback& row) override {
      return connection_->query(sql, parameters, row);
    }
    Status insert_many(std::string_view table, std::span<const std::string_view> columns,
                       std::span<const store::Parameter> parameters) override {
      return connection_->insert_many(table, columns, parameters);
    }
    Status select_by_keys(std::string_view table, std::string_view select, std::string_view key,
                          std::span<const store::Parameter> keys, bool lock,
                          const store::RowCallback& row) override {
      return connection_->select_by_keys(table, select, key, keys, lock, row);
    }
    Status begin() override {
      if (auto between = std::exchange(between_, nullptr)) {
        between();
      }
      return connection_->begin();
    }
    Status commit() override { return connection_->commit(); }
    void rollback() override { connection_->rollback(); }
    Result<bool> claim(std::string_view name, bool wait) override {
      return connection_->claim(name, wait);
    }

   private:
    std::unique_ptr<store::Connection> connection_;
    std::function<void()>& between_;
  };
  store::Database& database_;
  std::function<void()> between_;
};

TEST_F(LookUpTest, WhoeverIsErasedWhileAPageIsIndexedStaysAway) {
  const CustomerId account = add_account({1});
  ErasingBetween database(*database_, [&] {
    ASSERT_TRUE(customers().erase(order(9), kStaff, "asked"));
    ASSERT_TRUE(customers().erase_account(account, kStaff, "asked"));
  });
  Indexer::Ports ports = indexer_ports("62", 500);
  const Indexer::Ports racing{
      .database = database, .vault = ports.vault, .index = ports.index, .clock = ports.clock};
  ASSERT_TRUE(Indexer(racing).run());
  EXPECT_THAT(of_email("sari@example.com"), testing::UnorderedElementsAre("cus_2", "cus_3"));
  EXPECT_EQ(number("SELECT count(*) FROM customer_index"), 4);
}

// On a shared store an erasure keeps the indexer out, and the other way round.
TEST_F(LookUpTest, AnErasureUnderWayKeepsTheIndexerOut) {
  if (!database_->is_shared()) {
    GTEST_SKIP() << "an embedded store has one writer";
  }
  const auto other = database_->connect().value();
  {
    const auto erasing = store::Transaction::begin(*other).value();
    ASSERT_TRUE(other->claim(kIndexClaim, true).value());
    EXPECT_EQ(indexer_->run().value(), 0);
  }
  EXPECT_EQ(indexer_->run().value(), 4);
}

TEST_F(LookUpTest, AfterACrashItGoesOnWhereItWas) {
  EXPECT_EQ(Indexer(indexer_ports("62", 1)).run().value(), 2) << "one order and the declined one";
  EXPECT_THAT(of_email("sari@example.com"), testing::UnorderedElementsAre("cus_1", "cus_9"));
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_customer_index_lag_customers 2"));
  indexer_ = std::make_unique<Indexer>(indexer_ports("62", 1));
  EXPECT_EQ(indexer_->run().value(), 1);
  EXPECT_EQ(indexer_->run().value(), 1);
  EXPECT_EQ(indexer_->run().value(), 0);
  EXPECT_EQ(of_email("sari@example.com").size(), 4u);
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_customer_index_lag_customers 0"));
}

TEST_F(LookUpTest, WhatAnOlderKekSealsIsIndexedToo) {
  ASSERT_TRUE(vault_->rotate_kek());
  email_ = "baru@example.com";
  add_order(4, kCompleted, 0);
  ASSERT_TRUE(indexer_->run());
  EXPECT_EQ(of_email("sari@example.com").size(), 4u);
  EXPECT_THAT(of_email("baru@example.com"), ElementsAre("cus_4"));
}

// Its copy of the keys folder is older than a rotation.
TEST_F(LookUpTest, ACoreThatLacksAKekPassesNobodyOver) {
  const std::string copy = folder_ + "/copied-keys";
  std::filesystem::copy(folder_ + "/keys", copy, std::filesystem::copy_options::recursive);
  const auto old = vault::Vault::open(copy, system_random()).value();
  ASSERT_TRUE(vault_->rotate_kek());
  email_ = "baru@example.com";
  add_order(4, kCompleted, 0);
  Indexer::Ports ports = indexer_ports("62", 500);
  Indexer lacking({.database = ports.database,
                   .vault = *old,
                   .index = ports.index,
                   .clock = ports.clock,
                   .registry = ports.registry});
  EXPECT_EQ(lacking.run().error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(indexer_->run().value(), 5);
  EXPECT_THAT(of_email("baru@example.com"), ElementsAre("cus_4"));
}

TEST_F(LookUpTest, OneDamagedPersonKeepsNobodyFromBeingFound) {
  ASSERT_TRUE(indexer_->run());
  run_plain("UPDATE customers SET name_sealed = email_sealed WHERE customer_id = 'cus_2'");
  EXPECT_THAT(of_email("sari@example.com"),
              testing::UnorderedElementsAre("cus_1", "cus_2", "cus_3", "cus_9"));
  for (const FoundPerson& person : find_email("sari@example.com").items) {
    EXPECT_EQ(person.masked_name.empty(), person.customer.str() == "cus_2");
  }
}

TEST_F(LookUpTest, AnotherKeyFindsNobody) {
  ASSERT_TRUE(indexer_->run());
  index_ = std::make_unique<vault::BlindIndex>(vault_->blind_index("another").value());
  EXPECT_THAT(of_email("sari@example.com"), IsEmpty());
  EXPECT_THAT(of_phone("0812"), IsEmpty());
}

TEST_F(LookUpTest, NothingReadableIsInTheTable) {
  ASSERT_TRUE(indexer_->run());
  std::int64_t rows = 0;
  ASSERT_TRUE(connection_->query("SELECT value, customer_id FROM customer_index", {},
                                 [&rows](const store::Row& row) -> Status {
                                   ++rows;
                                   EXPECT_EQ(row.blob(0).size(), 32u);
                                   EXPECT_THAT(std::string(row.blob(0)), Not(HasSubstr("sari")));
                                   EXPECT_THAT(std::string(row.blob(0)), Not(HasSubstr("812")));
                                   return {};
                                 }));
  EXPECT_EQ(rows, 8);
}

TEST_F(LookUpTest, OneDamagedRowDoesNotHideTheRest) {
  run_plain("UPDATE customers SET email_sealed = phone_sealed WHERE customer_number = 2");
  EXPECT_EQ(indexer_->run().value(), 4);
  EXPECT_THAT(of_email("sari@example.com"),
              testing::UnorderedElementsAre("cus_1", "cus_3", "cus_9"));
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_customer_index_failures_total 1"));
}

TEST_F(LookUpTest, AfterAFailureItRests) {
  run_plain("ALTER TABLE customer_index RENAME TO away");
  indexer_->run_due();
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_customer_index_failures_total 1"));
  run_plain("ALTER TABLE away RENAME TO customer_index");
  indexer_->run_due();
  EXPECT_THAT(of_email("sari@example.com"), IsEmpty());
  clock_.advance(Indexer::kRestAfterFailure);
  indexer_->run_due();
  EXPECT_EQ(of_email("sari@example.com").size(), 4u);
}

TEST_F(LookUpTest, InAnotherCountryItBeginsAnew) {
  phone_ = "0813";
  add_order(4, kCompleted, 0);
  ASSERT_TRUE(indexer_->run());
  EXPECT_THAT(of_phone("+62 813"), ElementsAre("cus_4"));
  Indexer moved(indexer_ports("60", 500));
  EXPECT_EQ(moved.run().value(), 5);
  EXPECT_THAT(of_phone("+60 813", "60"), ElementsAre("cus_4"));
  EXPECT_THAT(of_phone("0813", "60"), ElementsAre("cus_4"));
  EXPECT_EQ(number("SELECT count(*) FROM customer_index"), 10);
  EXPECT_EQ(indexer_->run().error().code(), ErrorCode::kVersionConflict)
      << "two countries on one store do not undo one another for ever";
}

TEST_F(LookUpTest, PagesGoFromTheNewestToTheOldest) {
  for (int order = 10; order < 130; ++order) {
    add_order(order, kCompleted, 0);
  }
  run_plain("UPDATE customers SET created_at = customer_number / 3");
  ASSERT_TRUE(indexer_->run());
  const FoundPage first = find_email("sari@example.com");
  ASSERT_EQ(first.items.size(), kPersonsPerPage);
  ASSERT_TRUE(first.next_cursor.has_value());
  const FoundPage second = find_email("sari@example.com", first.next_cursor.value_or(""));
  EXPECT_EQ(second.items.size(), 24u);
  EXPECT_FALSE(second.next_cursor.has_value());
  std::vector<std::string> all = ids(first);
  std::ranges::copy(ids(second), std::back_inserter(all));
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end()) << "nobody twice";
  EXPECT_EQ(first.items[0].customer.str(), "cus_129");
}

}  // namespace
}  // namespace dermaga::customers
