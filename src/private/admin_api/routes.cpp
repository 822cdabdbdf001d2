#include "routes.h"

#include "encoding/encoding.h"

namespace dermaga::admin_api {
namespace {

using Access = Route::Access;
using enum http::Method;
using enum roles::Permission;
using Run = Result<http::Response> (*)(Desk&, Call&);
using Later = void (*)(std::shared_ptr<Desk>, std::shared_ptr<Call>, Reply);

constexpr Route open_to_all(http::Method method, std::string_view pattern,
                            std::string_view operation, Run run, Later later = nullptr) {
  return {method, pattern, operation, Access::kAnyone, std::nullopt, run, later};
}
constexpr Route own(http::Method method, std::string_view pattern, std::string_view operation,
                    Run run) {
  return {method, pattern, operation, Access::kSignedIn, std::nullopt, run, nullptr};
}
constexpr Route own_fresh(http::Method method, std::string_view pattern, std::string_view operation,
                          Run run, Later later = nullptr) {
  return {method, pattern, operation, Access::kSignedInFresh, std::nullopt, run, later};
}
constexpr Route wants(roles::Permission permission, http::Method method, std::string_view pattern,
                      std::string_view operation, Run run) {
  return {method, pattern, operation, Access::kPermission, permission, run, nullptr};
}

constexpr Route wants_person(roles::Permission permission, http::Method method,
                             std::string_view pattern, std::string_view operation, Run run) {
  return {method, pattern, operation, Access::kPersonFresh, permission, run, nullptr};
}

constexpr Route kRoutes[] = {
    open_to_all(kGet, "/openapi.json", "getDescription", &get_description),
    open_to_all(kPost, "/enrolments/open", "openEnrolment", &open_enrolment),
    open_to_all(kPost, "/enrolments", "finishEnrolment", nullptr, &finish_enrolment),
    open_to_all(kPost, "/sessions", "signInWithPassword", nullptr, &sign_in_with_password),
    open_to_all(kPost, "/sessions/passkey-options", "startPasskeySignIn", &start_passkey_sign_in),
    open_to_all(kPost, "/sessions/passkey", "signInWithPasskey", &sign_in_with_passkey),

    own(kGet, "/me", "getMe", &get_me),
    own(kDelete, "/me/session", "signOut", &sign_out),
    own(kPost, "/me/step-up", "stepUpWithCode", &step_up_with_code),
    own(kPost, "/me/step-up/passkey-options", "startPasskeyStepUp", &start_passkey_step_up),
    own(kPost, "/me/step-up/passkey", "stepUpWithPasskey", &step_up_with_passkey),
    own(kGet, "/me/sessions", "listMySessions", &list_my_sessions),
    own(kDelete, "/me/sessions", "endMyOtherSessions", &end_my_other_sessions),
    own(kDelete, "/me/sessions/{session_id}", "endMySession", &end_my_session),
    own(kGet, "/me/passkeys", "listMyPasskeys", &list_my_passkeys),
    own_fresh(kPost, "/me/passkeys/options", "startPasskeyRegistration",
              &start_passkey_registration),
    own_fresh(kPost, "/me/passkeys", "addPasskey", &add_passkey),
    own_fresh(kDelete, "/me/passkeys/{passkey_id}", "removePasskey", &remove_passkey),
    own_fresh(kPost, "/me/recovery-codes", "makeRecoveryCodes", &make_recovery_codes),
    own_fresh(kPut, "/me/password", "changePassword", nullptr, &change_password),

    wants(kShopRead, kGet, "/shop", "getShop", &get_shop),
    wants(kOrdersRead, kGet, "/orders", "listOrders", &list_orders),
    wants(kOrdersRead, kGet, "/orders/{order_id}", "getOrder", &get_order),
    wants(kOrdersCancel, kPost, "/orders/{order_id}/cancel", "cancelOrder", &cancel_order),
    wants(kOrdersRefund, kPost, "/orders/{order_id}/refunds", "refundOrder", &refund_order),
    wants(kOrdersFulfil, kPost, "/orders/{order_id}/fulfil", "fulfilOrder", &fulfil_order),
    wants(kOrdersRead, kGet, "/declined-orders", "listDeclinedOrders", &list_declined_orders),
    wants(kCustomersReveal, kPost, "/orders/{order_id}/customer/reveal", "revealCustomer",
          &reveal_customer),
    wants(kCustomersExport, kPost, "/orders/{order_id}/customer/export", "exportCustomer",
          &export_customer),
    wants(kCustomersErase, kPost, "/orders/{order_id}/customer/erase", "eraseCustomer",
          &erase_customer),
    wants(kCustomersReveal, kPost, "/customers/find", "findCustomers", &find_customers),
    wants(kCustomersReveal, kPost, "/customers/{customer_id}/reveal", "revealAccount",
          &reveal_account),
    wants(kCustomersErase, kPost, "/customers/{customer_id}/erase", "eraseAccount", &erase_account),
    wants(kStockRead, kGet, "/stock", "listStock", &list_stock),
    wants(kStockAdjust, kPost, "/stock/adjustments", "adjustStock", &adjust_stock),
    wants(kLeasesRead, kGet, "/leases", "listLeases", &list_leases),
    wants(kLeasesAbandon, kPost, "/leases/{spool_id}/{epoch}/abandon", "abandonLease",
          &abandon_lease),
    wants(kAuditRead, kGet, "/audit/entries", "listAuditEntries", &list_audit_entries),
    wants(kAuditRead, kGet, "/audit/verification", "verifyAuditLog", &verify_audit_log),
    wants(kAuditRead, kGet, "/audit/checkpoint", "getAuditCheckpoint", &get_audit_checkpoint),
    wants(kAuditExport, kPost, "/audit/export", "exportAuditLog", &export_audit_log),
    wants(kKeysRead, kGet, "/keys", "listKeys", &list_keys),
    wants(kKeysRotate, kPost, "/keys", "rotateKeys", &rotate_keys),
    wants(kKeysDestroy, kPost, "/keys/{version}/destroy", "destroyKey", &destroy_key),
    wants(kApprovalsRead, kGet, "/approvals", "listApprovals", &list_approvals),
    wants(kApprovalsRead, kGet, "/approvals/{approval_id}", "getApproval", &get_approval),
    wants_person(kApprovalsRead, kPost, "/approvals/{approval_id}/approve", "approveApproval",
                 &approve_approval),
    wants(kApprovalsRead, kPost, "/approvals/{approval_id}/refuse", "refuseApproval",
          &refuse_approval),
    wants(kApprovalsRead, kPost, "/approvals/{approval_id}/withdraw", "withdrawApproval",
          &withdraw_approval),
    wants(kStaffRead, kGet, "/staff", "listStaff", &list_staff),
    wants(kStaffManage, kPost, "/staff", "inviteStaff", &invite_staff),
    wants(kStaffManage, kPatch, "/staff/{staff_id}", "changeStaff", &change_staff),
    wants(kStaffManage, kPost, "/staff/{staff_id}/invitation", "inviteStaffAgain",
          &invite_staff_again),
    wants(kStaffManage, kPost, "/staff/{staff_id}/sign-out", "signOutStaff", &sign_out_staff),
    wants(kStaffRead, kGet, "/roles", "listRoles", &list_roles),
    wants(kRolesManage, kPost, "/roles", "makeRole", &make_role),
    wants(kRolesManage, kPut, "/roles/{name}", "changeRole", &change_role),
    wants(kRolesManage, kPost, "/roles/{name}/remove", "removeRole", &remove_role),
    wants(kStaffRead, kGet, "/tokens", "listTokens", &list_tokens),
    wants(kTokensManage, kPost, "/tokens", "makeToken", &make_token),
    wants(kTokensManage, kPost, "/tokens/{token_id}/end", "endToken", &end_token),
};

constexpr std::size_t kSegmentBytesMax = 200;

}  // namespace

std::span<const Route> all_routes() {
  return kRoutes;
}

std::optional<std::vector<std::string>> fit(std::string_view pattern, std::string_view path) {
  std::vector<std::string> values;
  while (!pattern.empty() && !path.empty()) {
    if (pattern.front() != '/' || path.front() != '/') {
      return std::nullopt;
    }
    const std::size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const std::size_t path_end = std::min(path.find('/', 1), path.size());
    const std::string_view wanted = pattern.substr(1, pattern_end - 1);
    const std::string_view segment = path.substr(1, path_end - 1);
    if (wanted.starts_with('{')) {
      auto value = encoding::percent_decode(segment, false);
      if (segment.empty() || segment.size() > kSegmentBytesMax || !value.has_value()) {
        return std::nullopt;
      }
      values.push_back(*std::move(value));
    } else if (wanted != segment) {
      return std::nullopt;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  return pattern.empty() && path.empty() ? std::optional(std::move(values)) : std::nullopt;
}

}  // namespace dermaga::admin_api
