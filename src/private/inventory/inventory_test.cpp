#include "inventory/inventory.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "inventory/availability_feed.h"
#include "store/store.h"
#include "test_store/test_store.h"

namespace dermaga::inventory {
namespace {

const audit::Actor kStaff{.name = "host:tester", .source = "test"};
const VariantId kShirt = VariantId::parse("var_shirt").value();
const VariantId kMug = VariantId::parse("var_mug").value();
const LocationId kShop = LocationId::parse("loc_shop").value();
const LocationId kStore = LocationId::parse("loc_store").value();

class Inventory : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-inventory-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool import(const VariantId& variant, const LocationId& location, std::int64_t quantity) {
    auto transaction = store::Transaction::begin(*connection_).value();
    const bool changed = apply_import_quantity(*connection_, variant, location, quantity).value();
    EXPECT_TRUE(transaction.commit());
    return changed;
  }
  void hold_units(const VariantId& variant, std::int64_t quantity) {
    auto transaction = store::Transaction::begin(*connection_).value();
    auto rows = lock_rows(*connection_, std::span(&variant, 1)).value();
    ASSERT_TRUE(hold(rows.front().levels, quantity));
    ASSERT_TRUE(write_rows(*connection_, rows));
    ASSERT_TRUE(transaction.commit());
  }
  StockRow only_row() { return list_rows(*connection_, {}, {}, 10).value().at(0); }

  std::string folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  ManualClock clock_{from_unix_ms(1'000)};
};

TEST_F(Inventory, TheSameFileTwiceChangesNothingAlsoAfterSales) {
  EXPECT_TRUE(import(kShirt, kShop, 10));
  EXPECT_FALSE(import(kShirt, kShop, 10));
  hold_units(kShirt, 4);
  EXPECT_FALSE(import(kShirt, kShop, 10));
  EXPECT_EQ(only_row().levels, (Levels{10, 6, 4, 0}));
  EXPECT_TRUE(import(kShirt, kShop, 12));
  EXPECT_EQ(only_row().levels, (Levels{16, 12, 4, 0}));
  EXPECT_FALSE(apply_import_quantity(*connection_, kShirt, kShop, -1));
}

TEST_F(Inventory, PagesCutAVariantBetweenItsLocations) {
  import(kShirt, kShop, 1);
  import(kShirt, kStore, 2);
  import(kMug, kShop, 3);
  std::int64_t units = 0;
  StockRow last;
  for (int page = 0; page < 3; ++page) {
    const auto rows = list_rows(*connection_, last.variant_id, last.location_id, 1).value();
    ASSERT_EQ(rows.size(), 1u);
    last = rows.front();
    units += last.levels.on_hand;
  }
  EXPECT_EQ(units, 6);
  EXPECT_TRUE(list_rows(*connection_, last.variant_id, last.location_id, 1)->empty());
}

TEST_F(Inventory, AdjustmentsKeepAReasonAndRefuseBelowHeld) {
  import(kShirt, kShop, 10);
  hold_units(kShirt, 4);
  const auto set = adjust(*connection_, {.variant_id = kShirt, .amount = 20, .reason = "counted"},
                          kStaff, clock_);
  ASSERT_TRUE(set) << set.error().message();
  EXPECT_EQ(set->levels, (Levels{20, 16, 4, 0}));
  const auto lost = adjust(*connection_,
                           {.variant_id = kShirt,
                            .location_id = kShop,
                            .amount = -3,
                            .relative = true,
                            .reason = "broken"},
                           kStaff, clock_);
  EXPECT_EQ(lost->levels, (Levels{17, 13, 4, 0}));
  int kept = 0;
  ASSERT_TRUE(connection_->query(
      "SELECT on_hand_before, on_hand_after, reason FROM stock_adjustments ORDER BY 1", {},
      [&](const store::Row& row) -> Status {
        kept += row.text(2) == (row.integer(0) == 10 ? "counted" : "broken") ? 1 : 100;
        return {};
      }));
  EXPECT_EQ(kept, 2);
  EXPECT_EQ(only_row().version, lost->version);

  struct Bad {
    Adjustment adjustment;
    ErrorCode code;
  };
  const Bad bad[] = {
      {{.variant_id = kShirt, .amount = 3, .reason = "x"}, ErrorCode::kInvalidArgument},
      {{.variant_id = kShirt, .amount = -14, .relative = true, .reason = "x"},
       ErrorCode::kInvalidArgument},
      {{.variant_id = kShirt, .amount = kOnHandMax + 1, .reason = "x"},
       ErrorCode::kInvalidArgument},
      {{.variant_id = kShirt, .amount = 30, .reason = ""}, ErrorCode::kInvalidArgument},
      {{.variant_id = kMug, .amount = 3, .reason = "x"}, ErrorCode::kNotFound},
      {{.variant_id = kMug, .location_id = kShop, .amount = 3, .relative = true, .reason = "x"},
       ErrorCode::kNotFound},
  };
  for (const Bad& one : bad) {
    EXPECT_EQ(adjust(*connection_, one.adjustment, kStaff, clock_).error().code(), one.code);
  }
  EXPECT_EQ(only_row().levels, (Levels{17, 13, 4, 0}));
  ASSERT_TRUE(adjust(*connection_,
                     {.variant_id = kShirt, .location_id = kStore, .amount = 5, .reason = "moved"},
                     kStaff, clock_));
  EXPECT_EQ(adjust(*connection_, {.variant_id = kShirt, .amount = 9, .reason = "x"}, kStaff, clock_)
                .error()
                .code(),
            ErrorCode::kInvalidArgument);  // which of the two?
}

// What a subscriber heard, with waiting for it.
class Ear {
 public:
  void hear(const contract::CapacityUpdate& update) {
    const std::lock_guard lock(mutex_);
    for (const auto& change : update.changes) {
      heard_[change.variant_id] = change.availability;
    }
    rate_ = update.orders_per_second;
    ++updates_;
    told_.notify_all();
  }
  template <typename Predicate>
  bool wait(Predicate predicate) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, std::chrono::seconds(20), [&] { return predicate(*this); });
  }
  std::map<VariantId, contract::Availability> heard_;
  double rate_ = 0;
  int updates_ = 0;

