#include "listing.h"

#include <limits>

#include "declined.h"
#include "order_row.h"
#include "transitions.h"

namespace dermaga::orders {
namespace {

constexpr std::size_t kPageMax = 100;

Status read_lines(store::Connection& connection, const Currency& currency, OrderDetails& details) {
  const store::Parameter key[] = {details.order_number};
  return connection.query(
      "SELECT variant_id, location_id, quantity, held, unit_price, line_total FROM order_lines "
      "WHERE order_number = $1 ORDER BY line_no",
      key, [&](const store::Row& row) -> Status {
        OrderDetails::Line line;
        ASSIGN_OR_RETURN(line.variant_id, VariantId::parse(row.text(0)));
        ASSIGN_OR_RETURN(line.location_id, LocationId::parse(row.text(1)));
        line.quantity = row.integer(2);
        line.held = row.integer(3);
        line.unit_price = Money(row.integer(4), currency);
        line.line_total = Money(row.integer(5), currency);
        details.lines.push_back(std::move(line));
        return {};
      });
}

Status read_payments(store::Connection& connection, const Currency& currency,
                     OrderDetails& details) {
  const store::Parameter key[] = {details.order_number};
  return connection.query(
      "SELECT kind, amount, provider, reference, recorded_at FROM payments WHERE order_number = $1 "
      "ORDER BY entry_no",
      key, [&](const store::Row& row) -> Status {
        details.payments.push_back(
            {.kind = std::string(name(static_cast<PaymentEntry>(row.integer(0)))),
             .amount = Money(row.integer(1), currency),
             .provider = std::string(row.text(2)),
             .reference = std::string(row.text(3)),
             .recorded_at = from_unix_ms(row.integer(4))});
        return {};
      });
}

DeclinedSummary summary_of(DeclinedOrder declined) {
  const bool broken =
      declined.first_answer == FirstAnswer::kLeased && breaks_promise(declined.view.cancel_reason);
  return {.view = std::move(declined.view),
          .decided_at = declined.decided_at,
          .first_answer = declined.first_answer,
          .promise_broken = broken};
}

}  // namespace

Result<OrderPage> list_orders(store::Connection& connection, const OrderQuery& query) {
  if (query.limit < 1 || query.limit > kPageMax) {
    return make_error(ErrorCode::kInvalidArgument, "limit must be from 1 to 100");
  }
  const std::int64_t before = query.before.value_or(std::numeric_limits<std::int64_t>::max());
  const store::Parameter all[] = {before, static_cast<std::int64_t>(query.limit + 1)};
  const store::Parameter some[] = {
      before, static_cast<std::int64_t>(query.limit + 1),
      static_cast<std::int64_t>(query.status.value_or(order_state::OrderStatus::kOpen))};
  const std::string sql =
      "SELECT " + std::string(kOrderColumns) + " FROM orders WHERE order_number < $1" +
      (query.status.has_value() ? " AND status = $3" : "") + " ORDER BY order_number DESC LIMIT $2";
  OrderPage page;
  RETURN_IF_ERROR(connection.query(
      sql,
      query.status.has_value() ? std::span<const store::Parameter>(some)
                               : std::span<const store::Parameter>(all),
      [&page](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(const OrderRow order, read_order(row));
        page.items.push_back({.order_number = order.number, .view = view_of(order)});
        return {};
      }));
  if (page.items.size() > query.limit) {
    page.items.pop_back();
    page.next_before = page.items.back().order_number;
  }
  return page;
}

Result<DeclinedPage> list_declined(store::Connection& connection,
                                   const std::optional<OrderId>& after, std::size_t limit,
                                   bool only_broken_promises) {
  if (limit < 1 || limit > kPageMax) {
    return make_error(ErrorCode::kInvalidArgument, "limit must be from 1 to 100");
  }
  std::int64_t decided_at = std::numeric_limits<std::int64_t>::max();
  if (after.has_value()) {
    ASSIGN_OR_RETURN(const auto last, find_declined(connection, *after));
    if (!last.has_value()) {
      return make_error(ErrorCode::kNotFound, "there is no declined order " + after->str());
    }
    decided_at = to_unix_ms(last->decided_at);
  }
  const std::string_view before = after.has_value() ? after->str() : std::string_view();
  const store::Parameter bounds[] = {decided_at, before, static_cast<std::int64_t>(limit + 1)};
  DeclinedPage page;
  RETURN_IF_ERROR(connection.query(
      "SELECT " + std::string(kDeclinedColumns) +
          " FROM declined_orders WHERE (decided_at < $1 OR (decided_at = $1 AND order_id < $2)) " +
          (only_broken_promises ? "AND " + std::string(kPromiseIsBroken) + " " : "") +
          "ORDER BY decided_at DESC, order_id DESC LIMIT $3",
      bounds, [&page](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto declined, read_declined(row));
        page.items.push_back(summary_of(std::move(declined)));
        return {};
      }));
  if (page.items.size() > limit) {
    page.items.pop_back();
    page.next_after = page.items.back().view.id;
  }
  return page;
}

Result<DeclinedSummary> show_declined(store::Connection& connection, const OrderId& id) {
  ASSIGN_OR_RETURN(auto declined, find_declined(connection, id));
  if (!declined.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no order " + id.str());
  }
  return summary_of(*std::move(declined));
}

Result<std::int64_t> count_broken_promises(store::Connection& connection) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(connection.query(
      "SELECT count(*) FROM declined_orders WHERE " + std::string(kPromiseIsBroken), {},
      [&count](const store::Row& row) -> Status {
        count = row.integer(0);
        return {};
      }));
  return count;
}

Result<OrderDetails> show_order(store::Connection& connection, const OrderId& id) {
  ASSIGN_OR_RETURN(const OrderRow order, require_order(connection, id));
  OrderDetails details;
  details.order_number = order.number;
  details.version = order.version;
  details.view = view_of(order);
  details.accepted_at = order.placed_at;
  const Currency currency = order.total.currency();
  details.refunded = Money(order.refunded, currency);
  details.refund_due = Money(order.refund_due, currency);
  const store::Parameter key[] = {order.number};
  RETURN_IF_ERROR(connection.query(
      "SELECT subtotal, discount, shipping, tax, tax_included, shipping_method, coupon, "
      "catalog_version, first_answer FROM orders WHERE order_number = $1",
      key, [&](const store::Row& row) -> Status {
        details.subtotal = Money(row.integer(0), currency);
        details.discount = Money(row.integer(1), currency);
        details.shipping = Money(row.integer(2), currency);
        details.tax = Money(row.integer(3), currency);
        details.tax_included = row.integer(4) != 0;
        details.shipping_method = row.text(5);
        details.coupon = row.text(6);
        details.catalog_version = static_cast<std::uint64_t>(row.integer(7));
        details.first_answer = static_cast<FirstAnswer>(row.integer(8));
        return {};
      }));
  RETURN_IF_ERROR(read_lines(connection, currency, details));
  RETURN_IF_ERROR(read_payments(connection, currency, details));
  return details;
}

}  // namespace dermaga::orders
