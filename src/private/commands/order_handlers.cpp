#include <optional>

#include "approval_lines.h"
#include "arguments.h"
#include "handlers.h"
#include "order_state/order_state.h"

namespace dermaga::commands {

namespace {

constexpr std::string_view kStaffReason = "staff_request";

Result<OrderId> only_order_id(const std::vector<std::string>& words,
                              const std::set<std::string>& known) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, known, 1));
  if (arguments.plain().size() != 1) {
    return make_error(ErrorCode::kInvalidArgument, "name one order (ord_…)");
  }
  return OrderId::parse(arguments.plain()[0]);
}

std::string amount(const Money& money) {
  return format_money(money, "en");
}

std::string told_text(orders::FirstAnswer answer) {
  switch (answer) {
    case orders::FirstAnswer::kByCore:
      return "core";
    case orders::FirstAnswer::kDeferred:
      return "told 202 (on record)";
    case orders::FirstAnswer::kLeased:
      return "told 201 (placed)";
  }
  return {};
}

std::string declined_line(const orders::DeclinedSummary& declined) {
  return declined.view.id.str() + "  " + format_rfc3339(declined.view.placed_at) + "  declined " +
         format_rfc3339(declined.decided_at) + "  " + declined.view.cancel_reason + "  " +
         amount(declined.view.total) + "  " + told_text(declined.first_answer) +
         (declined.promise_broken ? "  PROMISE BROKEN" : "");
}

std::string summary_line(const contract::OrderView& view) {
  std::string line = view.id.str() + "  " + format_rfc3339(view.placed_at) + "  " +
                     std::string(order_state::name(view.status)) + "  " +
                     std::string(order_state::name(view.payment_status)) + "  " +
                     std::string(order_state::name(view.fulfilment_status)) + "  " +
                     amount(view.total);
  if (!view.cancel_reason.empty()) {
    line += "  (" + view.cancel_reason + ")";
  }
  return line;
}

// Both ways that an act of four eyes ends.
void print(const shop::DoneOrAsked<contract::OrderView>& outcome, admin::Output& output) {
  if (const auto* const asked = std::get_if<approvals::Approval>(&outcome)) {
    print_asked(*asked, output);
  } else {
    output.line(summary_line(std::get<contract::OrderView>(outcome)));
  }
}

}  // namespace

Status orders_list(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                   admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments,
                   Arguments::parse(words, 2, {"status", "limit", "before"}, 0));
  orders::OrderQuery query;
  if (const auto status = arguments.option("status")) {
    query.status = order_state::order_status_from(*status);
    if (!query.status.has_value()) {
      return make_error(ErrorCode::kInvalidArgument, "--status: no such status " + *status);
    }
  }
  ASSIGN_OR_RETURN(const auto limit, arguments.integer("limit", 1, 100));
  query.limit = static_cast<std::size_t>(limit.value_or(50));
  ASSIGN_OR_RETURN(query.before, arguments.integer("before", 1, INT64_MAX));
  ASSIGN_OR_RETURN(const auto page, shop.orders().list(query));
  for (const auto& item : page.items) {
    output.line(std::to_string(item.order_number) + "  " + summary_line(item.view));
  }
  if (page.items.empty()) {
    output.line("no orders; those that spools took and core could not accept: orders declined");
  } else if (page.next_before.has_value()) {
    output.line("more: --before " + std::to_string(*page.next_before));
  }
  return {};
}

Status orders_declined(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                       admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"limit", "after", "only"}, 0));
  ASSIGN_OR_RETURN(const auto limit, arguments.integer("limit", 1, 100));
  std::optional<OrderId> after;
  if (const auto id = arguments.option("after")) {
    ASSIGN_OR_RETURN(after, OrderId::parse(*id));
  }
  const auto only = arguments.option("only");
  if (only.has_value() && *only != "broken") {
    return make_error(ErrorCode::kInvalidArgument, "--only takes the word broken");
  }
  ASSIGN_OR_RETURN(const auto page,
                   shop.orders().declined(after, static_cast<std::size_t>(limit.value_or(50)),
                                          only.has_value()));
  for (const auto& declined : page.items) {
    output.line(declined_line(declined));
  }
  if (page.items.empty()) {
    output.line("no declined orders");
  } else if (page.next_after.has_value()) {
    output.line("more: --after " + page.next_after->str());
  }
  return {};
}

