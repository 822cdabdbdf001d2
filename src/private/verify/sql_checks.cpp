#include <span>

#include "checks.h"

namespace dermaga::verify {
namespace {

#define ORDER_ROW "'orders ' || o.order_number || ' (' || o.order_id || ')'"
#define STOCK_ROW "'stock ' || s.variant_id || ' at ' || s.location_id"

constexpr SqlCheck kChecks[] = {
    {"stock_negative",
     "SELECT " STOCK_ROW
     ", 'on_hand ' || s.on_hand || ', available ' || s.available || ', held ' || s.held || "
     "', leased ' || s.leased FROM stock s WHERE s.on_hand < 0 OR s.available < 0 OR s.held < 0 "
     "OR s.leased < 0"},
    {"stock_sum",
     "SELECT " STOCK_ROW
     ", 'on_hand ' || s.on_hand || ' is not available ' || s.available || ' + held ' || s.held || "
     "' + leased ' || s.leased FROM stock s WHERE s.on_hand <> s.available + s.held + s.leased"},
    {"stock_held",
     "SELECT " STOCK_ROW
     ", 'held ' || s.held || ', but order lines hold ' || coalesce(l.held, 0) FROM stock s LEFT "
     "JOIN (SELECT variant_id, location_id, sum(held) AS held FROM order_lines GROUP BY "
     "variant_id, location_id) l ON l.variant_id = s.variant_id AND l.location_id = "
     "s.location_id WHERE s.held <> coalesce(l.held, 0)"},
    {"stock_leased",
     "SELECT " STOCK_ROW
     ", 'leased ' || s.leased || ', but open leases have ' || coalesce(l.units, 0) FROM stock s "
     "LEFT JOIN (SELECT u.variant_id, u.location_id, sum(u.granted - u.sold - u.returned) AS units "
     "FROM lease_units u JOIN leases e ON e.epoch = u.epoch WHERE e.state = 0 GROUP BY "
     "u.variant_id, u.location_id) l ON l.variant_id = s.variant_id AND l.location_id = "
     "s.location_id WHERE s.leased <> coalesce(l.units, 0)"},
    {"lease_units",
     "SELECT 'lease_units ' || u.epoch || ' ' || u.variant_id || ' at ' || u.location_id, "
     "'granted ' || u.granted || ', sold ' || u.sold || ', returned ' || u.returned || ' in state "
     "' "
     "|| coalesce(e.state, -1) FROM lease_units u LEFT JOIN leases e ON e.epoch = u.epoch WHERE "
     "e.epoch IS NULL OR u.sold < 0 OR u.returned < 0 OR u.sold + u.returned > u.granted OR "
     "(e.state <> 0 AND u.sold + u.returned <> u.granted)"},
    {"lease_sold",
     "SELECT 'lease_units ' || u.epoch || ' ' || u.variant_id || ' at ' || u.location_id, 'sold ' "
     "|| u.sold || ', but its orders have ' || coalesce(o.units, 0) FROM lease_units u LEFT JOIN "
     "(SELECT s.epoch, l.variant_id, l.location_id, sum(l.quantity) AS units FROM lease_orders s "
     "JOIN order_lines l ON l.order_number = s.order_number GROUP BY s.epoch, l.variant_id, "
     "l.location_id) o ON o.epoch = u.epoch AND o.variant_id = u.variant_id AND o.location_id = "
     "u.location_id WHERE u.sold <> coalesce(o.units, 0)"},
    {"lease_order",
     "SELECT 'lease_orders ' || s.order_number, 'its order is missing or not of a lease' FROM "
     "lease_orders s LEFT JOIN orders o ON o.order_number = s.order_number WHERE o.order_number IS "
     "NULL OR o.first_answer <> 2"},
    {"lease_order",
     "SELECT 'lease_orders ' || s.order_number, 'lease ' || s.epoch || ' never had its ' || "
     "l.variant_id FROM lease_orders s JOIN order_lines l ON l.order_number = s.order_number WHERE "
     "NOT EXISTS (SELECT 1 FROM lease_units u WHERE u.epoch = s.epoch AND u.variant_id = "
     "l.variant_id AND u.location_id = l.location_id)"},
    {"lease_open",
     "SELECT 'leases ' || max(e.epoch), count(*) || ' leases of ' || e.spool_id || ' are open' "
     "FROM leases e WHERE e.state = 0 GROUP BY e.spool_id HAVING count(*) > 1"},
    {"order_lines",
     "SELECT " ORDER_ROW
     ", 'it has no lines' FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE "
     "l.order_number = o.order_number)"},
    {"line_total",
     "SELECT 'order_lines ' || l.order_number || '/' || l.line_no, 'line total ' || l.line_total "
     "|| ' is not ' || l.quantity || ' x ' || l.unit_price FROM order_lines l WHERE l.line_total "
     "<> l.quantity * l.unit_price"},
    {"order_subtotal",
     "SELECT " ORDER_ROW
     ", 'subtotal ' || o.subtotal || ', but its lines sum to ' || l.total FROM orders o JOIN "
     "(SELECT order_number, sum(line_total) AS total FROM order_lines GROUP BY order_number) l ON "
     "l.order_number = o.order_number WHERE l.total <> o.subtotal"},
    {"order_total",
     "SELECT " ORDER_ROW
     ", 'total ' || o.total || ' is not subtotal - discount + shipping + tax' FROM orders o WHERE "
     "o.total <> o.subtotal - o.discount + o.shipping + CASE WHEN o.tax_included = 1 THEN 0 ELSE "
     "o.tax END OR o.discount < 0 OR o.shipping < 0 OR o.tax < 0 OR o.total < 0"},
    {"idempotency_key",
     "SELECT 'orders ' || min(o.order_number) || ' and ' || max(o.order_number), count(*) || ' "
     "orders have one idempotency key' FROM orders o GROUP BY o.idempotency_key HAVING count(*) > "
     "1"},
    {"declined_twice",
     "SELECT " ORDER_ROW
     ", 'it is declined, too' FROM orders o JOIN declined_orders d ON d.order_id = o.order_id OR "
     "d.idempotency_key = o.idempotency_key"},
    {"held_after_release",
     "SELECT 'order_lines ' || l.order_number || '/' || l.line_no, 'holds ' || l.held || ' units "
     "though its order is over' FROM order_lines l JOIN orders o ON o.order_number = "
     "l.order_number WHERE o.status IN (3, 4, 5) AND l.held <> 0"},
    {"held_while_open",
     "SELECT 'order_lines ' || l.order_number || '/' || l.line_no, 'holds ' || l.held || ' of ' || "
     "l.quantity || ' units though its order is open' FROM order_lines l JOIN orders o ON "
     "o.order_number = l.order_number WHERE o.status IN (1, 2) AND l.held <> l.quantity"},
    {"payment_missing",
     "SELECT " ORDER_ROW
     ", 'it counts as paid, but ' || coalesce(p.captured, 0) || ' of ' || o.total || ' was "
     "captured' FROM orders o LEFT JOIN (SELECT order_number, sum(amount) AS captured FROM "
     "payments WHERE kind = 1 GROUP BY order_number) p ON p.order_number = o.order_number WHERE "
     "o.payment_status IN (2, 3, 4) AND coalesce(p.captured, 0) <> o.total"},
    {"payment_unexpected",
     "SELECT " ORDER_ROW
     ", 'it does not count as paid, but a payment was captured' FROM orders o WHERE "
     "o.payment_status IN (0, 1, 5) AND EXISTS (SELECT 1 FROM payments p WHERE p.order_number = "
     "o.order_number AND p.kind = 1)"},
    {"refund",
     "SELECT " ORDER_ROW
     ", 'refunded ' || coalesce(p.refunded, 0) || ' in ' || coalesce(p.refunds, 0) || ', it says ' "
     "|| o.refunded || ' in ' || o.refunds || ', still due ' || o.refund_due || ', status ' || "
     "o.payment_status FROM orders o LEFT JOIN (SELECT order_number, sum(amount) AS refunded, "
     "count(*) AS refunds FROM payments WHERE kind = 2 GROUP BY order_number) p ON p.order_number "
     "= o.order_number WHERE o.refunded <> coalesce(p.refunded, 0) OR o.refunds <> "
     "coalesce(p.refunds, 0) OR o.refund_due < 0 OR o.refunded + o.refund_due > o.total OR "
     "(o.payment_status = 4 AND o.refunded <> o.total) OR (o.payment_status = 3 AND (o.refunded = "
     "0 OR o.refunded = o.total)) OR (o.payment_status IN (0, 1, 2, 5) AND o.refunded <> 0) OR "
     "(o.refund_due <> 0 AND o.payment_status NOT IN (2, 3)) OR (o.status IN (4, 5) AND "
     "o.payment_status IN (2, 3) AND o.refunded + o.refund_due <> o.total)"},
    {"approval",
     "SELECT 'approvals ' || a.approval_id, 'done, but nothing was given back under it' FROM "
     "approvals a WHERE a.state = 3 AND a.kind IN (1, 2) AND NOT EXISTS (SELECT 1 FROM "
     "refund_requests r WHERE r.idempotency_key = a.approval_id)"},
    {"approval",
     "SELECT 'approvals ' || a.approval_id, 'given back though nobody agreed: state ' || a.state "
     "FROM approvals a JOIN refund_requests r ON r.idempotency_key = a.approval_id WHERE a.state "
     "NOT IN (2, 3)"},
    {"approval",
     "SELECT 'approvals ' || a.approval_id, 'agreed to by whoever asked, ' || a.decided_by FROM "
     "approvals a WHERE a.state IN (2, 3) AND a.decided_by IN (a.requested_by, 'staff:' || "
     "a.requester)"},
    {"outbox_placed",
     "SELECT " ORDER_ROW
     ", 'it has ' || coalesce(e.events, 0) || ' order.placed events' FROM orders o LEFT JOIN "
     "(SELECT order_number, count(*) AS events FROM outbox WHERE topic = 'order.placed' GROUP BY "
     "order_number) e ON e.order_number = o.order_number WHERE o.order_number >= (SELECT next FROM "
     "sequences WHERE name = 'outbox_kept_order') AND coalesce(e.events, 0) <> 1"},
    {"outbox_gap",
     "SELECT 'outbox', (max(sequence) - min(sequence) + 1 - count(*)) || ' sequences are missing, "
     "or the next one is not ' || (max(sequence) + 1) FROM outbox HAVING max(sequence) - "
     "min(sequence) + 1 <> count(*) OR max(sequence) + 1 <> (SELECT next FROM sequences WHERE name "
     "= 'outbox')"},
    // Not left to the engine: what orders refer to may lie on another of its nodes.
    {"foreign_key",
     "SELECT " ORDER_ROW
     ", 'its customer ' || o.customer_number || ' is missing' FROM orders o WHERE NOT EXISTS "
     "(SELECT 1 FROM customers c WHERE c.customer_number = o.customer_number)"},
    {"foreign_key",
     "SELECT 'order_lines ' || l.order_number || '/' || l.line_no, 'its order is missing' FROM "
     "order_lines l WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.order_number = "
     "l.order_number)"},
    {"foreign_key",
     "SELECT 'order_lines ' || l.order_number || '/' || l.line_no, 'its stock ' || l.variant_id || "
     "' at ' || l.location_id || ' is missing' FROM order_lines l WHERE NOT EXISTS (SELECT 1 FROM "
     "stock s WHERE s.variant_id = l.variant_id AND s.location_id = l.location_id)"},
    {"foreign_key",
     "SELECT 'payments ' || p.order_number || '/' || p.entry_no, 'its order is missing' FROM "
     "payments p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.order_number = "
     "p.order_number)"},
    {"foreign_key",
     "SELECT 'stock_adjustments ' || a.adjustment_number, 'its stock ' || a.variant_id || ' at ' "
     "|| a.location_id || ' is missing' FROM stock_adjustments a WHERE NOT EXISTS (SELECT 1 FROM "
     "stock s WHERE s.variant_id = a.variant_id AND s.location_id = a.location_id)"},
    {"customer_index_orphan",
     "SELECT 'customer_index ' || i.customer_id, 'whoever it finds is not there, or was erased' "
     "FROM customer_index i WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.customer_id = "
     "i.customer_id AND length(c.wrapped_key) > 0) AND NOT EXISTS (SELECT 1 FROM declined_orders d "
     "WHERE d.customer_id = i.customer_id AND length(d.wrapped_key) > 0) AND NOT EXISTS (SELECT 1 "
     "FROM accounts a WHERE a.customer_id = i.customer_id)"},
    {"customer_index_twice",
     "SELECT 'customer_index ' || customer_id, count(*) || ' values of kind ' || kind FROM "
     "customer_index GROUP BY customer_id, kind HAVING count(*) > 1"},
    {"customer_index_mark",
     "SELECT 'sequences', 'the index goes on at customer ' || s.next || ', which leaves some out' "
     "FROM sequences s WHERE s.name = 'customer_index' AND (s.next < 1 OR s.next > (SELECT "
     "coalesce(max(customer_number), 0) + 1 FROM customers))"},
    {"order_numbers",
     "SELECT 'orders', 'numbers 1 to ' || max(order_number) || ' for ' || count(*) || ' orders' "
     "FROM orders HAVING count(*) > 0 AND (max(order_number) <> count(*) OR max(order_number) + 1 "
     "<> (SELECT next FROM sequences WHERE name = 'order'))"},
};

#undef ORDER_ROW
#undef STOCK_ROW

}  // namespace

std::span<const SqlCheck> sql_checks() {
  return kChecks;
}

}  // namespace dermaga::verify
