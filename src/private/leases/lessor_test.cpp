#include "leases/lessor.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>

#include "inventory/inventory.h"
#include "test_store/test_store.h"

namespace dermaga::leases {
namespace {

using contract::LeaseGrant;
using contract::LeaseRequest;
using namespace std::chrono_literals;

const audit::Actor kStaff{.name = "host:tester", .source = "test"};
const VariantId kShirt = VariantId::parse("var_shirt").value();
const VariantId kMug = VariantId::parse("var_mug").value();
const LocationId kShop = LocationId::parse("loc_shop").value();
const LocationId kCellar = LocationId::parse("loc_cellar").value();
const std::string kDisk(32, 'a');
const std::string kOtherDisk(32, 'b');

class Leases : public ::testing::Test {
 protected:
  Leases() {
    char name[] = "/tmp/dermaga-leases-XXXXXX";
    CHECK(::mkdtemp(name) != nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
    use({.share_percent = 10, .units_max = 15, .keep_units = 20, .valid_for = 60min});
  }
  ~Leases() override {
    connection_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void use(Policy policy) {
    lessor_ = std::make_unique<Lessor>(
        *database_, clock_, policy,
        [this](const std::vector<VariantId>& touched) { touched_ = touched; });
  }
  void stock(const VariantId& variant, std::int64_t units, const LocationId& location = kShop) {
    CHECK(inventory::adjust(
              *connection_,
              {.variant_id = variant, .location_id = location, .amount = units, .reason = "test"},
              kStaff, clock_)
              .has_value());
  }
  // Summed over locations; every row must add up, and have what open leases say.
  inventory::Levels levels(const VariantId& variant) {
    inventory::Levels sum;
    for (const auto& row : inventory::list_rows(*connection_, {}, {}, 100).value()) {
      EXPECT_TRUE(inventory::is_sound(row.levels));
      if (row.variant_id == variant) {
        sum.on_hand += row.levels.on_hand;
        sum.available += row.levels.available;
        sum.held += row.levels.held;
        sum.leased += row.levels.leased;
      }
    }
    return sum;
  }
  std::int64_t number(std::string_view sql) { return test_store::number(*connection_, sql); }
  Result<LeaseGrant> ask(const LeaseRequest& request) {
    return lessor_->exchange(
        request, {.catalog_version = 7, .sells = [](const VariantId& v) { return v == kShirt; }});
  }
  Result<LeaseGrant> ask(std::uint64_t newest, const std::string& disk = kDisk) {
    return ask({.spool_id = "spool-1", .log_id = disk, .newest_epoch = newest, .delivered = true});
  }
  static ErrorCode code(const Result<LeaseGrant>& grant) {
    return grant.has_value() ? ErrorCode::kInternal : grant.error().code();
  }

  std::string folder_;
  ManualClock clock_{from_unix_ms(1'790'000'000'000)};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<Lessor> lessor_;
  std::vector<VariantId> touched_;
};

TEST_F(Leases, AShareOfWhatIsForSaleIsSetAside) {
  stock(kShirt, 100);
  stock(kMug, 100);  // not for sale
  const auto grant = ask(0).value();
  EXPECT_NE(grant.epoch, 0u);
  EXPECT_EQ(grant.valid_for, 60min);
  EXPECT_EQ(grant.catalog_version, 7u);
  ASSERT_EQ(grant.units.size(), 1u);
  EXPECT_EQ(grant.units[0].variant_id, kShirt);
  EXPECT_EQ(grant.units[0].units, 10);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 90, 0, 10}));
  EXPECT_EQ(levels(kMug), (inventory::Levels{100, 100, 0, 0}));
  EXPECT_EQ(touched_, std::vector{kShirt});
  EXPECT_EQ(number("SELECT count(*) FROM outbox WHERE topic = 'stock.changed'"), 3);
  const auto stats = lessor_->stats().value();
  EXPECT_EQ(stats.open, 1);
  EXPECT_EQ(stats.leased_units, 10);
  EXPECT_EQ(stats.oldest_granted_at, clock_.now());
}

TEST_F(Leases, TheFloorAndTheBoundHold) {
  stock(kShirt, 20);  // the floor
  EXPECT_EQ(ask(0)->epoch, 0u);
  stock(kShirt, 21);
  EXPECT_EQ(ask(0)->units[0].units, 1);  // 2 would be its share
  EXPECT_EQ(levels(kShirt), (inventory::Levels{21, 20, 0, 1}));
}

TEST_F(Leases, SeveralLocationsAndAtMostSoManyUnits) {
  stock(kShirt, 4, kCellar);
  stock(kShirt, 496, kShop);
  const auto grant = ask(0).value();
  ASSERT_EQ(grant.units.size(), 1u);
  EXPECT_EQ(grant.units[0].units, 15);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{500, 485, 0, 15}));
  EXPECT_EQ(ask(grant.epoch)->units[0].units, 15);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{500, 485, 0, 15}));
}

