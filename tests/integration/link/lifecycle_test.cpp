// Connections that come and go, what is pushed over them, and certificates that are renewed.
#include <algorithm>

#include "files/files.h"
#include "fixture.h"
#include "pki/pki.h"
#include "relay.h"
#include "wire/snapshot.h"

namespace dermaga::link_test {
namespace {

class Lifecycle : public LinkTest {};

std::uint64_t version_of(const contract::SignedSnapshot& snapshot) {
  return wire::peek_version(snapshot).value_or(0);
}

TEST_F(Lifecycle, ANewEdgeHearsKeysThenCatalogAndCapacity) {
  core->publish(7, 3'000'000);
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_for(
      [&] { return !recorder->snapshots.empty() && !recorder->capacities.empty(); }));
  EXPECT_EQ(recorder->events.at(0), "connected");
  EXPECT_EQ(recorder->events.at(1), "keys");
  EXPECT_TRUE(link->connected());
  const auto opened = wire::open_snapshot(recorder->snapshots[0], core->key.public_key());
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  EXPECT_EQ(opened->assortment.products.size(), 3'000u);
  EXPECT_TRUE(recorder->capacities[0].complete);
}

TEST_F(Lifecycle, AnEdgeThatIsUpToDateGetsOnlyWhatChanges) {
  core->publish(5);
  start_server();
  start_link(5);
  ASSERT_TRUE(recorder->wait_for([&] { return !recorder->capacities.empty(); }));
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_TRUE(recorder->snapshots.empty());
  core->publish(6);
  ASSERT_TRUE(recorder->wait_for([&] { return !recorder->snapshots.empty(); }));
  EXPECT_EQ(version_of(recorder->snapshots[0]), 6u);
}

TEST_F(Lifecycle, ACoreThatWasRestoredToAnOlderCatalogSaysSo) {
  core->publish(3);
  start_server();
  start_link(9);
  ASSERT_TRUE(recorder->wait_for([&] { return !recorder->snapshots.empty(); }));
  EXPECT_EQ(version_of(recorder->snapshots[0]), 3u);
}

TEST_F(Lifecycle, CapacityArrivesWithin100Milliseconds) {
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_for([&] { return recorder->capacities.size() == 1; }));
  std::vector<std::chrono::steady_clock::duration> delays;
  for (std::size_t i = 0; i < 21; ++i) {
    const auto sent = std::chrono::steady_clock::now();
    core->push_capacity(
        {.orders_per_second = static_cast<double>(i),
         .changes = {{*VariantId::parse("var_a"), contract::Availability::kSoldOut}}});
    ASSERT_TRUE(recorder->wait_for([&] { return recorder->capacities.size() == i + 2; }));
    delays.push_back(recorder->capacity_times.back() - sent);
  }
  std::ranges::sort(delays);
  EXPECT_LE(delays[delays.size() / 2], milliseconds(100));
  EXPECT_FALSE(recorder->capacities.back().complete);
  EXPECT_EQ(recorder->capacities.back().changes.at(0).availability,
            contract::Availability::kSoldOut);
}

TEST_F(Lifecycle, AnEdgeWithoutCoreStartsAndFindsItLater) {
  start_server();
  const int port = server->port();
  server.reset();
  start_link();
  EXPECT_FALSE(link->connected());
  EXPECT_EQ(place(make_order(1)).get().error().code(), ErrorCode::kUnavailable);
  const auto view = answer_of<contract::OrderView>(
      [&](auto done) { link->order_view(*OrderId::parse("ord_known"), "token", done); });
  EXPECT_EQ(view.error().code(), ErrorCode::kUnavailable);
  start_server(port);
  ASSERT_TRUE(recorder->wait_connected(true));
  EXPECT_TRUE(place(make_order(2)).get().has_value());
}

TEST_F(Lifecycle, ARestartedCoreIsFoundAgain) {
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_for([&] { return recorder->snapshots.size() == 1; }));
  const int port = server->port();
  server->stop(seconds(2));
  ASSERT_TRUE(recorder->wait_connected(false));
  EXPECT_EQ(core->watchers(), 0u) << "subscriptions outlived their streams";
  server.reset();
  core->publish(2);
  start_server(port);
  ASSERT_TRUE(recorder->wait_connected(true));
  EXPECT_TRUE(place(make_order(1)).get().has_value());
  ASSERT_TRUE(recorder->wait_for([&] { return recorder->snapshots.size() == 2; }));
  EXPECT_EQ(version_of(recorder->snapshots[1]), 2u);
}

