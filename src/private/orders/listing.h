#pragma once

#include <cstddef>
#include <optional>

#include "orders/orders.h"
#include "store/database.h"

namespace dermaga::orders {

// What staff may see of orders; reads only.
Result<OrderPage> list_orders(store::Connection& connection, const OrderQuery& query);
Result<DeclinedPage> list_declined(store::Connection& connection,
                                   const std::optional<OrderId>& after, std::size_t limit);
Result<OrderDetails> show_order(store::Connection& connection, const OrderId& id);

}  // namespace dermaga::orders
