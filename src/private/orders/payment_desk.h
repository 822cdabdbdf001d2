#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "order_row.h"
#include "orders/orders.h"
#include "payments/payments.h"
#include "transitions.h"

namespace dermaga::orders {

// Charges orders after their hold and writes down what the provider says: one worker, everything
// that arrived as one transaction. What it has in memory is only a head start: open orders whose
// payment is pending are taken up again from the database (at the start, after an overflow, after a
// provider's failure), under the same idempotency key, the order id. Where several cores share the
// database each also looks for what another one left behind when it ended. Thread-safe.
class PaymentDesk {
 public:
  struct Hooks {
    std::function<void(const std::vector<VariantId>&)> touched;
    std::function<void(std::string_view reason)> fatal;
  };
  using ViewDone = std::function<void(Result<contract::OrderView>)>;

  // With a thread that does the work.
  static Result<std::unique_ptr<PaymentDesk>> start(const Ports& ports, const Options& options,
                                                    Hooks hooks);
  // Without: the owner calls work() instead, from one thread.
  static Result<std::unique_ptr<PaymentDesk>> open(const Ports& ports, const Options& options,
                                                   Hooks hooks);
  ~PaymentDesk();

  // Does what waits now; `now` decides whether the patience after a failure is over.
  void work(SteadyTime now);

  void charge(std::vector<payments::Charge> charges);
  // A shopper's answer to a challenge; `done` gets the order as it is then. kVersionConflict when
  // none is asked, kTimeout when the provider does not say anything.
  void answer_challenge(const OrderId& id, vault::ChallengeCode code, ViewDone done);
  // Somebody made a refund due.
  void look_for_refunds();

 private:
  struct Said {
    OrderId order_id;
    bool is_refund = false;
    std::int64_t refund_number = 0;
    Result<payments::ChargeResult> charge{payments::ChargeResult{}};
    Result<std::string> refund{std::string()};
  };
  // Outlives the desk for providers that answer late.
  struct Inbox {
    std::mutex mutex;
    std::condition_variable woken;
    std::deque<Said> said;
    bool closed = false;
    void put(Said one);
  };
  struct Waiting {
    OrderId order_id;
    ViewDone done;
    std::chrono::steady_clock::time_point deadline;
    bool answered = false;
  };

  PaymentDesk(const Ports& ports, const Options& options, Hooks hooks,
              std::unique_ptr<store::Connection> connection)
      : ports_(ports),
        retry_after_(options.payment_retry_after),
        take_up_every_(options.take_up_every),
        hooks_(std::move(hooks)),
        connection_(std::move(connection)) {}
  void start_charges(std::deque<payments::Charge> charges);
  // Returns what need not be looked at again; the rest is in unsettled_.
  std::vector<Said> settle_or_keep(std::vector<Said> said);
  void take_unsettled(std::vector<Said>& said);
  Status settle(std::span<const Said> said);
  Status apply(Transitions& moves, OrderRow& order, const Said& said);
  // One page of the open orders placed until then; says whether to come again.
  Result<bool> take_up_open_orders(UtcTime placed_until);
  Result<bool> read_open_orders(UtcTime placed_until, std::deque<payments::Charge>& charges);
  struct Work {
    std::deque<payments::Charge> charges;
    std::vector<Said> said;
    bool take_up = false;
    bool take_up_others = false;
    bool refunds_due = false;
  };
  // False when the desk closes.
  bool wait_for_work();
  Work take_work();
  void take_up(UtcTime placed_until);
  Result<bool> claim_turn();
  // Says whether to come again.
  Result<bool> start_refunds();
  Result<bool> read_refunds_due(std::vector<payments::Refund>& refunds);
  void answer_waiting(const std::vector<Said>& said);
  void fail_after(std::string_view what, const Error& error);
  void run();

  Ports ports_;
  std::chrono::milliseconds retry_after_;
  std::chrono::milliseconds take_up_every_;
  Hooks hooks_;
  std::unique_ptr<store::Connection> connection_;

  // Its mutex guards everything below it.
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::deque<payments::Charge> charges_;
  std::vector<Waiting> waiting_;
  bool overflowed_ = true;   // the database knows orders that charges_ does not
  bool scan_again_ = false;  // something failed since the scan of the database began
  bool refunds_due_ = true;
  SteadyTime not_before_{};  // after a failure
  std::unordered_set<OrderId> refunding_;
  // Worker only.
  bool may_settle_ = true;  // its own thread gathers what is said for a moment
  SteadyTime settle_at_{};
  std::int64_t taken_up_after_ = 0;
  SteadyTime look_for_others_at_{};
  // What the database could not take. It may be the only word about an order that is over, which no
  // scan finds: without it money would be kept that must go back.
  std::deque<Said> unsettled_;
  SteadyTime unsettled_at_{};
  SteadyTime now_{};  // of the work in hand
  std::thread worker_;
};

// The charge of an order from its rows: opens the sealed token.
Result<payments::Charge> load_charge(store::Connection& connection, const vault::Vault& vault,
                                     const OrderId& id);

}  // namespace dermaga::orders
