#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "contract/spool.h"
#include "metrics/metrics.h"
#include "result/result.h"
#include "spool_ledger/ledger.h"

namespace dermaga::spool_node {

struct KeeperOptions {
  std::size_t waiting_orders_max = 20'000;  // more: 503 "overloaded"
  // Takes no orders and wants no units: it delivers what it has and can then be taken away.
  bool draining = false;
  // The disk cannot be trusted any more: ends the process. Returns only in tests; then nothing is
  // answered any more.
  std::function<void(std::string_view reason)> on_disk_failed;
  metrics::Registry* registry = nullptr;
};

// The ledger behind one lock, and the thread that writes what edges bring. Thread-safe.
class Keeper final : public contract::SpoolService {
 public:
  Keeper(std::unique_ptr<spool_ledger::Ledger> ledger, const Clock& clock, KeeperOptions options);
  // Answers what waits, then ends.
  ~Keeper() override;

  void append(std::vector<contract::SpoolOrder> batch,
              std::function<void(std::vector<contract::SpoolOutcome>)> done) override;
  Result<contract::OrderView> order_view(const OrderId& id) override;

  // For the courier; as in Ledger, without the errors that end the process.
  contract::Delivery next_delivery(std::size_t orders_max, std::uint64_t bytes_max);
  std::optional<spool_ledger::DeliveryReport> delivered(
      const std::vector<contract::PlaceOutcome>& outcomes);
  std::optional<contract::LeaseRequest> exchange();
  void granted(const contract::LeaseGrant& grant, SteadyTime sent_at);
  bool lease_is_used_up();
  std::optional<SteadyTime> sells_until();
  // Until orders were appended, or the time is over.
  void wait_for_orders(std::chrono::milliseconds patience);

  spool_ledger::LedgerStats stats();
  bool is_draining() const { return options_.draining; }
  // Writes the figures that are read off the ledger into the registry.
  void update_metrics();

 private:
  struct Call {
    std::vector<contract::SpoolOrder> orders;
    std::function<void(std::vector<contract::SpoolOutcome>)> done;
  };

  void run();
  std::vector<Call> take_group();
  void write_group(std::vector<Call> calls);
  // False after a disk that failed; no room is no failure.
  bool usable(const Status& status);
  void count(const std::vector<contract::SpoolOutcome>& outcomes);

  const KeeperOptions options_;
  const Clock& clock_;

  std::mutex ledger_mutex_;
  const std::unique_ptr<spool_ledger::Ledger> ledger_;
  bool failed_ = false;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable written_;
  std::deque<Call> waiting_;
  std::size_t waiting_orders_ = 0;
  std::uint64_t groups_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dermaga::spool_node
