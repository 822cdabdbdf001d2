#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ids/ids.h"
#include "orders/orders.h"
#include "store/database.h"

namespace dermaga::orders {

// What stands in an account's history.
Result<std::vector<OrderSummary>> list_history(store::Connection& connection,
                                               const CustomerId& account,
                                               std::optional<std::int64_t> before,
                                               std::size_t limit);
// kNotFound unless the order stands there.
Status check_history(store::Connection& connection, const CustomerId& account, const OrderId& id);

}  // namespace dermaga::orders
