#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::order_state {

// The three axes of an order (DESIGN §5). The numbers are stored; never reuse one.
enum class OrderStatus {
  kPendingAcceptance = 0,
  kOpen = 1,
  kConfirmed = 2,
  kCompleted = 3,
  kExpired = 4,
  kCancelled = 5
};
enum class PaymentStatus {
  kPending = 0,
  kAuthorized = 1,
  kPaid = 2,
  kPartiallyRefunded = 3,
  kRefunded = 4,
  kFailed = 5
};
enum class FulfilmentStatus { kUnfulfilled = 0, kPartial = 1, kFulfilled = 2, kReturned = 3 };

std::string_view name(OrderStatus status);  // "pending_acceptance", "open", …
std::string_view name(PaymentStatus status);
std::string_view name(FulfilmentStatus status);
std::optional<OrderStatus> order_status_from(std::string_view name);
std::optional<PaymentStatus> payment_status_from(std::string_view name);
std::optional<FulfilmentStatus> fulfilment_status_from(std::string_view name);

// One table of allowed moves per axis; kVersionConflict for a move that is not in it.
Status check_move(OrderStatus from, OrderStatus to);
Status check_move(PaymentStatus from, PaymentStatus to);
Status check_move(FulfilmentStatus from, FulfilmentStatus to);

}  // namespace dermaga::order_state
