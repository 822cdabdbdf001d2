#include "accounts/accounts.h"

#include <utility>

#include "cards.h"
#include "email_changes.h"
#include "history.h"
#include "log/log.h"
#include "passkeys.h"
#include "password_changes.h"
#include "profile.h"
#include "sessions.h"
#include "sign_in.h"
#include "sign_up.h"

namespace dermaga::accounts {
namespace {

using order_box::CallMethod;
using order_box::OpenedCall;
using sealed_calls::CallHandler;

using Done = CallHandler::Done;

// Calls of whoever is not signed in, and calls with a session: answered at once, or by `done`.
struct Open {
  CallMethod method;
  void (*act)(const Ports&, const CallPointer&, const Answer&);
};
struct SignedIn {
  CallMethod method;
  void (*act)(const Ports&, const CallPointer&, const Session&, const Answer&);
};

template <Json (*Act)(const Ports&, const Session&, const OpenedCall&)>
void at_once(const Ports& ports, const CallPointer& call, const Session& session,
             const Answer& done) {
  done(Act(ports, session, *call));
}

Json sign_out(const Ports& ports, const Session& session, const OpenedCall&) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  const store::Parameter key[] = {store::Blob{session.secret_hash}};
  RETURN_IF_ERROR(connection->execute("DELETE FROM account_sessions WHERE secret_hash = $1", key));
  return "{}";
}

Json sign_out_everywhere(const Ports& ports, const Session& session, const OpenedCall&) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  RETURN_IF_ERROR(end_sessions(*connection, session.customer));
  return "{}";
}

Json token(const Ports& ports, const Session& session, const OpenedCall&) {
  return token_json(ports, session.customer);
}

Json show(const Ports& ports, const Session& session, const OpenedCall&) {
  return show_profile(ports, session.customer);
}

void ask_for_registration(const Ports& ports, const CallPointer& call, const Session& session,
                          const Answer& done) {
  ask_password_again(ports, session, std::move(call->account.password),
                     [&ports, done](const Outcome<AccountRow>& account) {
                       done(account.has_value() ? registration_options(ports, *account)
                                                : Json(std::unexpected(account.error())));
                     });
}

void erase(const Ports& ports, const CallPointer& call, const Session& session,
           const Answer& done) {
  ask_password_again(ports, session, std::move(call->account.password),
                     [&ports, done](const Outcome<AccountRow>& account) {
                       if (!account.has_value()) {
                         return done(std::unexpected(account.error()));
                       }
                       const Status erased = ports.customers.erase_account(
                           account->id,
                           {.name = "shopper:" + account->id.str(), .source = "sealed call"},
                           "asked for by the account's owner");
                       done(erased.has_value() ? Json(R"({"status":"erased"})")
                                               : Json(std::unexpected(Refusal(erased.error()))));
                     });
}

constexpr Open kOpen[] = {
    {CallMethod::kAccountSignUp, sign_up},
    {CallMethod::kAccountVerifyEmail, verify_email},
    {CallMethod::kAccountSignIn, sign_in},
    {CallMethod::kAccountPasskeyOptions, [](const Ports& ports, const CallPointer&,
                                            const Answer& done) { done(passkey_options(ports)); }},
    {CallMethod::kAccountSignInWithPasskey,
     [](const Ports& ports, const CallPointer& call, const Answer& done) {
       done(sign_in_with_passkey(ports, *call));
     }},
    {CallMethod::kAccountRequestPasswordReset,
     [](const Ports& ports, const CallPointer& call, const Answer& done) {
       done(request_password_reset(ports, *call));
     }},
    {CallMethod::kAccountResetPassword, reset_password},
};

