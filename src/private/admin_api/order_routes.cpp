#include <charconv>

#include "approval_json.h"
#include "order_json.h"
#include "order_state/order_state.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

// What the shopper sees; why it was, the audit log keeps.
constexpr std::string_view kStaffReason = "staff_request";

Result<OrderId> order_of(const Call& call) {
  return OrderId::parse(call.values[0]);
}

http::Response one(const contract::OrderView& view, int status = 200) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  write_order_members(writer, view);
  writer.end_object();
  return json_response(status, std::move(text));
}

http::Response one(const shop::DoneOrAsked<contract::OrderView>& outcome, const Call& call,
                   int status = 200) {
  const auto* const view = std::get_if<contract::OrderView>(&outcome);
  return view != nullptr ? one(*view, status)
                         : one_approval(std::get<approvals::Approval>(outcome), call, 202);
}

Result<orders::RefundRequest> refund_in(json::ObjectReader& reader) {
  orders::RefundRequest request;
  ASSIGN_OR_RETURN(request.reason, reason_in(reader));
  if (const auto amount = reader.optional("amount")) {
    ASSIGN_OR_RETURN(request.amount, amount->as_integer(1, INT64_MAX));
  }
  return request;
}

}  // namespace

Result<http::Response> list_orders(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto query, Query::parse(call, {"status", "limit", "cursor"}));
  orders::OrderQuery wanted;
  if (const auto status = query.one("status")) {
    wanted.status = order_state::order_status_from(*status);
    if (!wanted.status.has_value()) {
      return make_error(ErrorCode::kInvalidArgument, "there is no such status");
    }
  }
  ASSIGN_OR_RETURN(wanted.limit, query.limit());
  ASSIGN_OR_RETURN(wanted.before, query.integer("cursor", 1, INT64_MAX));
  ASSIGN_OR_RETURN(const auto page, desk.shop.orders().list(wanted));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& item : page.items) {
    writer.object();
    write_order_members(writer, item.view);
    writer.field("order_number", item.order_number);
    writer.end_object();
  }
  writer.end_array();
  if (page.next_before.has_value()) {
    writer.field("next_cursor", std::to_string(*page.next_before));
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> get_order(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, order_of(call));
  ASSIGN_OR_RETURN(const auto order, desk.shop.orders().show(id));
  std::string text;
  json::Writer writer(text);
  ASSIGN_OR_RETURN(const auto connection, desk.shop.connect());
  RETURN_IF_ERROR(write_order_details(writer, *connection, order));
  return json_response(200, std::move(text));
}

Result<http::Response> cancel_order(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, order_of(call));
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  // Cancelling what was paid is a refund.
  const bool may_refund = call.caller.permissions.has(roles::Permission::kOrdersRefund);
  const auto outcome = desk.shop.four_eyes().cancel(
      id, kStaffReason, requester_of(call),
      {.may_refund = may_refund && call.caller.is_fresh, .why = reason});
  if (!outcome.has_value() && outcome.error().code() == ErrorCode::kForbidden && may_refund) {
    return step_up_required();
  }
  RETURN_IF_ERROR(outcome);
  return one(*outcome, call);
}

Result<http::Response> refund_order(Desk& desk, Call& call) {
  if (call.idempotency_key.empty()) {
    return http::problem(400, "idempotency_key_missing", "An idempotency key is missing",
                         "Send one in the Idempotency-Key header, the same for each try.");
  }
  ASSIGN_OR_RETURN(const auto id, order_of(call));
  ASSIGN_OR_RETURN(auto request, read_body<orders::RefundRequest>(call, &refund_in));
  request.order = id;
  request.idempotency_key = call.idempotency_key;
  const auto outcome = desk.shop.four_eyes().refund(request, requester_of(call));
  if (!outcome.has_value() && outcome.error().code() == ErrorCode::kAlreadyExists) {
    return http::problem(422, "idempotency_key_reused", "The idempotency key was used before",
                         outcome.error().message());
  }
  RETURN_IF_ERROR(outcome);
  return one(*outcome, call, 201);
}

Result<http::Response> fulfil_order(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, order_of(call));
  ASSIGN_OR_RETURN(const auto view, desk.shop.orders().fulfil(id, identity::actor_of(call.caller)));
  return one(view);
}

Result<http::Response> list_declined_orders(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto query, Query::parse(call, {"only", "limit", "cursor"}));
  const auto only = query.one("only");
  if (only.has_value() && *only != "broken") {
    return make_error(ErrorCode::kInvalidArgument, "only takes the word broken");
  }
  ASSIGN_OR_RETURN(const auto limit, query.limit());
  std::optional<OrderId> after;
  if (const auto cursor = query.one("cursor")) {
    ASSIGN_OR_RETURN(after, OrderId::parse(*cursor));
  }
  ASSIGN_OR_RETURN(const auto page, desk.shop.orders().declined(after, limit, only.has_value()));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& declined : page.items) {
    writer.object();
    write_order_members(writer, declined.view);
    writer.field("decided_at", format_rfc3339(declined.decided_at));
    writer.field("first_answer", name(declined.first_answer));
    writer.field_bool("promise_broken", declined.promise_broken);
    writer.end_object();
  }
  writer.end_array();
  if (page.next_after.has_value()) {
    writer.field("next_cursor", page.next_after->str());
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

}  // namespace dermaga::admin_api
