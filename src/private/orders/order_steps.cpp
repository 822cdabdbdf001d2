#include "orders/order_steps.h"

#include <utility>

#include "committer.h"
#include "expiry.h"
#include "item.h"
#include "log/log.h"
#include "payment_desk.h"
#include "prepare.h"
#include "staff_moves.h"

namespace dermaga::orders {

using contract::OrderView;

struct OrderSteps::Impl {
  Impl(const Ports& p, const Options& o) : ports(p), options(o), preparer(ports) {}

  Status open();
  void decide(const Items& items);

  Ports ports;
  Options options;
  Preparer preparer;
  std::unique_ptr<store::Connection> reader;
  std::unique_ptr<PaymentDesk> payment_desk;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Expiry> expiry;
  std::unique_ptr<StaffMoves> staff;
};

Status OrderSteps::Impl::open() {
  const auto touched = [this](const std::vector<VariantId>& variants) {
    ports.availability.touched(variants);
  };
  ASSIGN_OR_RETURN(reader, ports.database.connect_read_only());
  ASSIGN_OR_RETURN(
      payment_desk,
      PaymentDesk::open(ports, options, {.touched = touched, .fatal = options.on_fatal}));
  ASSIGN_OR_RETURN(auto opened, Committer::open(ports.database, ports.clock, options));
  committer = std::make_unique<Committer>(std::move(opened));
  ASSIGN_OR_RETURN(auto sweeping, ports.database.connect());
  expiry = std::make_unique<Expiry>(std::move(sweeping), ports.clock,
                                    Expiry::Hooks{.touched = touched, .fatal = options.on_fatal});
  ASSIGN_OR_RETURN(auto moving, ports.database.connect());
  staff = std::make_unique<StaffMoves>(
      ports, std::move(moving),
      StaffMoves::Hooks{.touched = touched, .fatal = options.on_fatal, .refund_due = [this] {
                          payment_desk->look_for_refunds();
                        }});
  return {};
}

OrderSteps::OrderSteps(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OrderSteps::~OrderSteps() = default;

Result<std::unique_ptr<OrderSteps>> OrderSteps::open(const Ports& ports, const Options& options) {
  CHECK(options.on_fatal != nullptr);
  auto impl = std::make_unique<Impl>(ports, options);
  RETURN_IF_ERROR(impl->open());
  return std::unique_ptr<OrderSteps>(new OrderSteps(std::move(impl)));
}

void OrderSteps::place(std::vector<contract::PlaceOrder> batch,
                       std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  if (batch.empty()) {
    done({});
    return;
  }
  const std::size_t size = batch.size();
  impl_->decide(make_items(std::move(batch), size, contract::Refused{}, std::move(done)));
}

void OrderSteps::deliver(contract::Delivery delivery,
                         std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  if (delivery.orders.empty()) {
    done({});
    return;
  }
  const std::size_t size = delivery.orders.size();
  impl_->decide(make_items(std::move(delivery.orders), size, contract::Refused{}, std::move(done)));
}

void OrderSteps::Impl::decide(const Items& items) {
  PrepareTimes prepare_times;
  for (const auto& item : items) {
    item->prepared = preparer.prepare(item->order, item->first_answer, ports.random, prepare_times);
  }
  BatchTimes times;
  bool commit_failed = false;
  const Status status = committer->run(items, times, commit_failed);
  if (!status.has_value()) {
    log::error("orders_not_stored",
               {{"orders", items.size()}, {"error", status.error().message()}});
  }
  if (commit_failed) {
    mark_outcome_unknown(items);
    options.on_fatal(status.error().message());
  } else {
    ports.availability.touched(committer->touched());
    payment_desk->charge(take_charges(items));
  }
  acknowledge(items);
}

Result<OrderView> OrderSteps::order_view(const OrderId& id, const std::string& access_token) {
  return view_for_token(*impl_->reader, impl_->ports.derivation, id, access_token);
}

Result<OrderView> OrderSteps::cancel(const OrderId& id, std::string_view reason,
                                     const audit::Actor& actor) {
  return impl_->staff->cancel(id, reason, actor, {});
}

Result<OrderView> OrderSteps::cancel_open(const OrderId& id, std::string_view reason) {
  return impl_->staff->cancel_open(id, reason);
}

Result<OrderView> OrderSteps::refund(const RefundRequest& request, const audit::Actor& actor) {
  return impl_->staff->refund(request, actor);
}

Result<OrderView> OrderSteps::fulfil(const OrderId& id, const audit::Actor& actor) {
  return impl_->staff->fulfil(id, actor);
}

Result<std::int64_t> OrderSteps::sweep() {
  return impl_->expiry->sweep();
}

Status OrderSteps::housekeep() {
  return impl_->expiry->housekeep();
}

void OrderSteps::work_on_payments(SteadyTime now) {
  impl_->payment_desk->work(now);
}

}  // namespace dermaga::orders