namespace {

Status show_declined(shop::Shop& shop, const OrderId& id, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto declined, shop.orders().show_declined(id));
  output.line(declined_line(declined));
  output.line(declined.first_answer == orders::FirstAnswer::kLeased
                  ? "  the shopper had been told that it is placed: write to them"
                  : "  the shopper was told that the shop would accept or decline it");
  return {};
}

}  // namespace

Status orders_show(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                   admin::Output& output) {
  ASSIGN_OR_RETURN(const auto id, only_order_id(words, {}));
  const auto found = shop.orders().show(id);
  if (!found.has_value()) {
    return found.error().code() == ErrorCode::kNotFound ? show_declined(shop, id, output)
                                                        : Status(std::unexpected(found.error()));
  }
  const auto& order = *found;
  output.line("order " + std::to_string(order.order_number) + "  " + summary_line(order.view));
  if (order.first_answer != orders::FirstAnswer::kByCore) {
    output.line("  taken by a spool while core was away, " + told_text(order.first_answer) +
                "; accepted " + format_rfc3339(order.accepted_at));
  }
  for (const auto& line : order.lines) {
    output.line("  " + line.variant_id.str() + " × " + std::to_string(line.quantity) + " at " +
                amount(line.unit_price) + " = " + amount(line.line_total) + " (" +
                std::to_string(line.held) + " held at " + line.location_id.str() + ")");
  }
  output.line("  subtotal " + amount(order.subtotal) + ", discount " + amount(order.discount) +
              ", shipping " + amount(order.shipping) + " (" + order.shipping_method + "), tax " +
              amount(order.tax) + (order.tax_included ? " included" : " added") + ", total " +
              amount(order.view.total));
  for (const auto& payment : order.payments) {
    output.line("  " + payment.kind + " " + amount(payment.amount) + " by " + payment.provider +
                " (" + payment.reference + ") at " + format_rfc3339(payment.recorded_at));
  }
  return {};
}

Status orders_cancel(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto id, only_order_id(words, {"reason"}));
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 1));
  const std::string reason = arguments.option("reason").value_or(std::string(kStaffReason));
  ASSIGN_OR_RETURN(const auto outcome,
                   shop.four_eyes().cancel(id, reason, {.actor = actor, .staff = {}}));
  print(outcome, output);
  return {};
}

Status orders_refund(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments,
                   Arguments::parse(words, 2, {"amount", "all", "reason", "key"}, 1));
  ASSIGN_OR_RETURN(const auto id, only_order_id(words, {"amount", "all", "reason", "key"}));
  ASSIGN_OR_RETURN(const auto amount, arguments.integer("amount", 1, INT64_MAX));
  const auto all = arguments.option("all");
  if (amount.has_value() == all.has_value() || (all.has_value() && *all != "yes")) {
    return make_error(ErrorCode::kInvalidArgument, "give either --amount N or --all yes");
  }
  orders::RefundRequest request{.order = id, .amount = amount.value_or(0)};
  ASSIGN_OR_RETURN(request.reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(request.idempotency_key, arguments.required("key"));
  ASSIGN_OR_RETURN(const auto outcome,
                   shop.four_eyes().refund(request, {.actor = actor, .staff = {}}));
  print(outcome, output);
  return {};
}

Status orders_fulfil(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto id, only_order_id(words, {}));
  ASSIGN_OR_RETURN(const auto view, shop.orders().fulfil(id, actor));
  output.line(summary_line(view));
  return {};
}

}  // namespace dermaga::commands
