#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clock/clock.h"
#include "ids/ids.h"
#include "order_box/keyring.h"
#include "order_box/order_box.h"
#include "order_box/refusal.h"
#include "random/random.h"
#include "result/result.h"
#include "sealing/sealing.h"
#include "vault/secret.h"

namespace dermaga::order_box {

// Opaque calls: what a shopper asks of the private zone (docs/reference/sealed-box.md,
// docs/reference/account-calls.md).

inline constexpr std::chrono::minutes kCallBoxLifetimeMax{10};

enum class CallMethod {
  kOrderRead,
  kOrderCancel,
  kPaymentChallenge,
  kAccountSignUp,
  kAccountVerifyEmail,
  kAccountSignIn,
  kAccountPasskeyOptions,
  kAccountSignInWithPasskey,
  kAccountRequestPasswordReset,
  kAccountResetPassword,
  kAccountToken,
  kAccountShow,
  kAccountUpdate,
  kAccountChangePassword,
  kAccountChangeEmail,
  kAccountPutAddress,
  kAccountRemoveAddress,
  kAccountSaveCard,
  kAccountRemoveCard,
  kAccountSetConsent,
  kAccountPasskeyRegistrationOptions,
  kAccountAddPasskey,
  kAccountRemovePasskey,
  kAccountOrders,
  kAccountOrder,
  kAccountCancelOrder,
  kAccountExport,
  kAccountSignOut,
  kAccountSignOutEverywhere,
  kAccountErase,
};
std::string_view name(CallMethod method);  // "order.read", "account.sign_in"
bool is_about_account(CallMethod method);
// Only reads: the same box once more would do no harm but for what it answers.
bool is_read(CallMethod method);
// Anybody may ask, without an order or a session.
bool is_open_to_all(CallMethod method);

// Of calls about an account, those that its method has; the others are empty.
struct AccountParams {
  vault::SessionSecret session;
  vault::EmailAddress email;
  vault::Password password;
  vault::Password new_password;
  vault::MailedCode code;
  vault::PersonName name;
  vault::PhoneNumber phone;  // may be empty
  std::string locale;
  std::vector<std::string> consents;  // purposes
  std::string purpose;
  bool given = false;
  std::int64_t version = 0;
  std::string id;  // of an address, a card or a passkey; empty: a new one
  std::optional<ShippingAddress> address;
  std::optional<CardFace> card;
  vault::SecretText label;
  std::string cursor;  // empty: the first page
  // Raw bytes, as webauthn takes them.
  std::string credential_id;
  std::string client_data_json;
  std::string authenticator_data;
  std::string signature;
  std::string attestation_object;
};

// Whether `reply_key` may ask is the caller's to check, and so is that the nonce was not used
// before (NonceMemory).
struct OpenedCall {
  CallMethod method = CallMethod::kOrderRead;
  OrderId order_id;  // of calls about one order
  vault::AccessToken access_token;
  vault::ChallengeCode code;  // payment.challenge only
  AccountParams account;
  sealing::PublicKey reply_key;
  std::string nonce;
  UtcTime expires_at;
};

std::variant<OpenedCall, BoxRefusal> open_call(const SealingKeyring& keyring, std::string_view box,
                                               UtcTime received_at);

// The answer's box: {"v":1,"method":…,"result":<result_json>} sealed to the caller's reply key.
Result<std::string> seal_answer(const sealing::PublicKey& reply_key, CallMethod method,
                                std::string_view result_json, Random& random);

}  // namespace dermaga::order_box
