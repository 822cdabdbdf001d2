#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "context.h"
#include "payments/payments.h"

namespace dermaga::simulation {

// The payment provider's own books. It never fails itself; only the way to it does.
class Provider {
 public:
  struct Account {
    payments::ChargeState state = payments::ChargeState::kPending;
    std::int64_t charged = 0;
    std::int64_t refunded = 0;
    std::set<std::int64_t> refunds;  // by number
    bool webhook_due = false;
  };

  explicit Provider(Context& context) : context_(context) {}

  // The token decides, as with the sandbox; the same order twice is charged once.
  payments::ChargeResult charge(const payments::Charge& charge);
  std::string refund(const payments::Refund& refund);
  const std::map<std::string, Account>& accounts() const { return accounts_; }

  // Late decisions go to whoever serves then; tried until somebody takes them.
  void on_webhook(std::function<bool(payments::ChargeResult)> listener) {
    listener_ = std::move(listener);
  }

 private:
  void send_webhook(const OrderId& id, Milliseconds delay);

  Context& context_;
  std::map<std::string, Account> accounts_;  // by order id
  std::function<bool(payments::ChargeResult)> listener_;
};

// The provider as one core process reaches it: calls that fail before or after they were heard, and
// answers that come later. Answers nobody when the process is gone.
class ProviderDoor final : public payments::PaymentProvider {
 public:
  struct Hooks {
    std::function<bool()> is_alive;
    std::function<void(const OrderId&)> charging;  // before the provider hears of it
    std::function<void()> answered;                // there is work for the payment desk
  };
  ProviderDoor(Context& context, Provider& provider, Hooks hooks);
  ~ProviderDoor() override;

  std::string_view name() const override { return "sandbox"; }
  Result<vault::PaymentToken> tokenize(const payments::Card&) override;
  void charge(payments::Charge charge, Done done) override;
  void answer_challenge(payments::Charge charge, vault::ChallengeCode code, Done done) override;
  void refund(payments::Refund refund, std::function<void(Result<std::string>)> done) override;
  void on_webhook(std::function<void(payments::ChargeResult)> listener) override;

 private:
  struct Line;  // what answers under way still need
  void answer(std::function<void()> deliver);
  Milliseconds delay();

  Context& context_;
  Provider& provider_;
  std::shared_ptr<Line> line_;
};

}  // namespace dermaga::simulation
