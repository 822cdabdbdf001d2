#pragma once

#include <span>

#include "call.h"

namespace dermaga::admin_api {

// Every route there is; a request that fits none is answered 404.
std::span<const Route> all_routes();

// Whether the path fits the pattern; then the texts at its {names}, percent-decoded.
std::optional<std::vector<std::string>> fit(std::string_view pattern, std::string_view path);

// ---- handlers, one file for each part of the API ----
Result<http::Response> open_enrolment(Desk& desk, Call& call);
void finish_enrolment(std::shared_ptr<Desk> desk, std::shared_ptr<Call> call, Reply reply);
void sign_in_with_password(std::shared_ptr<Desk> desk, std::shared_ptr<Call> call, Reply reply);
Result<http::Response> start_passkey_sign_in(Desk& desk, Call& call);
Result<http::Response> sign_in_with_passkey(Desk& desk, Call& call);

Result<http::Response> get_me(Desk& desk, Call& call);
Result<http::Response> sign_out(Desk& desk, Call& call);
Result<http::Response> step_up_with_code(Desk& desk, Call& call);
Result<http::Response> start_passkey_step_up(Desk& desk, Call& call);
Result<http::Response> step_up_with_passkey(Desk& desk, Call& call);
Result<http::Response> list_my_sessions(Desk& desk, Call& call);
Result<http::Response> end_my_other_sessions(Desk& desk, Call& call);
Result<http::Response> end_my_session(Desk& desk, Call& call);
Result<http::Response> list_my_passkeys(Desk& desk, Call& call);
Result<http::Response> start_passkey_registration(Desk& desk, Call& call);
Result<http::Response> add_passkey(Desk& desk, Call& call);
Result<http::Response> remove_passkey(Desk& desk, Call& call);
Result<http::Response> make_recovery_codes(Desk& desk, Call& call);
void change_password(std::shared_ptr<Desk> desk, std::shared_ptr<Call> call, Reply reply);

Result<http::Response> get_description(Desk& desk, Call& call);
Result<http::Response> get_shop(Desk& desk, Call& call);
Result<http::Response> list_orders(Desk& desk, Call& call);
Result<http::Response> get_order(Desk& desk, Call& call);
Result<http::Response> cancel_order(Desk& desk, Call& call);
Result<http::Response> refund_order(Desk& desk, Call& call);
Result<http::Response> fulfil_order(Desk& desk, Call& call);
Result<http::Response> list_declined_orders(Desk& desk, Call& call);
Result<http::Response> find_customers(Desk& desk, Call& call);
Result<http::Response> reveal_account(Desk& desk, Call& call);
Result<http::Response> erase_account(Desk& desk, Call& call);
Result<http::Response> reveal_customer(Desk& desk, Call& call);
Result<http::Response> export_customer(Desk& desk, Call& call);
Result<http::Response> erase_customer(Desk& desk, Call& call);
Result<http::Response> list_stock(Desk& desk, Call& call);
Result<http::Response> adjust_stock(Desk& desk, Call& call);
Result<http::Response> list_leases(Desk& desk, Call& call);
Result<http::Response> abandon_lease(Desk& desk, Call& call);
Result<http::Response> list_audit_entries(Desk& desk, Call& call);
Result<http::Response> verify_audit_log(Desk& desk, Call& call);
Result<http::Response> get_audit_checkpoint(Desk& desk, Call& call);
Result<http::Response> export_audit_log(Desk& desk, Call& call);
Result<http::Response> list_keys(Desk& desk, Call& call);
Result<http::Response> rotate_keys(Desk& desk, Call& call);
Result<http::Response> destroy_key(Desk& desk, Call& call);
Result<http::Response> list_approvals(Desk& desk, Call& call);
Result<http::Response> get_approval(Desk& desk, Call& call);
Result<http::Response> approve_approval(Desk& desk, Call& call);
Result<http::Response> refuse_approval(Desk& desk, Call& call);
Result<http::Response> withdraw_approval(Desk& desk, Call& call);
Result<http::Response> list_staff(Desk& desk, Call& call);
Result<http::Response> invite_staff(Desk& desk, Call& call);
Result<http::Response> change_staff(Desk& desk, Call& call);
Result<http::Response> invite_staff_again(Desk& desk, Call& call);
Result<http::Response> sign_out_staff(Desk& desk, Call& call);
Result<http::Response> list_roles(Desk& desk, Call& call);
Result<http::Response> make_role(Desk& desk, Call& call);
Result<http::Response> change_role(Desk& desk, Call& call);
Result<http::Response> remove_role(Desk& desk, Call& call);
Result<http::Response> list_tokens(Desk& desk, Call& call);
Result<http::Response> make_token(Desk& desk, Call& call);
Result<http::Response> end_token(Desk& desk, Call& call);

}  // namespace dermaga::admin_api