constexpr SignedIn kSignedIn[] = {
    {CallMethod::kAccountToken, at_once<token>},
    {CallMethod::kAccountShow, at_once<show>},
    {CallMethod::kAccountUpdate, at_once<update_profile>},
    {CallMethod::kAccountChangePassword, change_password},
    {CallMethod::kAccountChangeEmail, change_email},
    {CallMethod::kAccountPutAddress, at_once<put_address>},
    {CallMethod::kAccountRemoveAddress, at_once<remove_address>},
    {CallMethod::kAccountSaveCard, at_once<save_card>},
    {CallMethod::kAccountRemoveCard, at_once<remove_card>},
    {CallMethod::kAccountSetConsent, at_once<set_consent>},
    {CallMethod::kAccountPasskeyRegistrationOptions, ask_for_registration},
    {CallMethod::kAccountAddPasskey, at_once<add_passkey>},
    {CallMethod::kAccountRemovePasskey, at_once<remove_passkey>},
    {CallMethod::kAccountOrders, at_once<list_orders>},
    {CallMethod::kAccountOrder, at_once<show_order>},
    {CallMethod::kAccountCancelOrder, at_once<cancel_order>},
    {CallMethod::kAccountExport, at_once<export_all>},
    {CallMethod::kAccountSignOut, at_once<sign_out>},
    {CallMethod::kAccountSignOutEverywhere, at_once<sign_out_everywhere>},
    {CallMethod::kAccountErase, erase},
};

Answer answer_to(const Done& done) {
  return [done](Json json) {
    if (json.has_value()) {
      done(*std::move(json));
    } else {
      done(contract::Refused(std::move(json).error()));
    }
  };
}

}  // namespace

Accounts::Accounts(const Ports& ports) : ports_(ports) {}
Accounts::~Accounts() = default;

std::variant<CallHandler::Act, contract::Refused> Accounts::prepare(
    const std::shared_ptr<OpenedCall>& call) {
  for (const Open& row : kOpen) {
    if (row.method == call->method) {
      return Act(
          [this, act = row.act, call](const Done& done) { act(ports_, call, answer_to(done)); });
    }
  }
  for (const SignedIn& row : kSignedIn) {
    if (row.method == call->method) {
      auto session = require_session(ports_, *call);
      if (!session.has_value()) {
        return contract::Refused(std::move(session).error());
      }
      return Act([this, act = row.act, call, session = *std::move(session)](const Done& done) {
        if (const Status kept = keep_alive(ports_, session); !kept.has_value()) {
          log::warning("session_not_kept_alive", {{"error", kept.error().message()}});
        }
        act(ports_, call, session, answer_to(done));
      });
    }
  }
  CHECK(false);  // sealed_calls hands on what is about accounts
}

Result<CustomerId> Accounts::account_of(const vault::SessionSecret& session,
                                        const std::string& reply_thumbprint) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  ASSIGN_OR_RETURN(auto found, find_session(*connection, ports_, session, reply_thumbprint));
  if (!found.has_value()) {
    return make_error(ErrorCode::kUnauthenticated, "the session is over");
  }
  return std::move(found->customer);
}

Status Accounts::forget_what_is_over() {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  const UtcTime now = ports_.clock.now();
  const store::Parameter sessions[] = {to_unix_ms(now - kSessionLifetime),
                                       to_unix_ms(now - kSessionIdle)};
  RETURN_IF_ERROR(connection->execute(
      "DELETE FROM account_sessions WHERE created_at <= $1 OR last_seen_at <= $2", sessions));
  const store::Parameter keys[] = {to_unix_ms(now - kSessionLifetime)};
  RETURN_IF_ERROR(
      connection->execute("DELETE FROM account_known_keys WHERE last_used_at < $1", keys));
  const store::Parameter at[] = {to_unix_ms(now)};
  RETURN_IF_ERROR(connection->execute("DELETE FROM account_sign_ups WHERE expires_at <= $1", at));
  RETURN_IF_ERROR(connection->execute("DELETE FROM account_resets WHERE expires_at <= $1", at));
  RETURN_IF_ERROR(
      connection->execute("DELETE FROM account_email_changes WHERE expires_at <= $1", at));
  return ports_.cards.forget_expired(*connection);
}

}  // namespace dermaga::accounts
