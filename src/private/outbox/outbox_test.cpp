#include "outbox/outbox.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/store.h"
#include "test_store/test_store.h"

namespace dermaga::outbox {
namespace {

class Outbox : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-outbox-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void add(std::string_view topic, std::int64_t order, std::int64_t at_ms) {
    auto transaction = store::Transaction::begin(*connection_).value();
    const Event events[] = {{.topic = topic, .order_number = order, .payload = "{}"}};
    ASSERT_TRUE(append(*connection_, events, from_unix_ms(at_ms)));
    ASSERT_TRUE(transaction.commit());
  }
  std::int64_t number(std::string_view sql) { return test_store::number(*connection_, sql); }

  std::string folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
};

TEST_F(Outbox, SequencesHaveNoGapsAlsoAfterARollback) {
  add(kOrderPlaced, 1, 10);
  {
    auto lost = store::Transaction::begin(*connection_).value();
    const Event events[] = {{.topic = kOrderPaid, .order_number = 1, .payload = "{}"}};
    ASSERT_TRUE(append(*connection_, events, from_unix_ms(11)));
  }
  add(kStockChanged, 0, 12);
  EXPECT_EQ(number("SELECT max(sequence) FROM outbox"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM outbox WHERE order_number IS NULL"), 1);
  EXPECT_EQ(take_numbers(*connection_, "nothing", 1).error().code(), ErrorCode::kCorrupt);
}

TEST_F(Outbox, PruningStopsAtTheFirstEventThatMustStay) {
  EXPECT_EQ(prune(*connection_, from_unix_ms(1000)).value(), 0);
  add(kOrderPlaced, 1, 10);
  add(kOrderPlaced, 2, 20);
  add(kOrderPlaced, 3, 300);
  add(kOrderPaid, 3, 30);  // the clock was set back
  EXPECT_EQ(prune(*connection_, from_unix_ms(100)).value(), 2);
  EXPECT_EQ(number("SELECT next FROM sequences WHERE name = 'outbox_kept_order'"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM outbox"), 2);
  EXPECT_EQ(prune(*connection_, from_unix_ms(1000)).value(), 2);
  EXPECT_EQ(number("SELECT next FROM sequences WHERE name = 'outbox_kept_order'"), 4);
}

}  // namespace
}  // namespace dermaga::outbox
