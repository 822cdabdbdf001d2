#include "lane.h"

#include <utility>

namespace dermaga::spool_group {
namespace {

// What an order takes in a message, generously.
std::size_t message_bytes(const contract::SpoolOrder& order) {
  constexpr std::size_t kFixed = 1'024;
  constexpr std::size_t kLine = 192;
  return kFixed + order.order.lines.size() * kLine + order.order.sealed.size() +
         order.order.quote.size() + order.order.idempotency_key.size() + order.order.coupon.size() +
         order.order.shipping_method.size();
}

}  // namespace

bool SpoolGroup::Lane::offer(contract::SpoolOrder order, Done& done) {
  if (!spool_->connected()) {
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || waiting_.size() >= options_.waiting_max) {
      return false;
    }
    waiting_.push_back({std::move(order), std::move(done)});
  }
  send();
  return true;
}

void SpoolGroup::Lane::close() {
  std::deque<Waiting> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(waiting_);
  }
  for (const Waiting& one : left) {
    one.done(make_error(ErrorCode::kUnavailable, "the edge is stopping"));
  }
  spool_->close();
}

bool SpoolGroup::Lane::take(Batch& batch) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty() || under_way_ >= options_.appends_under_way_max) {
    return false;
  }
  std::size_t bytes = 0;
  while (!waiting_.empty() && batch.orders.size() < Spool::kOrdersMax) {
    bytes += message_bytes(waiting_.front().order);
    if (!batch.orders.empty() && bytes > Spool::kBytesMax) {
      break;
    }
    batch.orders.push_back(std::move(waiting_.front().order));
    batch.done.push_back(std::move(waiting_.front().done));
    waiting_.pop_front();
  }
  ++under_way_;
  return true;
}

void SpoolGroup::Lane::send() {
  for (Batch batch; take(batch); batch = {}) {
    auto calls = std::make_shared<std::vector<Done>>(std::move(batch.done));
    spool_->append(std::move(batch.orders),
                   [this, calls](Result<std::vector<contract::SpoolOutcome>> outcomes) {
                     {
                       const std::lock_guard lock(mutex_);
                       --under_way_;
                     }
                     if (outcomes && outcomes->size() != calls->size()) {
                       outcomes = make_error(ErrorCode::kUnavailable,
                                             "the spool answered another number of orders");
                     }
                     // First what waits, so that the spool is not idle while answers are written.
                     send();
                     for (std::size_t i = 0; i < calls->size(); ++i) {
                       outcomes ? (*calls)[i](std::move((*outcomes)[i]))
                                : (*calls)[i](std::unexpected(outcomes.error()));
                     }
                   });
  }
}

}  // namespace dermaga::spool_group
