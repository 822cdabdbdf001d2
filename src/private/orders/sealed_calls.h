#pragma once

#include <functional>
#include <string>

#include "order_box/nonce_memory.h"
#include "order_row.h"
#include "orders/orders.h"
#include "payment_desk.h"

namespace dermaga::orders {

// Opaque calls about one order: order.read, order.cancel, payment.challenge. Personal data is
// answered only to the reply key that the order was placed with, whatever else the caller knows.
// A box is taken once: calls that change something keep their nonce in the database, reads in
// memory. Thread-safe.
class SealedCalls {
 public:
  struct Hooks {
    std::function<Result<contract::OrderView>(const OrderId&, std::string_view reason)> cancel_open;
    std::function<void(const OrderId&, vault::ChallengeCode, PaymentDesk::ViewDone)> challenge;
  };
  using Done = std::function<void(contract::SealedAnswer)>;

  SealedCalls(const Ports& ports, Hooks hooks) : ports_(ports), hooks_(std::move(hooks)) {}
  void call(const std::string& box, UtcTime received_at, const Done& done);

 private:
  Result<std::string> read_order_json(store::Connection& connection, const OrderRow& order) const;
  // Nothing, or why this call is refused.
  std::optional<contract::Refused> authorise(store::Connection& connection,
                                             const order_box::OpenedCall& call,
                                             std::optional<OrderRow>& order) const;
  std::optional<contract::Refused> use_nonce(const order_box::OpenedCall& call);
  contract::SealedAnswer answer(const order_box::OpenedCall& call,
                                const Result<std::string>& result_json) const;

  Ports ports_;
  Hooks hooks_;
  order_box::NonceMemory nonces_;
};

// {"id":…,"status":…,…}: an order as the store API tells it.
std::string view_json(const contract::OrderView& view);
// A clock that runs ahead and is set back makes expired boxes valid again; within this time their
// nonces are still known.
inline constexpr std::chrono::hours kNonceKeptAfterExpiry{72};
// Forgets the nonces of boxes that have expired that long ago.
Status forget_nonces(store::Connection& connection, UtcTime now);

}  // namespace dermaga::orders
