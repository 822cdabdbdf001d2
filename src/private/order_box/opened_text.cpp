#include "opened_text.h"

#include "vault/secret.h"

namespace dermaga::order_box {
namespace {

std::string_view explain(std::string_view code) {
  if (code == "box_algorithm") return "only ECDH-ES on P-256 with A256GCM is opened";
  if (code == "box_unknown_key") return "the box is for a key that this shop does not have";
  if (code == "box_unreadable") return "the box was changed or sealed to something else";
  return "the box is not a compact JWE of the documented form";
}

}  // namespace

BoxRefusal refusal(std::string_view code, std::string detail) {
  return BoxRefusal{std::string(code), std::move(detail)};
}
BoxRefusal field_invalid(const Error& error) {
  return refusal("box_field_invalid", error.message());
}

std::variant<json::Document, BoxRefusal> open_json(const SealingKeyring& keyring,
                                                   std::string_view box, std::string_view purpose) {
  auto text = keyring.open_box(box);
  if (!text.has_value()) {
    const std::string& code = text.error().message();
    return refusal(code, std::string(explain(code)));
  }
  auto document = read_json(*text, purpose);
  vault::wipe(*text);
  return document;
}

std::variant<json::Document, BoxRefusal> read_json(std::string_view text,
                                                   std::string_view purpose) {
  auto document = json::Document::parse(text);
  if (!document.has_value() || !document->root().is_object()) {
    return refusal("box_malformed", "the sealed text is not a JSON object");
  }
  auto reader = json::ObjectReader::of(document->root());
  if (!reader.has_value() || !reader->integer("v", 1, 1).has_value()) {
    return refusal("box_malformed", "\"v\" must be 1");
  }
  const auto found = reader->string("purpose", 16);
  if (!found.has_value() || *found != purpose) {
    return refusal("box_purpose",
                   "this box is not for a purpose of \"" + std::string(purpose) + "\"");
  }
  return *std::move(document);
}

json::ObjectReader reader_of(const json::Document& document) {
  json::ObjectReader reader = json::ObjectReader::of(document.root()).value();
  static_cast<void>(reader.required("v").has_value());
  static_cast<void>(reader.required("purpose").has_value());
  return reader;
}

std::optional<BoxRefusal> check_expiry(UtcTime expires_at, UtcTime received_at,
                                       std::chrono::milliseconds lifetime_max) {
  if (expires_at <= received_at) {
    return refusal("box_expired", "expires_at is not after the time of receipt");
  }
  if (expires_at > received_at + lifetime_max) {
    return refusal("box_field_invalid", "expires_at is too far ahead");
  }
  return std::nullopt;
}

}  // namespace dermaga::order_box
