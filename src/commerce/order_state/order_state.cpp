#include "order_state/order_state.h"

#include <array>
#include <string>
#include <utility>

namespace dermaga::order_state {
namespace {

using enum OrderStatus;
using enum PaymentStatus;
using enum FulfilmentStatus;

// In the order of the enumerators.
constexpr std::array<std::string_view, 6> kOrderNames = {
    "pending_acceptance", "open", "confirmed", "completed", "expired", "cancelled"};
constexpr std::array<std::string_view, 6> kPaymentNames = {
    "pending", "authorized", "paid", "partially_refunded", "refunded", "failed"};
constexpr std::array<std::string_view, 4> kFulfilmentNames = {"unfulfilled", "partial", "fulfilled",
                                                              "returned"};

constexpr std::pair<OrderStatus, OrderStatus> kOrderMoves[] = {
    {kPendingAcceptance, kOpen}, {kPendingAcceptance, kCancelled},
    {kOpen, kConfirmed},         {kOpen, kExpired},
    {kOpen, kCancelled},         {kConfirmed, kCompleted},
    {kConfirmed, kCancelled},
};

constexpr std::pair<PaymentStatus, PaymentStatus> kPaymentMoves[] = {
    {kPending, kAuthorized},
    {kPending, kPaid},
    {kPending, kFailed},
    {kAuthorized, kPaid},
    {kAuthorized, kFailed},
    {kPaid, kPartiallyRefunded},
    {kPaid, kRefunded},
    {kPartiallyRefunded, kPartiallyRefunded},
    {kPartiallyRefunded, kRefunded},
};

constexpr std::pair<FulfilmentStatus, FulfilmentStatus> kFulfilmentMoves[] = {
    {kUnfulfilled, kPartial}, {kUnfulfilled, kFulfilled}, {kPartial, kPartial},
    {kPartial, kFulfilled},   {kPartial, kReturned},      {kFulfilled, kReturned},
};

template <typename State, std::size_t size>
std::optional<State> from_name(const std::array<std::string_view, size>& names,
                               std::string_view name) {
  for (std::size_t i = 0; i < size; ++i) {
    if (names[i] == name) {
      return static_cast<State>(i);
    }
  }
  return std::nullopt;
}

template <typename State, std::size_t size>
Status check(const std::pair<State, State> (&moves)[size], std::string_view axis, State from,
             State to) {
  for (const auto& move : moves) {
    if (move.first == from && move.second == to) {
      return {};
    }
  }
  return make_error(ErrorCode::kVersionConflict, std::string(axis) + " cannot go from " +
                                                     std::string(name(from)) + " to " +
                                                     std::string(name(to)));
}

}  // namespace

std::string_view name(OrderStatus status) {
  return kOrderNames.at(static_cast<std::size_t>(status));
}
std::string_view name(PaymentStatus status) {
  return kPaymentNames.at(static_cast<std::size_t>(status));
}
std::string_view name(FulfilmentStatus status) {
  return kFulfilmentNames.at(static_cast<std::size_t>(status));
}

std::optional<OrderStatus> order_status_from(std::string_view name) {
  return from_name<OrderStatus>(kOrderNames, name);
}
std::optional<PaymentStatus> payment_status_from(std::string_view name) {
  return from_name<PaymentStatus>(kPaymentNames, name);
}
std::optional<FulfilmentStatus> fulfilment_status_from(std::string_view name) {
  return from_name<FulfilmentStatus>(kFulfilmentNames, name);
}

Status check_move(OrderStatus from, OrderStatus to) {
  return check(kOrderMoves, "order status", from, to);
}
Status check_move(PaymentStatus from, PaymentStatus to) {
  return check(kPaymentMoves, "payment status", from, to);
}
Status check_move(FulfilmentStatus from, FulfilmentStatus to) {
  return check(kFulfilmentMoves, "fulfilment status", from, to);
}

}  // namespace dermaga::order_state
