#include "call_params.h"

#include <algorithm>
#include <initializer_list>

#include "encoding/encoding.h"
#include "fields.h"

namespace dermaga::order_box {
namespace {

using json::ObjectReader;
using json::Value;

constexpr std::size_t kAccessTokenBytesMax = 64;
constexpr std::size_t kChallengeCodeBytesMax = 16;
constexpr std::size_t kSecretBytesMax = 64;      // sessions and mailed codes have 43
constexpr std::size_t kPasswordBytesMax = 1024;  // 128 characters of UTF-8, and more to tell so
constexpr std::size_t kLabelBytesMax = 60;
constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kPurposeBytesMax = 40;
constexpr std::size_t kPurposesMax = 16;
constexpr std::size_t kCursorBytesMax = 20;
constexpr std::size_t kBase64BytesMax = 48 * 1024;  // no box holds more
constexpr std::int64_t kVersionMax = std::int64_t{1} << 53;

// The members that calls have.
enum Member : std::uint32_t {
  kOrderId = 1U << 0U,
  kAccessToken = 1U << 1U,
  kChallengeCode = 1U << 2U,
  kSession = 1U << 3U,
  kEmail = 1U << 4U,
  kPassword = 1U << 5U,
  kNewPassword = 1U << 6U,
  kCode = 1U << 7U,
  kName = 1U << 8U,
  kPhone = 1U << 9U,
  kLocale = 1U << 10U,
  kConsents = 1U << 11U,  // optional
  kPurpose = 1U << 12U,
  kGiven = 1U << 13U,
  kVersion = 1U << 14U,
  kId = 1U << 15U,
  kOptionalId = 1U << 16U,
  kAddress = 1U << 17U,
  kLabel = 1U << 18U,
  kCursor = 1U << 19U,  // optional
  kAssertion = 1U << 20U,
  kAttestation = 1U << 21U,
  kCard = 1U << 22U,
};

struct MethodRow {
  CallMethod method;
  std::string_view name;
  bool is_read;
  std::uint32_t members;
};

// One row for each method, in the enumeration's order.
constexpr MethodRow kMethods[] = {
    {CallMethod::kOrderRead, "order.read", true, kOrderId | kAccessToken},
    {CallMethod::kOrderCancel, "order.cancel", false, kOrderId | kAccessToken},
    {CallMethod::kPaymentChallenge, "payment.challenge", false,
     kOrderId | kAccessToken | kChallengeCode},
    {CallMethod::kAccountSignUp, "account.sign_up", false,
     kEmail | kPassword | kName | kLocale | kConsents},
    {CallMethod::kAccountVerifyEmail, "account.verify_email", false, kCode | kPassword},
    {CallMethod::kAccountSignIn, "account.sign_in", false, kEmail | kPassword},
    {CallMethod::kAccountPasskeyOptions, "account.passkey_options", true, 0},
    {CallMethod::kAccountSignInWithPasskey, "account.sign_in_with_passkey", false, kAssertion},
    {CallMethod::kAccountRequestPasswordReset, "account.request_password_reset", false, kEmail},
    {CallMethod::kAccountResetPassword, "account.reset_password", false, kCode | kPassword},
    {CallMethod::kAccountToken, "account.token", true, kSession},
    {CallMethod::kAccountShow, "account.show", true, kSession},
    {CallMethod::kAccountUpdate, "account.update", false,
     kSession | kVersion | kName | kPhone | kLocale},
    {CallMethod::kAccountChangePassword, "account.change_password", false,
     kSession | kPassword | kNewPassword},
    {CallMethod::kAccountChangeEmail, "account.change_email", false, kSession | kPassword | kEmail},
    {CallMethod::kAccountPutAddress, "account.put_address", false,
     kSession | kOptionalId | kAddress},
    {CallMethod::kAccountRemoveAddress, "account.remove_address", false, kSession | kId},
    {CallMethod::kAccountSaveCard, "account.save_card", false, kSession | kCard},
    {CallMethod::kAccountRemoveCard, "account.remove_card", false, kSession | kId},
    {CallMethod::kAccountSetConsent, "account.set_consent", false, kSession | kPurpose | kGiven},
    {CallMethod::kAccountPasskeyRegistrationOptions, "account.passkey_registration_options", false,
     kSession | kPassword},
    {CallMethod::kAccountAddPasskey, "account.add_passkey", false,
     kSession | kLabel | kAttestation},
    {CallMethod::kAccountRemovePasskey, "account.remove_passkey", false, kSession | kId},
    {CallMethod::kAccountOrders, "account.orders", true, kSession | kCursor},
    {CallMethod::kAccountOrder, "account.order", true, kSession | kOrderId},
    {CallMethod::kAccountCancelOrder, "account.cancel_order", false, kSession | kOrderId},
    {CallMethod::kAccountExport, "account.export", true, kSession | kCursor},
    {CallMethod::kAccountSignOut, "account.sign_out", false, kSession},
    {CallMethod::kAccountSignOutEverywhere, "account.sign_out_everywhere", false, kSession},
    {CallMethod::kAccountErase, "account.erase", false, kSession | kPassword},
};

const MethodRow& row_of(CallMethod method) {
  const MethodRow& row = kMethods[static_cast<std::size_t>(method)];
  DCHECK(row.method == method);
  return row;
}

// What reading one member needs.
struct Params {
  ObjectReader& reader;
  const Value& value;
  OpenedCall& call;

