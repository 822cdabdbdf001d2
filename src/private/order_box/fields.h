#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "json/reader.h"
#include "order_box/order_box.h"

namespace dermaga::order_box {

// Reading the members of an opened box. Errors are kInvalidArgument and name the member; none of
// them carries a value.

// 1 to bytes_max bytes of text (member `key` of the object `parent`) without control characters,
// not only white space.
Result<std::string> read_text(json::ObjectReader& reader, const json::Value& parent,
                              std::string_view key, std::size_t bytes_max);
// The same, "" when absent.
Result<std::string> read_optional_text(json::ObjectReader& reader, const json::Value& parent,
                                       std::string_view key, std::size_t bytes_max);

inline constexpr std::size_t kNameBytesMax = 200;

// Members "email", "phone" (may be empty) and "locale".
Result<vault::EmailAddress> read_email(json::ObjectReader& reader, const json::Value& parent);
Result<vault::PhoneNumber> read_phone_or_empty(json::ObjectReader& reader,
                                               const json::Value& parent);
Result<std::string> read_locale(json::ObjectReader& reader);

Result<Customer> read_customer(const json::Value& value);
Result<ShippingAddress> read_shipping_address(const json::Value& value);
// Without a security code, which is refused there.
Result<CardFace> read_card_face(const json::Value& value);
Result<PaymentMethod> read_payment(const json::Value& value);
Result<sealing::PublicKey> read_reply_key(const json::Value& value);

bool is_luhn_valid(std::string_view digits);

}  // namespace dermaga::order_box
