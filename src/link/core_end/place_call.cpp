#include "place_call.h"

#include <deque>

#include "wire/messages.h"

namespace dermaga::core_end {

namespace {

constexpr std::size_t kBatchesInHandMax = 8;

class PlaceCall final : public serving::Call {
 public:
  PlaceCall(std::shared_ptr<contract::CoreService> core, BatchMetrics& metrics)
      : core_(std::move(core)), metrics_(metrics) {}

  std::weak_ptr<PlaceCall> self;

 private:
  Message take_next() override {
    if (results_.empty()) {
      return nullptr;
    }
    Message next = std::move(results_.front());
    results_.pop_front();
    read_on();
    return next;
  }

  void on_begin() override {
    const std::lock_guard lock(mutex_);
    open();
    read_next();
  }

  void on_message(std::string bytes) override {
    auto batch = wire::decode<wire::PlaceBatch>(bytes);
    if (!batch.has_value()) {
      const std::lock_guard lock(mutex_);
      finish(std::unexpected(std::move(batch).error()));
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      ++in_hand_;
      read_paused_ = true;
      read_on();
    }
    const std::size_t orders = batch->orders.size();
    metrics_.batch(orders);
    core_->place_orders(std::move(batch->orders),
                        [call = self.lock(), id = batch->batch_id,
                         orders](std::vector<contract::PlaceOutcome> outcomes) {
                          call->answer(id, orders, std::move(outcomes));
                        });
  }

  void on_half_close() override {
    const std::lock_guard lock(mutex_);
    close({});
  }

  void drain() override {
    const std::lock_guard lock(mutex_);
    close(make_error(ErrorCode::kUnavailable, "core is stopping"));
  }

  void answer(std::uint64_t id, std::size_t orders, std::vector<contract::PlaceOutcome> outcomes) {
    CHECK(outcomes.size() == orders);
    auto bytes = std::make_shared<const std::string>(
        wire::encode(wire::PlaceBatchResult{id, std::move(outcomes)}));
    const std::lock_guard lock(mutex_);
    --in_hand_;
    results_.push_back(std::move(bytes));
    if (closed_) {
      finish_when_empty();
    }
    pump();
  }

  // With mutex_ held. Results that the peer does not read count too: whoever only asks and never
  // listens must not fill core's memory.
  void read_on() {
    if (read_paused_ && !closed_ && in_hand_ + results_.size() < kBatchesInHandMax) {
      read_paused_ = false;
      read_next();
    }
  }

  // With mutex_ held: no further batch is taken, those in hand are answered.
  void close(Status status) {
    if (!closed_) {
      closed_ = true;
      closing_status_ = std::move(status);
    }
    finish_when_empty();
  }

  void finish_when_empty() {
    if (in_hand_ == 0) {
      finish(closing_status_);
    }
  }

  const std::shared_ptr<contract::CoreService> core_;
  BatchMetrics& metrics_;
  std::size_t in_hand_ = 0;
  bool read_paused_ = false;
  bool closed_ = false;
  Status closing_status_;
  std::deque<Message> results_;  // with in_hand_ at most kBatchesInHandMax
};

}  // namespace

std::shared_ptr<serving::Call> make_place_call(std::shared_ptr<contract::CoreService> core,
                                               BatchMetrics& metrics) {
  auto call = std::make_shared<PlaceCall>(std::move(core), metrics);
  call->self = call;
  return call;
}

}  // namespace dermaga::core_end