  template <typename Secret>
  Status secret(std::string_view key, std::size_t bytes_max, Secret& out) {
    ASSIGN_OR_RETURN(std::string text, read_text(reader, value, key, bytes_max));
    out = Secret(std::move(text));
    return {};
  }
  Status bytes(std::string_view key, std::string& out) {
    ASSIGN_OR_RETURN(const std::string text, reader.string(key, kBase64BytesMax));
    auto decoded = encoding::base64url_decode(text);
    if (!decoded.has_value()) {
      return make_error(ErrorCode::kInvalidArgument,
                        value.path() + "." + std::string(key) + " must be base64url");
    }
    out = *std::move(decoded);
    return {};
  }
};

Status read_order_id(Params params) {
  ASSIGN_OR_RETURN(const std::string id, params.reader.string("order_id", kIdBytesMax));
  ASSIGN_OR_RETURN(params.call.order_id, OrderId::parse(id));
  return {};
}

Status read_consents(Params params) {
  const auto listed = params.reader.optional("consents");
  if (!listed.has_value()) {
    return {};
  }
  ASSIGN_OR_RETURN(const auto purposes, listed->as_array(kPurposesMax));
  for (const Value& purpose : purposes) {
    ASSIGN_OR_RETURN(const auto text, purpose.as_string(kPurposeBytesMax));
    params.call.account.consents.emplace_back(text);
  }
  return {};
}

Status read_given(Params params) {
  ASSIGN_OR_RETURN(const auto given, params.reader.required("given"));
  ASSIGN_OR_RETURN(params.call.account.given, given.as_boolean());
  return {};
}

Status read_optional_id(Params params) {
  ASSIGN_OR_RETURN(auto id, params.reader.optional_string("id", kIdBytesMax));
  params.call.account.id = std::move(id).value_or("");
  return {};
}

Status read_address(Params params) {
  ASSIGN_OR_RETURN(const auto value, params.reader.required("address"));
  ASSIGN_OR_RETURN(auto address, read_shipping_address(value));
  if (address.name.empty()) {
    return make_error(ErrorCode::kInvalidArgument, value.path() + ".name is needed");
  }
  params.call.account.address = std::move(address);
  return {};
}

Status read_saved_card(Params params) {
  ASSIGN_OR_RETURN(const auto value, params.reader.required("card"));
  ASSIGN_OR_RETURN(params.call.account.card, read_card_face(value));
  return {};
}

Status read_cursor(Params params) {
  ASSIGN_OR_RETURN(auto cursor, params.reader.optional_string("cursor", kCursorBytesMax));
  params.call.account.cursor = std::move(cursor).value_or("");
  return {};
}

Status read_assertion(Params params) {
  AccountParams& account = params.call.account;
  RETURN_IF_ERROR(params.bytes("credential_id", account.credential_id));
  RETURN_IF_ERROR(params.bytes("client_data_json", account.client_data_json));
  RETURN_IF_ERROR(params.bytes("authenticator_data", account.authenticator_data));
  return params.bytes("signature", account.signature);
}

Status read_attestation(Params params) {
  RETURN_IF_ERROR(params.bytes("client_data_json", params.call.account.client_data_json));
  return params.bytes("attestation_object", params.call.account.attestation_object);
}

struct MemberRow {
  Member member;
  Status (*read)(Params);
};

constexpr MemberRow kMembers[] = {
    {kOrderId, read_order_id},
    {kAccessToken,
     [](Params p) { return p.secret("access_token", kAccessTokenBytesMax, p.call.access_token); }},
    {kChallengeCode,
     [](Params p) { return p.secret("code", kChallengeCodeBytesMax, p.call.code); }},
    {kSession,
     [](Params p) { return p.secret("session", kSecretBytesMax, p.call.account.session); }},
    {kEmail,
     [](Params p) -> Status {
       ASSIGN_OR_RETURN(p.call.account.email, read_email(p.reader, p.value));
       return {};
     }},
    {kPassword,
     [](Params p) { return p.secret("password", kPasswordBytesMax, p.call.account.password); }},
    {kNewPassword,
     [](Params p) {
       return p.secret("new_password", kPasswordBytesMax, p.call.account.new_password);
     }},
    {kCode, [](Params p) { return p.secret("code", kSecretBytesMax, p.call.account.code); }},
    {kName, [](Params p) { return p.secret("name", kNameBytesMax, p.call.account.name); }},
    {kPhone,
     [](Params p) -> Status {
       ASSIGN_OR_RETURN(p.call.account.phone, read_phone_or_empty(p.reader, p.value));
       return {};
     }},
    {kLocale,
     [](Params p) -> Status {
       ASSIGN_OR_RETURN(p.call.account.locale, read_locale(p.reader));
       return {};
     }},
    {kConsents, read_consents},
    {kPurpose,
     [](Params p) -> Status {
       ASSIGN_OR_RETURN(p.call.account.purpose, p.reader.string("purpose", kPurposeBytesMax));
       return {};
     }},
    {kGiven, read_given},
    {kVersion,
     [](Params p) -> Status {
       ASSIGN_OR_RETURN(p.call.account.version, p.reader.integer("version", 1, kVersionMax));
       return {};
     }},
    {kId,
     [](Params p) -> Status {
       ASSIGN_OR_RETURN(p.call.account.id, p.reader.string("id", kIdBytesMax));
       return {};
     }},
    {kOptionalId, read_optional_id},
    {kAddress, read_address},
    {kLabel, [](Params p) { return p.secret("label", kLabelBytesMax, p.call.account.label); }},
    {kCursor, read_cursor},
    {kAssertion, read_assertion},
    {kAttestation, read_attestation},
    {kCard, read_saved_card},
};

}  // namespace

std::string_view name(CallMethod method) {
  return row_of(method).name;
}

bool is_about_account(CallMethod method) {
  return row_of(method).name.starts_with("account.");
}

bool is_read(CallMethod method) {
  return row_of(method).is_read;
}

bool is_open_to_all(CallMethod method) {
  return (row_of(method).members & (kOrderId | kSession)) == 0;
}

std::optional<CallMethod> method_named(std::string_view text) {
  const auto* row = std::ranges::find(kMethods, text, &MethodRow::name);
  return row == std::end(kMethods) ? std::nullopt : std::optional(row->method);
}

Status read_params(const Value& value, OpenedCall& call) {
  ASSIGN_OR_RETURN(auto reader, ObjectReader::of(value));
  const std::uint32_t members = row_of(call.method).members;
  for (const MemberRow& row : kMembers) {
    if ((members & row.member) != 0) {
      RETURN_IF_ERROR(row.read({reader, value, call}));
    }
  }
  return reader.finish();
}

}  // namespace dermaga::order_box