TEST_F(Leases, OffNothingIsGranted) {
  stock(kShirt, 100);
  use({.share_percent = 0});
  EXPECT_EQ(ask(0)->epoch, 0u);
  EXPECT_EQ(number("SELECT count(*) FROM leases"), 0);
}

TEST_F(Leases, TheNextOneClosesTheOneBefore) {
  stock(kShirt, 100);
  const auto first = ask(0).value();
  const auto second = ask(first.epoch).value();
  EXPECT_GT(second.epoch, first.epoch);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 90, 0, 10}));
  EXPECT_EQ(lessor_->list(10)->back().state, LeaseState::kDelivered);
  EXPECT_EQ(lessor_->list(10)->back().units_returned, 10);
  EXPECT_EQ(lessor_->stats()->units_returned, 10);
  EXPECT_EQ(code(ask(first.epoch - 1 + 100)), ErrorCode::kVersionConflict);
}

TEST_F(Leases, ALostAnswerIsGivenAgain) {
  stock(kShirt, 100);
  const auto lost = ask(0).value();
  clock_.advance(30min);
  const auto again = ask(0).value();
  EXPECT_EQ(again.epoch, lost.epoch);
  EXPECT_EQ(again.units.at(0).units, 10);
  EXPECT_EQ(again.valid_for, lost.valid_for);  // from the new request on: nothing was sold before
  const auto second = ask(again.epoch).value();
  EXPECT_EQ(ask(again.epoch)->epoch, second.epoch);
  EXPECT_EQ(number("SELECT count(*) FROM leases"), 2);
  EXPECT_EQ(levels(kShirt).leased, 10);
  // Two behind: that is no lost answer.
  const auto third = ask(second.epoch).value();
  EXPECT_EQ(code(ask(again.epoch)), ErrorCode::kVersionConflict);
  EXPECT_EQ(code(ask(0)), ErrorCode::kVersionConflict);
  EXPECT_EQ(levels(kShirt).leased, 10);
  EXPECT_NE(third.epoch, 0u);
}

TEST_F(Leases, ADrainedSpoolOnlyGivesBack) {
  stock(kShirt, 100);
  const auto first = ask(0).value();
  LeaseRequest close{.spool_id = "spool-1",
                     .log_id = kDisk,
                     .newest_epoch = first.epoch,
                     .delivered = false,
                     .wants_units = false};
  EXPECT_EQ(ask(close)->epoch, 0u);
  EXPECT_EQ(levels(kShirt).leased, 10);  // not all of it is delivered
  close.delivered = true;
  EXPECT_EQ(ask(close)->epoch, 0u);
  EXPECT_EQ(ask(close)->epoch, 0u);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 100, 0, 0}));
  // It is taken into service again.
  EXPECT_GT(ask(first.epoch)->epoch, first.epoch);
  // Of a grant whose answer was lost it is told first, and closes it next time.
  close.newest_epoch = first.epoch;
  close.newest_epoch = ask(close)->epoch;
  EXPECT_GT(close.newest_epoch, first.epoch);
  EXPECT_EQ(levels(kShirt).leased, 10);
  EXPECT_EQ(ask(close)->epoch, 0u);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 100, 0, 0}));
}

// The spool was drained, stopped and taken into service again while its request was under way.
TEST_F(Leases, ALateDrainClosesNothingThatIsSoldFrom) {
  stock(kShirt, 100);
  const LeaseRequest late{.spool_id = "spool-1",
                          .log_id = kDisk,
                          .newest_epoch = 0,
                          .delivered = true,
                          .wants_units = false};
  const auto first = ask(0).value();
  EXPECT_EQ(ask(late)->epoch, first.epoch);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 90, 0, 10}));
  EXPECT_EQ(lessor_->list(1)->front().state, LeaseState::kOpen);
}

