#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "authority/authority.h"
#include "contract/core_service.h"
#include "contract/spool.h"
#include "core_end/core_end.h"
#include "digest/signature.h"
#include "edge_end/edge_end.h"

namespace dermaga::link_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr const char* kShop = "toko";

// A folder that goes away, with the certificates of a small shop: core (server), edge, and others
// as a test needs them.
class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  struct Kind {
    std::string role_uri;
    bool server = false;
    bool client = true;
    std::chrono::hours lifetime{24 * 7};
    const Clock* clock = nullptr;  // for certificates of another time
    bool foreign = false;          // by another CA of the same name
  };
  // Writes <name>.crt and <name>.key (replacing them) and returns the path without extension.
  std::string issue(const std::string& name, const Kind& kind) const;
  std::string issue_role(const std::string& role) const;  // "public/edge"

  std::string ca_file() const { return path("ca/ca.crt"); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  const authority::Authority& authority() const { return *authority_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<authority::Authority> authority_;
};

// Core as a test wants it: every order has the outcome that its coupon asks for.
class FakeCore final : public contract::CoreService, public contract::DeliveryService {
 public:
  explicit FakeCore(const Certificates& certificates) : certificates_(certificates) {}
  ~FakeCore() override;

  void place_orders(std::vector<contract::PlaceOrder> batch,
                    std::function<void(std::vector<contract::PlaceOutcome>)> done) override;
  Result<contract::OrderView> order_view(const OrderId& id, const std::string& token) override;
  void sealed_call(std::string box, UtcTime received_at,
                   std::function<void(contract::SealedAnswer)> done) override;
  std::shared_ptr<const contract::SignedSnapshot> snapshot() override;
  std::unique_ptr<contract::Subscription> on_snapshot(
      std::function<void(std::shared_ptr<const contract::SignedSnapshot>)> changed) override;
  std::unique_ptr<contract::Subscription> on_capacity(
      std::function<void(const contract::CapacityUpdate&)> changed) override;
  contract::EdgeKeys edge_keys() override;
  Result<contract::Asset> asset(const std::string& sha256_hex) override;
  Result<std::string> renew_certificate(const std::string& request_pem,
                                        const Renewing& caller) override;
  // Tells the request back: name and size as the note, the key as the only hash.
  Result<contract::WitnessAnswer> witness(const contract::WitnessRequest& request) override;

  // Every delivered order has the outcome that its coupon asks for, too.
  void deliver_orders(contract::Delivery delivery,
                      std::function<void(std::vector<contract::PlaceOutcome>)> done) override;
  // Grants what was asked after: epoch newest_epoch + 1.
  Result<contract::LeaseGrant> exchange_lease(const contract::LeaseRequest& request) override;

  void publish(std::uint64_t version, std::size_t filler_bytes = 0);
  void push_capacity(const contract::CapacityUpdate& update);
  // Batches wait until released.
  void hold_batches(bool hold);
  void set_renewals_refused(bool refused);

  std::vector<std::size_t> batch_sizes() const;
  int renewals() const;
  std::size_t watchers() const;
  digest::SigningKey key = digest::SigningKey::generate();

 private:
  class Subscribed;
  const Certificates& certificates_;
  mutable std::mutex mutex_;
  std::shared_ptr<const contract::SignedSnapshot> snapshot_;
  std::vector<std::size_t> batch_sizes_;
  bool holding_ = false;
  std::vector<std::function<void()>> held_;
  int renewals_ = 0;
  bool renewals_refused_ = false;
  mutable std::mutex subscribers_mutex_;  // held while callbacks run, as Subscription demands
  std::map<int, std::function<void(std::shared_ptr<const contract::SignedSnapshot>)>> on_snapshot_;
  std::map<int, std::function<void(const contract::CapacityUpdate&)>> on_capacity_;
  int last_subscriber_ = 0;
};

// Remembers what the link told, in order, and checks that calls never overlap.
class Recorder final : public edge_end::LinkListener {
 public:
  void on_connected(bool connected) override;
  void on_keys(const contract::EdgeKeys& keys) override;
  void on_snapshot(contract::SignedSnapshot snapshot) override;
  void on_capacity(const contract::CapacityUpdate& update) override;

  // Waits up to 10 s.
  bool wait_for(const std::function<bool()>& condition);
  bool wait_connected(bool connected);
  // Read inside wait_for() or when nothing comes any more.
  bool connected = false;
  int connects = 0;
  int disconnects = 0;
  std::vector<std::string> events;
  std::vector<contract::SignedSnapshot> snapshots;
  std::vector<contract::CapacityUpdate> capacities;
  std::vector<std::chrono::steady_clock::time_point> capacity_times;

 private:
  template <typename Change>
  void record(const char* event, Change change);
  std::atomic<int> inside_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

contract::PlaceOrder make_order(int number, const std::string& coupon = "");

// Waits for the one answer of an asynchronous call. The promise is shared: set_value() may still be
// returning on the link's thread when the caller has its answer.
template <typename T, typename Call>
Result<T> answer_of(Call call) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto future = promise->get_future();
  call([promise](Result<T> result) { promise->set_value(std::move(result)); });
  return future.get();
}

class LinkTest : public testing::Test {
 protected:
  LinkTest();
  void start_server(int port = 0);
  void start_link(std::uint64_t known_version = 0);
  core_end::LinkServerOptions server_options(int port) const;

  std::shared_ptr<serving::RevokedCertificates> revoked =
      std::make_shared<serving::RevokedCertificates>();
  edge_end::LinkOptions link_options() const;
  std::future<Result<contract::PlaceOutcome>> place(contract::PlaceOrder order);

  Certificates certificates;
  std::shared_ptr<FakeCore> core;
  std::unique_ptr<core_end::LinkServer> server;
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
  edge_end::LinkOptions options;  // as start_link() will use them
  std::unique_ptr<edge_end::Link> link;
};

}  // namespace dermaga::link_test
