#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.h"
#include "clock/clock.h"
#include "contract/order.h"
#include "contract/spool.h"
#include "derivation/derivation.h"
#include "ids/ids.h"
#include "inventory/availability_feed.h"
#include "orders/first_answer.h"
#include "orders/ports.h"
#include "payments/payments.h"
#include "random/random.h"
#include "result/result.h"
#include "sealed_calls/sealed_calls.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::orders {

struct Options {
  std::size_t queue_max = 20'000;      // orders inside at once; more are told 503 overloaded
  std::size_t deliveries_max = 2'000;  // the same of delivered orders, which wait behind the others
  std::size_t batch_max = 1'000;       // orders in one transaction
  std::size_t prepare_threads = 2;
  std::chrono::milliseconds hold{std::chrono::minutes(15)};
  std::chrono::milliseconds sweep_every{1'000};
  std::chrono::milliseconds payment_retry_after{5'000};  // after the provider failed
  // How long a batch waits for a server that was lost during its commit to tell what became of it.
  // Shoppers who asked have given up by then: they ask again with the same key.
  std::chrono::milliseconds commit_patience{10'000};
  // On a shared database: how often to look for payments that a core left behind when it ended.
  std::chrono::milliseconds take_up_every{30'000};
  bool charge = true;  // false: nothing is charged (benchmarks)
  // Called once when a commit failed in a way that leaves its outcome unknown. Empty: the process
  // stops.
  std::function<void(std::string_view reason)> on_fatal;
};

// Everything the service uses; must outlive it.
struct Ports {
  store::Database& database;
  const derivation::Derivation& derivation;
  const vault::Vault& vault;
  PriceSource& prices;
  BoxOpener& boxes;
  payments::PaymentProvider& payments;
  inventory::AvailabilityFeed& availability;
  const Clock& clock;
  Random& random;
  AccountFinder* accounts = nullptr;  // null: this shop has none, and a session is over
  SavedCards* cards = nullptr;        // null: no card is found
};

// Nothing personal.
struct OrderSummary {
  std::int64_t order_number = 0;
  contract::OrderView view;
};
struct OrderPage {
  std::vector<OrderSummary> items;          // newest first
  std::optional<std::int64_t> next_before;  // pass as OrderQuery::before for the next page
};
struct OrderQuery {
  std::optional<order_state::OrderStatus> status;
  std::optional<std::int64_t> before;  // order numbers below this one
  std::size_t limit = 50;              // 1 to 100
};
// Delivered orders that were declined: for staff, newest first.
struct DeclinedSummary {
  contract::OrderView view;
  UtcTime decided_at;
  FirstAnswer first_answer = FirstAnswer::kDeferred;
  // The shopper was told 201 from a lease, and the box was good.
  bool promise_broken = false;
};
struct DeclinedPage {
  std::vector<DeclinedSummary> items;
  std::optional<OrderId> next_after;  // pass as `after` for the next page
};
struct OrderDetails {
  struct Line {
    VariantId variant_id;
    LocationId location_id;
    std::int64_t quantity = 0;
    std::int64_t held = 0;
    Money unit_price;
    Money line_total;
  };
  struct Payment {
    std::string kind;  // "captured", "refunded", "declined"
    Money amount;
    std::string provider;
    std::string reference;
    UtcTime recorded_at;
  };
  std::int64_t order_number = 0;
  std::int64_t version = 0;
  contract::OrderView view;
  UtcTime accepted_at;  // by core; later than placed_at where a spool received the order
  FirstAnswer first_answer = FirstAnswer::kByCore;
  Money subtotal;
  Money discount;
  Money shipping;
  Money tax;
  bool tax_included = true;
  std::string shipping_method;
  std::string coupon;
  std::uint64_t catalog_version = 0;
  Money refunded;    // so far
  Money refund_due;  // on its way
  std::vector<Line> lines;
  std::vector<Payment> payments;
};

struct CancelOptions {
  bool may_refund = true;
  std::string why;  // for the audit log; empty: the reason
  // What a second person agreed to ("apr_…"): under the same one again it changes nothing.
  std::string approval;
};
struct RefundRequest {
  OrderId order;
  std::int64_t amount = 0;      // in the order's currency; 0: all that is left
  std::string reason;           // 1 to 200 bytes
  std::string idempotency_key;  // 1 to 200 bytes
  std::string approval;         // what a second person agreed to; for the audit log
};

// Where time and orders went since the start.
struct Stats {
  std::uint64_t placed = 0;
  std::uint64_t replayed = 0;
  std::uint64_t out_of_stock = 0;
  std::uint64_t refused = 0;
  // Of those that spools delivered; neither is counted above.
  std::uint64_t delivered_accepted = 0;
  std::uint64_t delivered_declined = 0;
  // Declined though a spool had sold it from a lease: all that the store had at the start, and
  // ours.
  std::uint64_t promises_broken = 0;
  std::uint64_t batches = 0;
  // Preparation, summed over its threads: shape, receipt, quote and price; the box; sealing anew.
  std::uint64_t validate_ns = 0;
  std::uint64_t open_ns = 0;
  std::uint64_t seal_ns = 0;
  std::uint64_t decide_ns = 0;  // committer: look up, lock, judge
  std::uint64_t write_ns = 0;
  std::uint64_t commit_ns = 0;
  std::uint64_t acknowledge_ns = 0;
  std::uint64_t inside = 0;  // orders in the pipeline now
};

// {"id":…,"status":…,…}: an order as the store API tells it.
std::string view_json(const contract::OrderView& view);

// The way of an order through core (DESIGN §6): preparation threads, one committer, acknowledgement
// after the commit; then payment, expiry and what staff do. Owns its threads. Thread-safe.
class OrderService {
 public:
  // Takes up open orders again: their payments and their holds.
  static Result<std::unique_ptr<OrderService>> start(const Ports& ports, const Options& options);
  // Stops: orders inside are answered first.
  ~OrderService();

  // As contract::CoreService::place_orders.
  void place(std::vector<contract::PlaceOrder> batch,
             std::function<void(std::vector<contract::PlaceOutcome>)> done);
  // As contract::DeliveryService::deliver_orders. Deliveries wait while other orders do, but for a
  // fifth of the work.
  void deliver(contract::Delivery delivery,
               std::function<void(std::vector<contract::PlaceOutcome>)> done);
  Result<contract::OrderView> order_view(const OrderId& id, const std::string& access_token);
  // Of shoppers, about one order; lives as long as the service.
  sealed_calls::CallHandler& calls();

  // Of one account, newest first: numbers below `before`, all where it is nothing.
  Result<std::vector<OrderSummary>> history(const CustomerId& account,
                                            std::optional<std::int64_t> before, std::size_t limit);
  // JSON of all of one of its orders, what is personal opened (docs/reference/sealed-box.md,
  // order.read). kNotFound for another's, and once its customer was erased.
  Result<std::string> details(const CustomerId& account, const OrderId& id, bool with_access_token);
  // As a shopper cancels: an open one. kNotFound for another's.
  Result<contract::OrderView> cancel_own(const CustomerId& account, const OrderId& id);

  Result<OrderPage> list(const OrderQuery& query);
  Result<OrderDetails> show(const OrderId& id);  // kNotFound for a declined one
  Result<DeclinedSummary> show_declined(const OrderId& id);
  // `limit` is 1 to 100.
  Result<DeclinedPage> declined(const std::optional<OrderId>& after, std::size_t limit,
                                bool only_broken_promises = false);
  // Open or confirmed → cancelled; units go back, money that was paid is refunded: kForbidden where
  // there is some and `options` do not let it. `reason` is a short snake_case word
  // ("staff_request") that the shopper sees.
  Result<contract::OrderView> cancel(const OrderId& id, std::string_view reason,
                                     const audit::Actor& actor, const CancelOptions& options = {});
  // Gives back what was paid, or a part of it; the provider is asked at once, and again until it
  // did. The same key again changes nothing; kAlreadyExists for another request under it.
  Result<contract::OrderView> refund(const RefundRequest& request, const audit::Actor& actor);
  // Both as above where no more than `sum_max` is given back on the order then, this and what was
  // before; else nothing is changed and nothing returned. Judged in the transaction that makes the
  // refund: of two at once the second one sees the first.
  Result<std::optional<contract::OrderView>> cancel_within(const Money& sum_max, const OrderId& id,
                                                           std::string_view reason,
                                                           const audit::Actor& actor,
                                                           const CancelOptions& options = {});
  Result<std::optional<contract::OrderView>> refund_within(const Money& sum_max,
                                                           const RefundRequest& request,
                                                           const audit::Actor& actor);
  // Confirmed → completed: everything shipped.
  Result<contract::OrderView> fulfil(const OrderId& id, const audit::Actor& actor);

  Stats stats() const;
  // Orders per second that core can take, as it tells edges; 0: not known yet.
  double orders_per_second() const;
  // Does one round of the sweeper now (it also runs by itself); returns how many holds expired.
  Result<std::int64_t> sweep();

 private:
  struct Impl;
  explicit OrderService(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::orders