// What it would be granted the spool would never hear of, and never give back.
TEST_F(Leases, ALateRequestIsGrantedNothingOnceItsLeaseWasClosed) {
  stock(kShirt, 100);
  const auto first = ask(0).value();
  EXPECT_EQ(ask({.spool_id = "spool-1",
                 .log_id = kDisk,
                 .newest_epoch = first.epoch,
                 .delivered = true,
                 .wants_units = false})
                ->epoch,
            0u);
  EXPECT_EQ(code(ask(0)), ErrorCode::kVersionConflict);
  EXPECT_GT(ask(first.epoch)->epoch, first.epoch);
}

// Core's clock ends nothing, wherever it jumps.
TEST_F(Leases, ClockJumpsReturnNothing) {
  stock(kShirt, 100);
  const auto grant = ask(0).value();
  for (const auto jump : {24h * 400, -24h * 800}) {
    clock_.set_wall(clock_.now() + jump);
    EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 90, 0, 10}));
    EXPECT_EQ(ask(0)->epoch, grant.epoch);
    EXPECT_EQ(lessor_->stats()->open, 1);
  }
  EXPECT_GT(ask(grant.epoch)->epoch, grant.epoch);
  EXPECT_EQ(levels(kShirt).leased, 10);
}

TEST_F(Leases, ALostDiskGetsNothingUntilItsLeaseIsAbandoned) {
  stock(kShirt, 100);
  const auto grant = ask(0).value();
  EXPECT_EQ(code(ask(0, kOtherDisk)), ErrorCode::kVersionConflict);
  EXPECT_EQ(code(ask(grant.epoch, kOtherDisk)), ErrorCode::kVersionConflict);
  EXPECT_EQ(levels(kShirt).leased, 10);
  const auto abandoned = lessor_->abandon("spool-1", grant.epoch, kStaff, "its disk died").value();
  EXPECT_EQ(abandoned.state, LeaseState::kAbandoned);
  EXPECT_EQ(abandoned.units_returned, 10);
  EXPECT_EQ(abandoned.abandon_reason, "its disk died");
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 100, 0, 0}));
  EXPECT_EQ(number("SELECT count(*) FROM outbox WHERE topic = 'lease.abandoned'"), 1);
  EXPECT_GT(ask(0, kOtherDisk)->epoch, grant.epoch);
}

TEST_F(Leases, ASpoolThatReturnsAfterItsEpochWasAbandonedGoesOn) {
  stock(kShirt, 100);
  const auto grant = ask(0).value();
  ASSERT_TRUE(lessor_->abandon("spool-1", grant.epoch, kStaff, "gone").has_value());
  EXPECT_EQ(code(ask({.spool_id = "spool-1", .log_id = kDisk, .newest_epoch = grant.epoch})),
            ErrorCode::kVersionConflict);  // not all of it is delivered
  const auto next = ask(grant.epoch).value();
  EXPECT_GT(next.epoch, grant.epoch);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 90, 0, 10}));
}

TEST_F(Leases, OnlyAnOpenLeaseOfThatSpoolIsAbandonedAndForAReason) {
  stock(kShirt, 100);
  const auto grant = ask(0).value();
  EXPECT_EQ(lessor_->abandon("spool-2", grant.epoch, kStaff, "x").error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(lessor_->abandon("spool-1", grant.epoch, kStaff, "").error().code(),
            ErrorCode::kInvalidArgument);
  ASSERT_TRUE(lessor_->abandon("spool-1", grant.epoch, kStaff, "x").has_value());
  EXPECT_EQ(lessor_->abandon("spool-1", grant.epoch, kStaff, "x").error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 100, 0, 0}));
}

TEST_F(Leases, TwoSpoolsHaveEpochsOfTheirOwn) {
  stock(kShirt, 100);
  const auto one = ask(0).value();
  const auto two =
      ask({.spool_id = "spool-2", .log_id = kOtherDisk, .newest_epoch = 0, .delivered = true})
          .value();
  EXPECT_NE(one.epoch, two.epoch);
  EXPECT_EQ(two.units[0].units, 9);  // of what is left
  EXPECT_EQ(levels(kShirt), (inventory::Levels{100, 81, 0, 19}));
  EXPECT_EQ(code(ask(two.epoch)), ErrorCode::kVersionConflict);
  EXPECT_EQ(lessor_->stats()->open, 2);
}

}  // namespace
}  // namespace dermaga::leases
