#include "shop/four_eyes.h"

#include <charconv>
#include <utility>

#include "identity/accounts.h"

namespace dermaga::shop {
namespace {

using approvals::Approval;
using approvals::Kind;
using contract::OrderView;

// Keys of this form are approvals': what was agreed to is done under its id.
constexpr std::string_view kApprovalKey = "apr_";

}  // namespace

FourEyes::FourEyes(const Ports& ports, const config::FourEyes& rules, Currency currency)
    : ports_(ports),
      rules_(rules),
      sum_max_(rules.refunds_over, currency),
      approvals_({.database = ports.database,
                  .clock = ports.clock,
                  .random = ports.random,
                  .waits = std::chrono::hours(rules.approval_hours),
                  .permissions_now = &identity::permissions_now,
                  .perform = [this](const Approval& approval, const audit::Actor& actor) {
                    return perform(approval, actor);
                  }}) {}

Result<DoneOrAsked<OrderView>> FourEyes::refund(const orders::RefundRequest& request,
                                                const approvals::Requester& by) {
  if (request.idempotency_key.starts_with(kApprovalKey)) {
    return make_error(ErrorCode::kInvalidArgument, "idempotency keys do not begin with apr_");
  }
  // Whatever the settings say by now: it may still be agreed to, or have been.
  ASSIGN_OR_RETURN(const auto asked, approvals_.asked_under(request.idempotency_key));
  if (asked.has_value()) {
    return ask_refund(request, by);
  }
  if (rules_.refunds_over == 0) {
    return ports_.orders.refund(request, by.actor);
  }
  ASSIGN_OR_RETURN(auto given, ports_.orders.refund_within(sum_max_, request, by.actor));
  if (given.has_value()) {
    return *std::move(given);
  }
  return ask_refund(request, by);
}

Result<Approval> FourEyes::ask_refund(const orders::RefundRequest& request,
                                      const approvals::Requester& by) {
  ASSIGN_OR_RETURN(const auto order, ports_.orders.show(request.order));
  return approvals_.ask({.deed = {.kind = Kind::kOrderRefund,
                                  .subject = request.order.str(),
                                  .amount = request.amount,
                                  .detail = std::string(order.view.total.currency().code())},
                         .key = request.idempotency_key,
                         .by = by,
                         .reason = request.reason});
}

Result<DoneOrAsked<OrderView>> FourEyes::cancel(const OrderId& id, std::string_view reason,
                                                const approvals::Requester& by,
                                                const orders::CancelOptions& options) {
  if (rules_.refunds_over == 0) {
    return ports_.orders.cancel(id, reason, by.actor, options);
  }
  ASSIGN_OR_RETURN(auto given,
                   ports_.orders.cancel_within(sum_max_, id, reason, by.actor, options));
  if (given.has_value()) {
    return *std::move(given);
  }
  return approvals_.ask(
      {.deed = {.kind = Kind::kOrderCancel, .subject = id.str(), .detail = std::string(reason)},
       .key = "",
       .by = by,
       .reason = options.why.empty() ? std::string(reason) : options.why});
}

key_custody::KeyCustody FourEyes::custody() {
  return key_custody::KeyCustody(
      {.database = ports_.database, .vault = ports_.vault, .audit_log = ports_.audit_log});
}

Result<DoneOrAsked<std::monostate>> FourEyes::destroy_key(std::uint32_t version,
                                                          std::string_view reason,
                                                          const approvals::Requester& by) {
  if (!rules_.key_destruction) {
    RETURN_IF_ERROR(custody().destroy(version, by.actor, reason));
    return std::monostate();
  }
  RETURN_IF_ERROR(custody().check_unneeded(version));
  return approvals_.ask({.deed = {.kind = Kind::kKeyDestroy, .subject = std::to_string(version)},
                         .key = "",
                         .by = by,
                         .reason = std::string(reason)});
}

// What two persons agreed on, in the name of the second one; the entries of the approval beside it
// tell who asked.
Status FourEyes::perform(const Approval& approval, const audit::Actor& actor) {
  const std::string& id = approval.id.str();
  switch (approval.deed.kind) {
    case Kind::kOrderRefund: {
      ASSIGN_OR_RETURN(const auto order, OrderId::parse(approval.deed.subject));
      const auto given = ports_.orders.refund({.order = order,
                                               .amount = approval.deed.amount,
                                               .reason = approval.reason,
                                               .idempotency_key = id,
                                               .approval = id},
                                              actor);
      return given.has_value() ? Status() : passing_or_not(order, given.error());
    }
    case Kind::kOrderCancel: {
      ASSIGN_OR_RETURN(const auto order, OrderId::parse(approval.deed.subject));
      const auto cancelled = ports_.orders.cancel(order, approval.deed.detail, actor,
                                                  {.why = approval.reason, .approval = id});
      return cancelled.has_value() ? Status() : passing_or_not(order, cancelled.error());
    }
    case Kind::kKeyDestroy:
      return destroy_agreed(approval, actor);
  }
  return make_error(ErrorCode::kInternal, "there is no way to do " + id);
}

// While another refund of the order is on its way nothing can be said of this one.
Status FourEyes::passing_or_not(const OrderId& id, const Error& error) {
  if (error.code() == ErrorCode::kVersionConflict) {
    ASSIGN_OR_RETURN(const auto order, ports_.orders.show(id));
    if (order.refund_due.amount() > 0) {
      return make_error(ErrorCode::kUnavailable, error.message());
    }
  }
  return std::unexpected(error);
}

Status FourEyes::destroy_agreed(const Approval& approval, const audit::Actor& actor) {
  const std::string& word = approval.deed.subject;
  std::uint32_t version = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), version);
  if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size()) {
    return make_error(ErrorCode::kCorrupt, approval.id.str() + " names no KEK");
  }
  const Status destroyed =
      custody().destroy(version, actor, approval.reason, "agreed by two: " + approval.id.str());
  // What needs it still, keys rewrap takes away: core tries again.
  if (!destroyed.has_value() && destroyed.error().code() == ErrorCode::kVersionConflict) {
    return make_error(ErrorCode::kUnavailable, destroyed.error().message());
  }
  // It was there when this was asked: what was agreed to is so, and may have been done right before
  // core ended.
  return !destroyed.has_value() && destroyed.error().code() == ErrorCode::kNotFound ? Status()
                                                                                    : destroyed;
}

}  // namespace dermaga::shop
