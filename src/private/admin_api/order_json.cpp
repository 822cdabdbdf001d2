#include "order_json.h"

#include "catalog/variant_lookup.h"
#include "order_state/order_state.h"

namespace dermaga::admin_api {
namespace {

Status write_line(json::Writer& writer, store::Connection& connection,
                  const orders::OrderDetails::Line& line) {
  ASSIGN_OR_RETURN(const auto known, catalog::name_of_variant(connection, line.variant_id));
  writer.object();
  writer.field("sku", known.sku);
  writer.field("product", known.handle);
  writer.field("variant_id", line.variant_id.str());
  writer.field("location_id", line.location_id.str());
  writer.field("quantity", line.quantity);
  writer.field("held", line.held);
  write_money(writer, "unit_price", line.unit_price);
  write_money(writer, "line_total", line.line_total);
  writer.end_object();
  return {};
}

void write_payment(json::Writer& writer, const orders::OrderDetails::Payment& payment) {
  writer.object();
  writer.field("kind", payment.kind);
  write_money(writer, "amount", payment.amount);
  writer.field("provider", payment.provider);
  writer.field("reference", payment.reference);
  writer.field("recorded_at", format_rfc3339(payment.recorded_at));
  writer.end_object();
}

}  // namespace

std::string_view name(orders::FirstAnswer answer) {
  switch (answer) {
    case orders::FirstAnswer::kByCore:
      return "core";
    case orders::FirstAnswer::kDeferred:
      return "deferred";
    case orders::FirstAnswer::kLeased:
      return "leased";
  }
  return "";
}

void write_order_members(json::Writer& writer, const contract::OrderView& view) {
  writer.field("id", view.id.str());
  writer.field("placed_at", format_rfc3339(view.placed_at));
  writer.field("status", order_state::name(view.status));
  writer.field("payment_status", order_state::name(view.payment_status));
  writer.field("fulfilment_status", order_state::name(view.fulfilment_status));
  if (!view.cancel_reason.empty()) {
    writer.field("cancel_reason", view.cancel_reason);
  }
  write_money(writer, "total", view.total);
}

Status write_order_details(json::Writer& writer, store::Connection& connection,
                           const orders::OrderDetails& order) {
  writer.object();
  write_order_members(writer, order.view);
  writer.field("order_number", order.order_number);
  writer.field("accepted_at", format_rfc3339(order.accepted_at));
  writer.field("first_answer", name(order.first_answer));
  write_money(writer, "subtotal", order.subtotal);
  write_money(writer, "discount", order.discount);
  write_money(writer, "shipping", order.shipping);
  writer.field("shipping_method", order.shipping_method);
  write_money(writer, "tax", order.tax);
  writer.field_bool("tax_included", order.tax_included);
  write_money(writer, "refunded", order.refunded);
  write_money(writer, "refund_due", order.refund_due);
  writer.key("lines");
  writer.array();
  for (const auto& line : order.lines) {
    RETURN_IF_ERROR(write_line(writer, connection, line));
  }
  writer.end_array();
  writer.key("payments");
  writer.array();
  for (const auto& payment : order.payments) {
    write_payment(writer, payment);
  }
  writer.end_array();
  writer.end_object();
  return {};
}

}  // namespace dermaga::admin_api
