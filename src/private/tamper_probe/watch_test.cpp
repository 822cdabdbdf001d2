#include "tamper_probe/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>
#include <thread>

#include "fake_storefront.h"
#include "files/files.h"
#include "metrics/metrics.h"
#include "test_store/test_store.h"

namespace dermaga::tamper_probe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(shop_.root + "/store");
    database_ = test_store::open(shop_.root + "/store");
    vault_ = vault::Vault::open(shop_.root + "/keys", system_random()).value();
    audit_log_ = std::make_unique<audit::AuditLog>(*database_, clock_, "toko",
                                                   digest::SigningKey::generate());
    open();
  }

  void open() {
    WatchOptions options{.manifest_file = shop_.root + "/storefront.manifest",
                         .state_file = shop_.root + "/storefront.state",
                         .public_url = kShop,
                         .ca_file = "",
                         .locales = {"id", "en"}};
    options.interval = std::chrono::milliseconds(10);
    options.fetch = [this](const std::string& path, const std::string& wanted) {
      const std::lock_guard lock(mutex_);
      return shop_.fetch()(path, wanted);
    };
    watch_ = Watch::open({.vault = *vault_,
                          .audit_log = *audit_log_,
                          .clock = clock_,
                          .random = system_random(),
                          .registry = &registry_,
                          .policy = [this] { return policy_; }},
                         std::move(options))
                 .value();
  }
  void accept() {
    ASSERT_TRUE(watch_->acceptance()
                    .accept(shop_.build_folder(),
                            {.actor = {.name = "host:ani", .source = "test"}, .reason = "first"},
                            *audit_log_, clock_)
                    .has_value());
  }
  std::vector<audit::Entry> entries(const std::string& action) {
    std::vector<audit::Entry> found;
    const auto connection = database_->connect().value();
    const Status read =
        audit::read(*connection, 0, 1'000, [&](const audit::Entry& entry) -> Status {
          if (entry.act.action == action) {
            found.push_back(entry);
          }
          return {};
        });
    EXPECT_TRUE(read.has_value());
    return found;
  }
  std::string& script() { return shop_.answers["/assets/app/main-1.js"].body; }

  ManualClock clock_{from_unix_ms(1'800'000'000'000)};
  FakeStorefront shop_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<audit::AuditLog> audit_log_;
  metrics::Registry registry_;
  std::string policy_ = policy_now();
  std::mutex mutex_;
  std::unique_ptr<Watch> watch_;
};

TEST_F(WatchTest, WithoutAnAcceptedBuildNothingIsSaid) {
  EXPECT_EQ(watch_->run().outcome, Outcome::kNoManifest);
  EXPECT_THAT(shop_.asked, IsEmpty());
  EXPECT_THAT(registry_.exposition(),
              HasSubstr("dermaga_core_storefront_probe_runs_total{outcome=\"no_manifest\"} 1"));
}

TEST_F(WatchTest, AcceptingIsWrittenDown) {
  accept();
  const auto accepted = entries("storefront.accept");
  ASSERT_THAT(accepted, SizeIs(1));
  EXPECT_EQ(accepted[0].act.actor.name, "host:ani");
  EXPECT_EQ(accepted[0].act.reason, "first");
  EXPECT_EQ(watch_->acceptance().read()->accepted_by, "host:ani");
  // Only the first time by itself.
  ASSERT_TRUE(
      watch_->acceptance().accept_first(shop_.build_folder(), *audit_log_, clock_).has_value());
  EXPECT_THAT(entries("storefront.accept"), SizeIs(1));
  ASSERT_TRUE(files::write_file_atomically(shop_.root + "/storefront.manifest", "{}\nxx\n", 0600)
                  .has_value());
  EXPECT_EQ(watch_->run().outcome, Outcome::kNoManifest);
}

TEST_F(WatchTest, AnAlarmIsGivenOnceAndTakenBackAfterThreeCleanRuns) {
  accept();
  EXPECT_EQ(watch_->run().outcome, Outcome::kIntact);
  EXPECT_THAT(registry_.exposition(), HasSubstr("probe_last_success_timestamp_seconds 1800000000"));
  script() += "steal()";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(watch_->run().outcome, Outcome::kTampered);
  }
  auto alarms = entries("storefront.tampered");
  ASSERT_THAT(alarms, SizeIs(1));
  EXPECT_EQ(alarms[0].act.subject, "/assets/app/main-1.js");
  EXPECT_THAT(alarms[0].act.detail, HasSubstr("SHA-256 is "));
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_storefront_probe_tampered 1"));
  script().resize(script().size() - 7);
  watch_->run();
  watch_->run();
  EXPECT_THAT(entries("storefront.intact"), IsEmpty());
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_storefront_probe_tampered 1"));
  watch_->run();
  EXPECT_THAT(entries("storefront.intact"), SizeIs(1));
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_storefront_probe_tampered 0"));
  watch_->run();
  EXPECT_THAT(entries("storefront.intact"), SizeIs(1));
  EXPECT_THAT(entries("storefront.tampered"), SizeIs(1));
}

TEST_F(WatchTest, ARestartRemembersTheAlarm) {
  accept();
  script() += "steal()";
  watch_->run();
  open();
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_storefront_probe_tampered 1"));
  watch_->run();
  EXPECT_THAT(entries("storefront.tampered"), SizeIs(1));
}

TEST_F(WatchTest, SilenceChangesNothing) {
  accept();
  script() += "steal()";
  watch_->run();
  for (auto& [path, answer] : shop_.answers) {
    answer.status = 503;
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(watch_->run().outcome, Outcome::kUnreachable);
  }
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_storefront_probe_tampered 1"));
  EXPECT_THAT(registry_.exposition(),
              HasSubstr("dermaga_core_storefront_probe_runs_total{outcome=\"unreachable\"} 5"));
  EXPECT_THAT(entries("storefront.intact"), IsEmpty());
}

TEST_F(WatchTest, EdgesMayBeOneCatalogBehind) {
  accept();
  EXPECT_EQ(watch_->run().outcome, Outcome::kIntact);
  policy_ = "default-src 'none'; img-src https://pictures.example";
  EXPECT_EQ(watch_->run().outcome, Outcome::kIntact);
  EXPECT_EQ(watch_->run().outcome, Outcome::kTampered);  // not for long
}

TEST_F(WatchTest, AnEmptyPolicyIsNoneOfThem) {
  accept();
  shop_.set_header("Content-Security-Policy", "");
  shop_.checkout_page().headers.emplace_back("Content-Security-Policy", "");
  EXPECT_EQ(watch_->run().outcome, Outcome::kTampered);
}

TEST_F(WatchTest, RunsByItself) {
  accept();
  {
    const std::lock_guard lock(mutex_);
    script() += "steal()";
  }
  watch_->start();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (registry_.exposition().contains("storefront_probe_tampered 0") &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  watch_.reset();
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_storefront_probe_tampered 1"));
}

}  // namespace
}  // namespace dermaga::tamper_probe
