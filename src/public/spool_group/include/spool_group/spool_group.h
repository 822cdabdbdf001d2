#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/spool.h"
#include "metrics/metrics.h"
#include "result/result.h"
#include "store_api/order_link.h"

namespace dermaga::spool_group {

// One spool, over the link. Thread-safe; every `done` runs exactly once, from any thread, after a
// bounded time.
class Spool {
 public:
  virtual ~Spool() = default;

  virtual bool connected() const = 0;
  // At most kOrdersMax orders and kBytesMax bytes; as many outcomes as orders.
  virtual void append(std::vector<contract::SpoolOrder> batch,
                      std::function<void(Result<std::vector<contract::SpoolOutcome>>)> done) = 0;
  virtual void order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) = 0;
  // Fails what is under way and waits for it; afterwards every call is kUnavailable.
  virtual void close() = 0;

  static constexpr std::size_t kOrdersMax = 1'000;
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20;
};

struct NamedSpool {
  std::string name;  // "spool-1", the same on every edge
  std::shared_ptr<Spool> spool;
};

struct Options {
  // On so many disks before the answer: more than half of them, so that an order that was answered
  // is found whichever spool is away.
  std::size_t copies = 1;
  std::size_t appends_under_way_max = 2;  // of one spool
  std::size_t waiting_max = 20'000;       // orders for one spool; more: passed over
  metrics::Registry* registry = nullptr;
};

class SpoolGroup final : public store_api::OrderSpool {
 public:
  // kInvalidArgument for no spools, a name that is there twice, more copies than spools, or copies
  // on half of them or fewer.
  static Result<std::unique_ptr<SpoolGroup>> create(std::vector<NamedSpool> spools,
                                                    const Options& options);
  // Closes the spools and answers what is on its way.
  ~SpoolGroup() override;

  void append(contract::SpoolOrder order,
              std::function<void(Result<contract::PlaceOutcome>)> done) override;
  void order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) override;

 private:
  class Lane;
  struct Task;
  struct Search;

  explicit SpoolGroup(const Options& options);

  std::vector<std::size_t> ranked(const OrderId& id) const;
  // How many of the spools that the task has not met are there.
  std::size_t reachable(const Task& task) const;
  // Asks the spools at the end of the ranking whether they have the order; then go_on().
  void ask(const std::shared_ptr<Task>& task);
  void told(const std::shared_ptr<Task>& task, Result<contract::SpoolOutcome> outcome);
  // Hands the task to the next spool that can take it, or ends it.
  void go_on(const std::shared_ptr<Task>& task);
  void answered(const std::shared_ptr<Task>& task, Result<contract::SpoolOutcome> outcome);
  void finish(Task& task, Result<contract::PlaceOutcome> outcome);
  void search(const std::shared_ptr<Search>& search);

  const Options options_;
  std::atomic<bool> closed_ = false;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace dermaga::spool_group
