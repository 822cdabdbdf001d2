#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "declined.h"
#include "inventory/inventory.h"
#include "item.h"
#include "leases/lease_book.h"
#include "order_row.h"
#include "orders/orders.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::orders {

// Where a committer's time went in one batch.
struct BatchTimes {
  std::uint64_t decide_ns = 0;
  std::uint64_t write_ns = 0;
  std::uint64_t commit_ns = 0;
};

// Decides batches of prepared orders, each in one transaction: first come, first served, all lines
// of an order or none. The stock that decides is the row locked in that transaction. Used by one
// thread.
class Committer {
 public:
  static Result<Committer> open(store::Database& database, const Clock& clock,
                                const Options& options);

  // Sets the outcome of every item. After success everything "placed" is durable. A database that
  // refuses one order for itself does not fail the others. `commit_failed` set: the outcome is
  // unknown and the process must stop. kTimeout without it: the outcome of some is unknown, and
  // they say so. Other errors: nothing was written. Every outcome is a 503 then.
  Status run(std::span<const std::unique_ptr<Item>> batch, BatchTimes& times, bool& commit_failed);

  // Variants whose stock the last run changed, or may have.
  const std::vector<VariantId>& touched() const { return touched_; }

 private:
  Committer(std::unique_ptr<store::Connection> connection, const Clock& clock,
            const Options& options, bool shared)
      : connection_(std::move(connection)),
        clock_(clock),
        hold_(options.hold),
        patience_(options.commit_patience),
        shared_(shared),
        unsettled_(shared) {}

  struct KnownOrder {
    std::string body_sha256;
    std::string idempotency_key;
    contract::OrderView view;
    FirstAnswer first_answer = FirstAnswer::kByCore;
    bool declined = false;
  };

  Status run_until_known(std::span<const std::unique_ptr<Item>> batch, BatchTimes& times,
                         bool& commit_failed);
  Status settle();
  void take_back_placed(std::span<const std::unique_ptr<Item>> batch) const;
  Status run_once(std::span<const std::unique_ptr<Item>> batch, BatchTimes& times,
                  bool& commit_failed);
  Status look_up_known(std::span<const std::unique_ptr<Item>> batch);
  Status lock_stock(std::span<const std::unique_ptr<Item>> batch);
  Status lock_leases(std::span<const std::unique_ptr<Item>> batch);
  void decide(Item& item);
  void accept(Item& item);
  // A delivered order is remembered with why it was not accepted.
  void decline(Item& item);
  void remember(const Item& item, const contract::OrderView& view);
  // True when the key is known; then the outcome is set.
  bool answer_known(Item& item) const;
  bool hold_units(Item& item);
  // Out of the lease that a spool sold it from, where that is still open.
  bool hold_leased(Item& item);
  void return_leased(const Item& item);
  contract::OrderView view_of_new(const Item& item) const;
  Status number_orders(std::span<const std::unique_ptr<Item>> batch);
  Status look_again(std::span<const std::unique_ptr<Item>> batch);
  Status write(std::span<const std::unique_ptr<Item>> batch);
  Status write_histories(std::span<const std::unique_ptr<Item>> batch);
  void add_customer(const Item& item);
  void add_order(const Item& item);
  void add_lines(const Item& item);
  Status write_events(std::span<const std::unique_ptr<Item>> batch);

  using Allocation = leases::LeaseBook::Taken;

  std::unique_ptr<store::Connection> connection_;
  const Clock& clock_;
  std::chrono::milliseconds hold_;
  std::chrono::milliseconds patience_;

  bool shared_;  // other cores decide orders too
  // A commit, perhaps one of an earlier process, was not answered: its transaction may still be
  // under way.
  bool unsettled_;

  // Of the batch in hand.
  UtcTime now_;
  std::unordered_map<std::string_view, KnownOrder> known_;
  std::vector<inventory::StockRow> stock_;
  std::unordered_map<VariantId, std::pair<std::size_t, std::size_t>> stock_of_;  // [first, end)
  std::unordered_set<std::size_t> changed_stock_;
  leases::LeaseBook leases_;  // empty but for orders that were sold from a lease
  std::unordered_map<const Item*, std::vector<Allocation>> allocations_;
  std::vector<store::Parameter> customer_rows_;
  std::vector<store::Parameter> order_rows_;
  std::vector<store::Parameter> line_rows_;
  DeclinedRows declined_rows_;
  std::vector<VariantId> touched_;
};

}  // namespace dermaga::orders
