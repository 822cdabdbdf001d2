#pragma once

#include <functional>
#include <string>

#include "order_row.h"
#include "orders/orders.h"
#include "payment_desk.h"
#include "sealed_calls/sealed_calls.h"

namespace dermaga::orders {

// Opaque calls about one order: order.read, order.cancel, payment.challenge. Personal data is
// answered only to the reply key that the order was placed with, whatever else the caller knows.
// Thread-safe.
class OrderCalls final : public sealed_calls::CallHandler {
 public:
  struct Hooks {
    std::function<Result<contract::OrderView>(const OrderId&, std::string_view reason)> cancel_open;
    std::function<void(const OrderId&, vault::ChallengeCode, PaymentDesk::ViewDone)> challenge;
  };

  OrderCalls(const Ports& ports, Hooks hooks) : ports_(ports), hooks_(std::move(hooks)) {}
  std::variant<Act, contract::Refused> prepare(
      const std::shared_ptr<order_box::OpenedCall>& call) override;

 private:
  // Nothing, or why this call is refused.
  std::optional<contract::Refused> authorise(const order_box::OpenedCall& call,
                                             OrderRow& order) const;
  void act(const order_box::OpenedCall& call, const OrderRow& order, const Done& done);

  Ports ports_;
  Hooks hooks_;
};

// All of an order, what is personal opened: only for whoever placed it. Without an access token it
// has none. kNotFound once it was erased.
Result<std::string> details_json(store::Connection& connection, const vault::Vault& vault,
                                 const OrderRow& order, std::string_view access_token = {});

// Why an order was cancelled that its shopper took back.
inline constexpr std::string_view kShopperRequest = "shopper_request";

}  // namespace dermaga::orders