// gRPC aborts a process that opens a call which has ended: here the watches may just be opening.
TEST_F(Lifecycle, CoreMayStopWhileAnEdgeComesIn) {
  start_server();
  const int port = server->port();
  start_link();
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(recorder->wait_connected(true));
    std::this_thread::sleep_for(std::chrono::microseconds(i * 50));
    server->stop(seconds(2));
    ASSERT_TRUE(recorder->wait_connected(false));
    server.reset();
    start_server(port);
  }
}

TEST_F(Lifecycle, StopAnswersTheOrdersInHand) {
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  core->hold_batches(true);
  auto future = place(make_order(1));
  while (core->batch_sizes().empty()) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  std::thread stopper([&] { server->stop(seconds(5)); });
  std::this_thread::sleep_for(milliseconds(100));
  core->hold_batches(false);
  EXPECT_TRUE(future.get().has_value());
  stopper.join();
}

TEST_F(Lifecycle, ALostConnectionFailsWhatIsInFlight) {
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  core->hold_batches(true);
  auto future = place(make_order(1));
  while (core->batch_sizes().empty()) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  server->stop(milliseconds(0));
  EXPECT_EQ(future.get().error().code(), ErrorCode::kUnavailable);
  core->hold_batches(false);  // an answer for a stream that is gone does no harm
}

TEST_F(Lifecycle, APeerThatFellSilentIsNoticedWithinTenSeconds) {
  start_server();
  Relay relay(server->port());
  options.target = "127.0.0.1:" + std::to_string(relay.port());
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  relay.freeze();
  EXPECT_TRUE(recorder->wait_connected(false));  // waits 10 s
  link.reset();
}

TEST_F(Lifecycle, RenewalDropsNoCallUnderLoad) {
  options.renew_every = milliseconds(400);
  options.renew_before = milliseconds(0);
  const std::string first =
      pki::read_certificate(*files::read_file(options.certificate_file, 1 << 20))->serial_hex;
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_for([&] { return recorder->snapshots.size() == 1; }));
  std::atomic<int> answered = 0;
  std::atomic<int> failed = 0;
  int asked = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto goes_on = [&] {
    const auto took = std::chrono::steady_clock::now() - start;
    return took < seconds(3) || (core->renewals() < 3 && took < seconds(30));  // a busy machine
  };
  for (int i = 0; goes_on(); ++i) {
    link->place(make_order(i), [&](auto outcome) { ++(outcome.has_value() ? answered : failed); });
    asked += 2;
    link->order_view(*OrderId::parse("ord_known"), "token",
                     [&](auto view) { ++(view.has_value() ? answered : failed); });
    if (i % 20 == 0) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  for (int i = 0; i < 1'000 && answered + failed < asked; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  link.reset();
  EXPECT_GE(core->renewals(), 3);
  EXPECT_EQ(answered, asked);
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(recorder->disconnects, 0);
  const std::string certificate = *files::read_file(options.certificate_file, 1 << 20);
  EXPECT_NE(pki::read_certificate(certificate)->serial_hex, first);
  EXPECT_TRUE(pki::key_matches(certificate, *files::read_file(options.private_key_file, 1 << 20)));
}

TEST_F(Lifecycle, ARefusedRenewalIsTriedAgain) {
  options.renew_every = milliseconds(400);
  options.renew_before = milliseconds(0);
  core->set_renewals_refused(true);
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  std::this_thread::sleep_for(milliseconds(600));
  EXPECT_EQ(core->renewals(), 0);
  core->set_renewals_refused(false);
  for (int i = 0; i < 500 && core->renewals() == 0; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_GE(core->renewals(), 1);
  EXPECT_EQ(recorder->disconnects, 0);
}

TEST_F(Lifecycle, AReplacementThatACrashInterruptedIsFinished) {
  // As if the power went after the certificate was replaced and before the key was.
  const std::string old_key = *files::read_file(options.private_key_file, 1 << 20);
  certificates.issue_role("public/edge");
  std::filesystem::rename(options.private_key_file, options.private_key_file + ".next");
  ASSERT_TRUE(files::write_file_atomically(options.private_key_file, old_key, 0600).has_value());
  start_server();
  start_link();
  EXPECT_TRUE(recorder->wait_connected(true));
}

}  // namespace
}  // namespace dermaga::link_test
