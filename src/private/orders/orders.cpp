#include "orders/orders.h"

#include <cmath>
#include <mutex>

#include "committer.h"
#include "history.h"
#include "listing.h"
#include "log/log.h"
#include "order_calls.h"
#include "payment_desk.h"
#include "pipeline.h"
#include "prepare.h"
#include "staff_moves.h"
#include "sweeper.h"

namespace dermaga::orders {
namespace {

using contract::OrderView;

// Read-only connections, lent one call each.
class Readers {
 public:
  explicit Readers(store::Database& database) : database_(database) {}

  template <typename Read>
  auto read(Read read_with) -> decltype(read_with(std::declval<store::Connection&>())) {
    ASSIGN_OR_RETURN(auto connection, take());
    auto result = read_with(*connection);
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleMax) {
      idle_.push_back(std::move(connection));
    }
    return result;
  }

 private:
  static constexpr std::size_t kIdleMax = 4;

  Result<std::unique_ptr<store::Connection>> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    return database_.connect_read_only();
  }

  store::Database& database_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<store::Connection>> idle_;
};

}  // namespace

struct OrderService::Impl {
  Impl(const Ports& p, const Options& o)
      : ports(p), options(o), readers(p.database), preparer(ports) {}

  Status start_threads();
  void fatal(std::string_view reason);
  void committed(const Items& batch, const std::vector<VariantId>& touched);

  Ports ports;
  Options options;
  Readers readers;
  Preparer preparer;
  std::int64_t promises_broken_before = 0;

  std::unique_ptr<StaffMoves> staff;

  // Destroyed from the last to the first: whoever feeds another ends before it.
  std::unique_ptr<OrderCalls> calls;
  std::unique_ptr<PaymentDesk> payment_desk;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<Sweeper> sweeper;
};

void OrderService::Impl::fatal(std::string_view reason) {
  if (options.on_fatal) {
    options.on_fatal(reason);
    return;
  }
  log::stop_process(reason);
}

void OrderService::Impl::committed(const Items& batch, const std::vector<VariantId>& touched) {
  ports.availability.touched(touched);
  if (payment_desk == nullptr) {
    return;
  }
  payment_desk->charge(take_charges(batch));
}

Status OrderService::Impl::start_threads() {
  const auto on_touched = [this](const std::vector<VariantId>& variants) {
    ports.availability.touched(variants);
  };
  const auto on_fatal = [this](std::string_view reason) { fatal(reason); };
  ASSIGN_OR_RETURN(auto moving, ports.database.connect());
  staff = std::make_unique<StaffMoves>(
      ports, std::move(moving),
      StaffMoves::Hooks{.touched = on_touched, .fatal = on_fatal, .refund_due = [this] {
                          if (payment_desk != nullptr) {
                            payment_desk->look_for_refunds();
                          }
                        }});
  if (options.charge) {
    ASSIGN_OR_RETURN(payment_desk, PaymentDesk::start(ports, options,
                                                      {.touched = on_touched, .fatal = on_fatal}));
  }
  calls = std::make_unique<OrderCalls>(
      ports,
      OrderCalls::Hooks{
          .cancel_open = [this](const OrderId& id,
                                std::string_view reason) { return staff->cancel_open(id, reason); },
          .challenge =
              [this](const OrderId& id, vault::ChallengeCode code, PaymentDesk::ViewDone done) {
                if (payment_desk == nullptr) {
                  done(make_error(ErrorCode::kUnavailable, "payments are switched off"));
                  return;
                }
                payment_desk->answer_challenge(id, std::move(code), std::move(done));
              }});
  ASSIGN_OR_RETURN(promises_broken_before, readers.read(count_broken_promises));
  ASSIGN_OR_RETURN(auto committer, Committer::open(ports.database, ports.clock, options));
  pipeline = std::make_unique<Pipeline>(
      options, preparer, std::move(committer),
      Pipeline::Hooks{.committed =
                          [this](const Items& batch, const std::vector<VariantId>& variants) {
                            committed(batch, variants);
                          },
                      .fatal = on_fatal,
                      .capacity_changed =
                          [this](double orders_per_second) {
                            ports.availability.set_orders_per_second(std::round(orders_per_second));
                          }});
  ASSIGN_OR_RETURN(auto sweeping, ports.database.connect());
  sweeper = std::make_unique<Sweeper>(
      Expiry(std::move(sweeping), ports.clock, {.touched = on_touched, .fatal = on_fatal}),
      options.sweep_every);
  return {};
}

