#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "json/reader.h"
#include "order_box/keyring.h"
#include "order_box/refusal.h"

namespace dermaga::order_box {

inline constexpr std::size_t kTimeBytesMax = 40;  // an RFC 3339 text

BoxRefusal refusal(std::string_view code, std::string detail);
// Of an error of fields.h.
BoxRefusal field_invalid(const Error& error);

// The opened text as JSON, with version and purpose checked.
std::variant<json::Document, BoxRefusal> open_json(const SealingKeyring& keyring,
                                                   std::string_view box, std::string_view purpose);
// The same of a text that was opened already.
std::variant<json::Document, BoxRefusal> read_json(std::string_view text, std::string_view purpose);
// A reader of the root that has v and purpose behind it.
json::ObjectReader reader_of(const json::Document& document);

std::optional<BoxRefusal> check_expiry(UtcTime expires_at, UtcTime received_at,
                                       std::chrono::milliseconds lifetime_max);

}  // namespace dermaga::order_box
