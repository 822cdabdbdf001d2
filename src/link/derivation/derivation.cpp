#include "derivation/derivation.h"

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "uuid/uuid.h"

namespace dermaga::derivation {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kAccessTokenBytes = 24;
constexpr std::string_view kAccessTokenPrefix = "oat_";

// No field holds a line feed, so that two different tuples never give one message.
std::string receipt_message(const OrderId& id, std::string_view body_sha256, UtcTime received_at) {
  return id.str() + "\n" + encoding::hex(body_sha256) + "\n" +
         std::to_string(to_unix_ms(received_at));
}

}  // namespace

Result<Derivation> Derivation::create(std::string key) {
  if (key.size() != kKeyBytes) {
    return make_error(ErrorCode::kCorrupt, "the derivation key has " + std::to_string(key.size()) +
                                               " bytes instead of 32");
  }
  return Derivation(std::move(key));
}

std::string Derivation::mac(std::string_view label, std::string_view message) const {
  std::string labelled = "dermaga.";
  labelled += label;
  labelled += ".v1\n";
  labelled += message;
  return digest::hmac_sha256(key_, labelled);
}

OrderId Derivation::order_id(std::string_view idempotency_key) const {
  std::string time;
  if (const auto made_at = time_of_uuid7(idempotency_key)) {
    const std::int64_t made_at_ms = to_unix_ms(*made_at);
    for (int shift = 40; shift >= 0; shift -= 8) {
      time.push_back(static_cast<char>(made_at_ms >> shift));
    }
  }
  return OrderId::from_bytes(time + mac("order-id", idempotency_key));
}

std::string Derivation::access_token(const OrderId& id) const {
  return std::string(kAccessTokenPrefix) +
         encoding::base64url(mac("access-token", id.str()).substr(0, kAccessTokenBytes));
}

bool Derivation::access_token_matches(const OrderId& id, std::string_view token) const {
  return digest::equal_constant_time(access_token(id), token);
}

std::string Derivation::receipt(const OrderId& id, std::string_view body_sha256,
                                UtcTime received_at) const {
  return encoding::base64url(mac("receipt", receipt_message(id, body_sha256, received_at)));
}

bool Derivation::receipt_matches(const OrderId& id, std::string_view body_sha256,
                                 UtcTime received_at, std::string_view receipt_text) const {
  return digest::equal_constant_time(receipt(id, body_sha256, received_at), receipt_text);
}

}  // namespace dermaga::derivation