 private:
  std::mutex mutex_;
  std::condition_variable told_;
};

TEST_F(Inventory, TheFeedIsCompleteFirstAndThenTellsChangesOnly) {
  import(kShirt, kShop, 4);
  import(kShirt, kStore, 4);
  import(kMug, kShop, 0);
  const auto feed = AvailabilityFeed::start(*database_).value();
  Ear ear;
  auto subscription = feed->subscribe([&](const auto& update) {
    EXPECT_EQ(update.complete, ear.updates_ == 0);
    ear.hear(update);
  });
  EXPECT_EQ(ear.heard_.at(kShirt), contract::Availability::kInStock);  // 4 + 4
  EXPECT_EQ(ear.heard_.at(kMug), contract::Availability::kSoldOut);

  hold_units(kShirt, 1);
  feed->touched(std::span(&kShirt, 1));  // 7: still in stock, nothing to tell
  import(kMug, kShop, 1);
  feed->touched(std::span(&kMug, 1));
  EXPECT_TRUE(
      ear.wait([](const Ear& e) { return e.heard_.at(kMug) == contract::Availability::kLow; }));
  feed->set_orders_per_second(250);
  EXPECT_TRUE(ear.wait([](const Ear& e) { return e.rate_ == 250; }));
  subscription.reset();
  const int before = ear.updates_;
  import(kMug, kShop, 0);
  feed->touched(std::span(&kMug, 1));
  Ear other;
  auto second = feed->subscribe([&](const auto& update) { other.hear(update); });
  EXPECT_TRUE(other.wait(
      [](const Ear& e) { return e.heard_.at(kMug) == contract::Availability::kSoldOut; }));
  EXPECT_EQ(ear.updates_, before);
}

// Each update costs every edge a rebuilt view: a storm of changes must not become one of updates.
TEST_F(Inventory, TheFeedTellsAStormOfChangesTogether) {
  import(kShirt, kShop, 1);
  const auto feed = AvailabilityFeed::start(*database_).value();
  Ear ear;
  const auto subscription = feed->subscribe([&](const auto& update) { ear.hear(update); });
  const auto start = std::chrono::steady_clock::now();
  constexpr int kChanges = 60;
  for (int i = 0; i < kChanges; ++i) {
    import(kShirt, kShop, i % 2 == 0 ? 0 : 1);
    feed->touched(std::span(&kShirt, 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  import(kShirt, kShop, 100);
  feed->touched(std::span(&kShirt, 1));
  ASSERT_TRUE(ear.wait(
      [](const Ear& e) { return e.heard_.at(kShirt) == contract::Availability::kInStock; }));
  const auto took = std::chrono::steady_clock::now() - start;
  // The first, when somebody subscribes, and the one that begins are on top.
  EXPECT_LE(ear.updates_, took / std::chrono::milliseconds(40) + 2);
}

}  // namespace
}  // namespace dermaga::inventory
