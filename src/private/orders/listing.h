#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "orders/orders.h"
#include "store/database.h"

namespace dermaga::orders {

// What staff may see of orders; reads only.
Result<OrderPage> list_orders(store::Connection& connection, const OrderQuery& query);
Result<DeclinedPage> list_declined(store::Connection& connection,
                                   const std::optional<OrderId>& after, std::size_t limit,
                                   bool only_broken_promises);
Result<OrderDetails> show_order(store::Connection& connection, const OrderId& id);
Result<DeclinedSummary> show_declined(store::Connection& connection, const OrderId& id);
// Declined though a spool had promised the units.
Result<std::int64_t> count_broken_promises(store::Connection& connection);

}  // namespace dermaga::orders
