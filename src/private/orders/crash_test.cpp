// A child process places orders and is killed in the middle; what it was told is compared with what
// is stored.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>

#include "fixture_test.h"

namespace dermaga::orders {
namespace {

// Runs in the child: places until it is killed and writes the key of every acknowledged order, one
// per line of at most 16 bytes, which a pipe takes as a whole.
[[noreturn]] void place_until_killed(const std::string& folder, int round, int acknowledged) {
  Options options;
  options.queue_max = 200;
  TestShop shop(options, folder);
  for (int i = 0;; ++i) {
    std::vector<contract::PlaceOrder> batch;
    for (int j = 0; j < 20; ++j) {
      batch.push_back(shop.order(std::to_string(round) + "-" + std::to_string(i * 20 + j),
                                 {{kShirt, 1}, {kMug, 2}},
                                 j % 4 == 0 ? "tok_decline" : "tok_approve"));
    }
    auto keys = batch;
    const auto outcomes = shop.place(std::move(batch));
    for (std::size_t j = 0; j < outcomes.size(); ++j) {
      if (placed(outcomes[j]) != nullptr) {
        const std::string line = keys[j].idempotency_key + "\n";
        if (::write(acknowledged, line.data(), line.size()) < 0) {
          std::_Exit(3);
        }
      }
    }
  }
}

std::set<std::string> crash_after(const std::string& folder, int round,
                                  std::chrono::milliseconds patience) {
  int ends[2];
  CHECK(::pipe(ends) == 0);
  const pid_t child = ::fork();
  CHECK(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    place_until_killed(folder, round, ends[1]);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  std::thread killer;
  ssize_t got = 0;
  while ((got = ::read(ends[0], buffer, sizeof buffer)) > 0) {
    if (text.empty()) {  // it works by now
      killer = std::thread([child, patience] {
        std::this_thread::sleep_for(patience);
        ::kill(child, SIGKILL);
      });
    }
    text.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  if (killer.joinable()) {
    killer.join();
  }
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
  std::set<std::string> keys;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) {
      break;
    }
    keys.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return keys;
}

TEST(Crash, NoAcknowledgedOrderIsLostOrDoubled) {
  char name[] = "/tmp/dermaga-crash-XXXXXX";
  ASSERT_NE(::mkdtemp(name), nullptr);
  const std::string folder = name;
  {
    TestShop shop({}, folder);
    shop.stock(kShirt, 1'000'000);
    shop.stock(kMug, 1'000'000);
  }
  std::set<std::string> acknowledged;
  for (int round = 0; round < 5; ++round) {
    acknowledged.merge(crash_after(folder, round, std::chrono::milliseconds(20 + 25 * round)));
  }
  EXPECT_GT(acknowledged.size(), 20u);
  Options options;
  options.charge = false;
  TestShop shop(options, folder);
  EXPECT_EQ(shop.breaches(), "");
  std::set<std::string> stored;
  ASSERT_TRUE(shop.connection->query("SELECT idempotency_key FROM orders", {},
                                     [&](const store::Row& row) -> Status {
                                       EXPECT_TRUE(stored.emplace(row.text(0)).second);
                                       return {};
                                     }));
  for (const std::string& key : acknowledged) {
    EXPECT_TRUE(stored.contains(key)) << key;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dermaga::orders