Result<std::unique_ptr<OrderService>> OrderService::start(const Ports& ports,
                                                          const Options& options) {
  auto impl = std::make_unique<Impl>(ports, options);
  RETURN_IF_ERROR(impl->start_threads());
  return std::unique_ptr<OrderService>(new OrderService(std::move(impl)));
}

OrderService::OrderService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OrderService::~OrderService() = default;

void OrderService::place(std::vector<contract::PlaceOrder> batch,
                         std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  impl_->pipeline->place(std::move(batch), std::move(done));
}

void OrderService::deliver(contract::Delivery delivery,
                           std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  impl_->pipeline->deliver(std::move(delivery), std::move(done));
}

Result<OrderView> OrderService::order_view(const OrderId& id, const std::string& access_token) {
  return impl_->readers.read([&](store::Connection& connection) {
    return view_for_token(connection, impl_->ports.derivation, id, access_token);
  });
}

sealed_calls::CallHandler& OrderService::calls() {
  return *impl_->calls;
}

Result<std::vector<OrderSummary>> OrderService::history(const CustomerId& account,
                                                        std::optional<std::int64_t> before,
                                                        std::size_t limit) {
  return impl_->readers.read([&](store::Connection& connection) {
    return list_history(connection, account, before, limit);
  });
}

Result<std::string> OrderService::details(const CustomerId& account, const OrderId& id,
                                          bool with_access_token) {
  const std::string token =
      with_access_token ? impl_->ports.derivation.access_token(id) : std::string();
  return impl_->readers.read([&](store::Connection& connection) -> Result<std::string> {
    RETURN_IF_ERROR(check_history(connection, account, id));
    ASSIGN_OR_RETURN(const OrderRow order, require_order(connection, id));
    return details_json(connection, impl_->ports.vault, order, token);
  });
}

Result<OrderView> OrderService::cancel_own(const CustomerId& account, const OrderId& id) {
  const auto is_own = impl_->readers.read([&](store::Connection& connection) -> Result<bool> {
    RETURN_IF_ERROR(check_history(connection, account, id));
    return true;
  });
  RETURN_IF_ERROR(is_own);
  return impl_->staff->cancel_open(id, kShopperRequest);
}

Result<DeclinedPage> OrderService::declined(const std::optional<OrderId>& after, std::size_t limit,
                                            bool only_broken_promises) {
  return impl_->readers.read([&](store::Connection& connection) {
    return list_declined(connection, after, limit, only_broken_promises);
  });
}

Result<OrderPage> OrderService::list(const OrderQuery& query) {
  return impl_->readers.read(
      [&](store::Connection& connection) { return list_orders(connection, query); });
}

Result<OrderDetails> OrderService::show(const OrderId& id) {
  return impl_->readers.read(
      [&](store::Connection& connection) { return show_order(connection, id); });
}

Result<DeclinedSummary> OrderService::show_declined(const OrderId& id) {
  return impl_->readers.read(
      [&](store::Connection& connection) { return orders::show_declined(connection, id); });
}

Result<OrderView> OrderService::cancel(const OrderId& id, std::string_view reason,
                                       const audit::Actor& actor, const CancelOptions& options) {
  return impl_->staff->cancel(id, reason, actor, options);
}

Result<OrderView> OrderService::refund(const RefundRequest& request, const audit::Actor& actor) {
  return impl_->staff->refund(request, actor);
}

Result<std::optional<OrderView>> OrderService::cancel_within(const Money& sum_max,
                                                             const OrderId& id,
                                                             std::string_view reason,
                                                             const audit::Actor& actor,
                                                             const CancelOptions& options) {
  return impl_->staff->cancel_within(sum_max, id, reason, actor, options);
}

Result<std::optional<OrderView>> OrderService::refund_within(const Money& sum_max,
                                                             const RefundRequest& request,
                                                             const audit::Actor& actor) {
  return impl_->staff->refund_within(sum_max, request, actor);
}

Result<OrderView> OrderService::fulfil(const OrderId& id, const audit::Actor& actor) {
  return impl_->staff->fulfil(id, actor);
}

Stats OrderService::stats() const {
  Stats stats = impl_->pipeline->stats();
  stats.promises_broken += static_cast<std::uint64_t>(impl_->promises_broken_before);
  return stats;
}

double OrderService::orders_per_second() const {
  return impl_->pipeline->orders_per_second();
}

Result<std::int64_t> OrderService::sweep() {
  return impl_->sweeper->sweep();
}

}  // namespace dermaga::orders
