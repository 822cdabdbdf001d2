#include "payments/sandbox.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

namespace dermaga::payments {
namespace {

constexpr std::string_view kApprove = "tok_approve";
constexpr std::string_view kDecline = "tok_decline";
constexpr std::string_view kChallenge = "tok_challenge";
constexpr std::string_view kLateWebhook = "tok_late_webhook";
constexpr std::string_view kChallengeCode = "123456";
constexpr int kChallengeTriesMax = 3;
// What the sandbox remembers of past payments; the oldest are forgotten beyond it.
constexpr std::size_t kRememberedMax = 100'000;

constexpr std::pair<std::string_view, std::string_view> kTestCards[] = {
    {"4242424242424242", kApprove},
    {"4000000000000002", kDecline},
    {"4000000000003220", kChallenge},
    {"4000000000000259", kLateWebhook},
};

ChargeState first_answer(std::string_view token) {
  if (token == kApprove) {
    return ChargeState::kPaid;
  }
  if (token == kChallenge) {
    return ChargeState::kChallenge;
  }
  return token == kLateWebhook ? ChargeState::kPending : ChargeState::kDeclined;
}

class Sandbox final : public PaymentProvider {
 public:
  explicit Sandbox(const SandboxOptions& options)
      : options_(options), webhooks_([this] { run_webhooks(); }) {}
  ~Sandbox() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    woken_.notify_all();
    webhooks_.join();
  }

  std::string_view name() const override { return "sandbox"; }

  Result<vault::PaymentToken> tokenize(const Card& card) override {
    for (const auto& [number, token] : kTestCards) {
      if (card.number.reveal() == number) {
        return vault::PaymentToken(std::string(token));
      }
    }
    return vault::PaymentToken(std::string(kDecline));
  }

  void charge(Charge charge, Done done) override {
    ChargeResult result{.order_id = charge.order_id,
                        .state = ChargeState::kPending,
                        .reference = "sbx_" + charge.order_id.str()};
    {
      const std::lock_guard lock(mutex_);
      const auto [known, added] =
          payments_.try_emplace(charge.order_id, Payment{first_answer(charge.token.reveal()), 0});
      if (added) {
        remember(charge.order_id);
        if (known->second.state == ChargeState::kPending) {
          due_.emplace(std::chrono::steady_clock::now() + options_.webhook_delay, charge.order_id);
        }
      }
      result.state = known->second.state;
    }
    woken_.notify_all();
    done(std::move(result));
  }

  void answer_challenge(Charge charge, vault::ChallengeCode code, Done done) override {
    ChargeResult result{.order_id = charge.order_id,
                        .state = ChargeState::kDeclined,
                        .reference = "sbx_" + charge.order_id.str()};
    {
      const std::lock_guard lock(mutex_);
      const auto [known, added] =
          payments_.try_emplace(charge.order_id, Payment{first_answer(charge.token.reveal()), 0});
      if (added) {
        remember(charge.order_id);
      }
      Payment& payment = known->second;
      if (payment.state == ChargeState::kChallenge) {
        payment.tries += 1;
        if (code.reveal() == kChallengeCode) {
          payment.state = ChargeState::kPaid;
        } else if (payment.tries >= kChallengeTriesMax) {
          payment.state = ChargeState::kDeclined;
        }
      }
      result.state = payment.state;
    }
    done(std::move(result));
  }

  void refund(Refund refund, std::function<void(Result<std::string>)> done) override {
    done("sbr_" + refund.order_id.str() +
         (refund.number == 1 ? "" : "_" + std::to_string(refund.number)));
  }

  void on_webhook(std::function<void(ChargeResult)> listener) override {
    const std::lock_guard lock(listener_mutex_);
    listener_ = std::move(listener);
  }

 private:
  struct Payment {
    ChargeState state;
    int tries;
  };

  // With mutex_ held.
  void remember(const OrderId& id) {
    order_.emplace(next_number_++, id);
    if (order_.size() > kRememberedMax) {
      payments_.erase(order_.begin()->second);
      order_.erase(order_.begin());
    }
  }

  void run_webhooks() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (due_.empty()) {
        woken_.wait(lock);
        continue;
      }
      const auto first = due_.begin();
      if (std::chrono::steady_clock::now() < first->first) {
        woken_.wait_until(lock, first->first);
        continue;
      }
      const OrderId id = first->second;
      due_.erase(first);
      const auto known = payments_.find(id);
      if (known != payments_.end()) {
        known->second.state = ChargeState::kPaid;
      }
      lock.unlock();
      {
        const std::lock_guard listening(listener_mutex_);
        if (listener_) {
          listener_({.order_id = id, .state = ChargeState::kPaid, .reference = "sbx_" + id.str()});
        }
      }
      lock.lock();
    }
  }

  SandboxOptions options_;
  std::mutex listener_mutex_;
  std::function<void(ChargeResult)> listener_;

  std::mutex mutex_;
  std::condition_variable woken_;
  std::unordered_map<OrderId, Payment> payments_;
  std::map<std::uint64_t, OrderId> order_;
  std::uint64_t next_number_ = 0;
  std::multimap<std::chrono::steady_clock::time_point, OrderId> due_;
  bool stopping_ = false;
  std::thread webhooks_;
};

}  // namespace

std::unique_ptr<PaymentProvider> make_sandbox(const SandboxOptions& options) {
  return std::make_unique<Sandbox>(options);
}

}  // namespace dermaga::payments
