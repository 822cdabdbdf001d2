#include "history.h"

#include <limits>

#include "order_row.h"

namespace dermaga::orders {

Result<std::vector<OrderSummary>> list_history(store::Connection& connection,
                                               const CustomerId& account,
                                               std::optional<std::int64_t> before,
                                               std::size_t limit) {
  std::vector<OrderSummary> items;
  const store::Parameter page[] = {std::string_view(account.str()),
                                   before.value_or(std::numeric_limits<std::int64_t>::max()),
                                   static_cast<std::int64_t>(limit)};
  RETURN_IF_ERROR(connection.query(
      "SELECT " + std::string(kOrderColumns) +
          " FROM orders WHERE order_number IN (SELECT order_number FROM account_orders WHERE "
          "customer_id = $1 AND order_number < $2 ORDER BY order_number DESC LIMIT $3) ORDER BY "
          "order_number DESC",
      page, [&items](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(const OrderRow order, read_order(row));
        items.push_back({.order_number = order.number, .view = view_of(order)});
        return {};
      }));
  return items;
}

Status check_history(store::Connection& connection, const CustomerId& account, const OrderId& id) {
  bool found = false;
  const store::Parameter keys[] = {std::string_view(account.str()), std::string_view(id.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT 1 FROM account_orders a JOIN orders o ON o.order_number = a.order_number WHERE "
      "a.customer_id = $1 AND o.order_id = $2",
      keys, [&found](const store::Row&) -> Status {
        found = true;
        return {};
      }));
  return found ? Status()
               : make_error(ErrorCode::kNotFound, "there is no such order in this account");
}

}  // namespace dermaga::orders
