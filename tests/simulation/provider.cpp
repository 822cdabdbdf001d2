#include "provider.h"

#include <utility>

namespace dermaga::simulation {

using payments::ChargeState;

payments::ChargeResult Provider::charge(const payments::Charge& charge) {
  const std::string& id = charge.order_id.str();
  const auto [known, added] = accounts_.try_emplace(id);
  Account& account = known->second;
  if (added) {
    const std::string_view token = charge.token.reveal();
    account.state = token == "tok_approve"        ? ChargeState::kPaid
                    : token == "tok_challenge"    ? ChargeState::kChallenge
                    : token == "tok_late_webhook" ? ChargeState::kPending
                                                  : ChargeState::kDeclined;
    if (account.state == ChargeState::kPaid) {
      account.charged = charge.amount.amount();
    } else if (account.state == ChargeState::kPending) {
      account.charged = charge.amount.amount();  // decided already, told later
      send_webhook(charge.order_id, Milliseconds(context_.network_chance.between(100, 40'000)));
    }
    context_.trace.add("provider", id + " charged");
  }
  return {.order_id = charge.order_id, .state = account.state, .reference = "sbx_" + id};
}

void Provider::send_webhook(const OrderId& id, Milliseconds delay) {
  context_.timeline.after(delay, [this, id] {
    accounts_[id.str()].state = ChargeState::kPaid;
    const bool taken =
        listener_ != nullptr &&
        listener_({.order_id = id, .state = ChargeState::kPaid, .reference = "sbx_" + id.str()});
    // Taking it is not yet having recorded it, and the port has no word for that: so it is told
    // again as long as core may be stopped in between.
    if (!taken || !context_.healed) {
      send_webhook(id, 3s);
    }
  });
}

std::string Provider::refund(const payments::Refund& refund) {
  Account& account = accounts_[refund.order_id.str()];
  if (account.refunds.insert(refund.number).second) {  // each number once
    account.refunded += refund.amount.amount();
    context_.trace.add("provider", refund.order_id.str() + " refunded");
  }
  return "sbr_" + refund.order_id.str();
}

struct ProviderDoor::Line {
  Hooks hooks;
  std::function<void(payments::ChargeResult)> listener;
  bool open = true;
};

ProviderDoor::ProviderDoor(Context& context, Provider& provider, Hooks hooks)
    : context_(context),
      provider_(provider),
      line_(std::make_shared<Line>(Line{.hooks = std::move(hooks), .listener = nullptr})) {
  provider_.on_webhook([line = line_](payments::ChargeResult result) {
    if (!line->open || !line->hooks.is_alive() || line->listener == nullptr) {
      return false;
    }
    line->listener(std::move(result));
    line->hooks.answered();
    return true;
  });
}

ProviderDoor::~ProviderDoor() {
  line_->open = false;
  provider_.on_webhook(nullptr);
}

Milliseconds ProviderDoor::delay() {
  return Milliseconds(context_.network_chance.between(0, 300));
}

void ProviderDoor::answer(std::function<void()> deliver) {
  context_.timeline.after(delay(), [line = line_, deliver = std::move(deliver)] {
    if (line->open && line->hooks.is_alive()) {
      deliver();
      line->hooks.answered();
    }
  });
}

Result<vault::PaymentToken> ProviderDoor::tokenize(const payments::Card&) {
  return make_error(ErrorCode::kInvalidArgument, "the simulator's shoppers have no cards");
}

void ProviderDoor::charge(payments::Charge charge, Done done) {
  if (!line_->hooks.is_alive()) {
    return;
  }
  line_->hooks.charging(charge.order_id);
  const bool fails =
      !context_.healed && context_.network_chance.once_in(context_.plan.provider_fails);
  const bool is_heard = !fails || context_.network_chance.once_in(2);
  if (!is_heard) {
    answer([done] { done(make_error(ErrorCode::kUnavailable, "the provider is not there")); });
    return;
  }
  auto result = provider_.charge(charge);
  answer([done, fails, result = std::move(result)] {
    fails ? done(make_error(ErrorCode::kTimeout, "the provider's answer was lost")) : done(result);
  });
}

void ProviderDoor::answer_challenge(payments::Charge, vault::ChallengeCode, Done done) {
  answer([done] { done(make_error(ErrorCode::kUnavailable, "nobody answers challenges here")); });
}

void ProviderDoor::refund(payments::Refund refund, std::function<void(Result<std::string>)> done) {
  if (!line_->hooks.is_alive()) {
    return;
  }
  if (!context_.healed && context_.network_chance.once_in(context_.plan.provider_fails)) {
    answer([done] { done(make_error(ErrorCode::kUnavailable, "the provider is not there")); });
    return;
  }
  answer([done, reference = provider_.refund(refund)] { done(reference); });
}

void ProviderDoor::on_webhook(std::function<void(payments::ChargeResult)> listener) {
  line_->listener = std::move(listener);
}

}  // namespace dermaga::simulation
