#pragma once

#include <string_view>

#include "call.h"
#include "orders/orders.h"

namespace dermaga::admin_api {

std::string_view name(orders::FirstAnswer answer);
// The members of an Order, inside an object that is open.
void write_order_members(json::Writer& writer, const contract::OrderView& view);
// Lines with the names that staff know variants by, which `connection` looks up.
Status write_order_details(json::Writer& writer, store::Connection& connection,
                           const orders::OrderDetails& order);

}  // namespace dermaga::admin_api
