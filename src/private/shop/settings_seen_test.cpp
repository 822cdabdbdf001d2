#include "settings_seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "test_store/test_store.h"

namespace dermaga::shop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SettingsSeenTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-settings-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What a start with these settings adds to the audit log.
  std::vector<std::string> start(const config::Shop& config) {
    EXPECT_TRUE(record_changed_settings(*database_, config, clock_).has_value());
    const auto connection = database_->connect().value();
    std::vector<std::string> all;
    EXPECT_TRUE(audit::read(*connection, 0, 100, [&](const audit::Entry& entry) -> Status {
      all.push_back(entry.act.action + " " + entry.act.subject + " " + entry.act.detail);
      return {};
    }));
    std::vector<std::string> added(all.begin() + static_cast<std::ptrdiff_t>(told_), all.end());
    told_ = all.size();
    return added;
  }

  std::string folder_;
  std::unique_ptr<store::Database> database_;
  ManualClock clock_{from_unix_ms(1'796'000'000'000)};
  std::size_t told_ = 0;
};

TEST_F(SettingsSeenTest, ARuleThatIsTurnedOffAndOnLeavesATrace) {
  config::Shop config = config::default_shop();
  EXPECT_THAT(start(config), IsEmpty()) << "the first ones are no change";
  config.four_eyes.refunds_over = 500'000;
  config.four_eyes.key_destruction = true;
  EXPECT_THAT(start(config),
              ElementsAre(R"(settings.change four_eyes.key_destruction from "false" to "true")",
                          R"(settings.change four_eyes.refunds_over from "0" to "500000")"));
  EXPECT_THAT(start(config), IsEmpty());
  EXPECT_THAT(start(config::default_shop()).size(), 2);
  EXPECT_THAT(start(config).size(), 2);
}

TEST_F(SettingsSeenTest, WhatGuardsNothingIsNotTold) {
  config::Shop config = config::default_shop();
  EXPECT_THAT(start(config), IsEmpty());
  config.name = "Another";
  config.hold_minutes = 20;
  EXPECT_THAT(start(config), IsEmpty());
}

}  // namespace
}  // namespace dermaga::shop
