#pragma once

#include "orders/orders.h"
#include "store/database.h"

namespace dermaga::orders {

// What staff may see of orders; reads only.
Result<OrderPage> list_orders(store::Connection& connection, const OrderQuery& query);
Result<OrderDetails> show_order(store::Connection& connection, const OrderId& id);

}  // namespace dermaga::orders
