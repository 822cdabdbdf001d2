#include "order_state/order_state.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dermaga::order_state {
namespace {

// Every pair of every axis is tried; the allowed ones are written out here a second time, by name.
template <typename State>
void walk(int size, const std::set<std::string>& allowed) {
  for (int from = 0; from < size; ++from) {
    for (int to = 0; to < size; ++to) {
      const auto a = static_cast<State>(from);
      const auto b = static_cast<State>(to);
      const std::string pair = std::string(name(a)) + ">" + std::string(name(b));
      const Status status = check_move(a, b);
      EXPECT_EQ(status.has_value(), allowed.contains(pair)) << pair;
      if (!status) {
        EXPECT_EQ(status.error().code(), ErrorCode::kVersionConflict) << pair;
      }
    }
  }
}

TEST(OrderState, OrderMoves) {
  walk<OrderStatus>(
      6, {"pending_acceptance>open", "pending_acceptance>cancelled", "open>confirmed",
          "open>expired", "open>cancelled", "confirmed>completed", "confirmed>cancelled"});
}

TEST(OrderState, PaymentMoves) {
  walk<PaymentStatus>(6, {"pending>authorized", "pending>paid", "pending>failed", "authorized>paid",
                          "authorized>failed", "paid>partially_refunded", "paid>refunded",
                          "partially_refunded>partially_refunded", "partially_refunded>refunded"});
}

TEST(OrderState, FulfilmentMoves) {
  walk<FulfilmentStatus>(4, {"unfulfilled>partial", "unfulfilled>fulfilled", "partial>partial",
                             "partial>fulfilled", "partial>returned", "fulfilled>returned"});
}

TEST(OrderState, NamesGoBothWays) {
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(order_status_from(name(static_cast<OrderStatus>(i))), static_cast<OrderStatus>(i));
    EXPECT_EQ(payment_status_from(name(static_cast<PaymentStatus>(i))),
              static_cast<PaymentStatus>(i));
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(fulfilment_status_from(name(static_cast<FulfilmentStatus>(i))),
              static_cast<FulfilmentStatus>(i));
  }
  EXPECT_EQ(order_status_from("paid"), std::nullopt);
  EXPECT_EQ(payment_status_from(""), std::nullopt);
  EXPECT_EQ(fulfilment_status_from("Fulfilled"), std::nullopt);
}

}  // namespace
}  // namespace dermaga::order_state
