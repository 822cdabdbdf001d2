#include "fields.h"

#include <algorithm>

namespace dermaga::order_box {

namespace {

constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kPhoneBytesMax = 32;
constexpr std::size_t kPhoneDigitsMin = 5;
constexpr std::size_t kLineBytesMax = 200;
constexpr std::size_t kCityBytesMax = 100;
constexpr std::size_t kRegionBytesMax = 16;
constexpr std::size_t kPostalCodeBytesMax = 16;
constexpr std::size_t kTokenBytesMax = 256;
constexpr std::size_t kProviderBytesMax = 32;
constexpr std::size_t kCardDigitsMin = 12;
constexpr std::size_t kCardDigitsMax = 19;
constexpr std::size_t kCardIdBytesMax = 64;
constexpr std::int64_t kCardYearMin = 2000;
constexpr std::int64_t kCardYearMax = 2100;

std::unexpected<Error> invalid(const std::string& path, std::string_view rule) {
  return make_error(ErrorCode::kInvalidArgument, path + " " + std::string(rule));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_visible_ascii(char c) {
  return c > 0x20 && c < 0x7f;
}

bool all(std::string_view text, bool (*predicate)(char)) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Not a full grammar: mail that does not arrive is found out by sending it.
bool looks_like_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(" \t<>()[],;:\\\"") == std::string_view::npos;
}

bool looks_like_phone(std::string_view text) {
  return text.find_first_not_of("0123456789+-() .") == std::string_view::npos &&
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit)) >=
             kPhoneDigitsMin;
}

bool is_country(std::string_view text) {
  return text.size() == 2 && all(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Status read_face(json::ObjectReader& reader, const json::Value& value, CardFace& card) {
  ASSIGN_OR_RETURN(std::string number, reader.string("number", kCardDigitsMax));
  card.number = vault::CardNumber(std::move(number));
  if (card.number.reveal().size() < kCardDigitsMin || !is_luhn_valid(card.number.reveal())) {
    return invalid(value.path() + ".number", "is not a card number");
  }
  ASSIGN_OR_RETURN(card.expiry_month, reader.integer("expiry_month", 1, 12));
  ASSIGN_OR_RETURN(card.expiry_year, reader.integer("expiry_year", kCardYearMin, kCardYearMax));
  return {};
}

Result<vault::CardSecurityCode> read_security_code(json::ObjectReader& reader,
                                                   const json::Value& value) {
  ASSIGN_OR_RETURN(std::string cvc, reader.string("cvc", 4));
  vault::CardSecurityCode code(std::move(cvc));
  if (code.reveal().size() < 3 || !all(code.reveal(), is_digit)) {
    return invalid(value.path() + ".cvc", "must be 3 or 4 digits");
  }
  return code;
}

Result<Card> read_card(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  Card card;
  RETURN_IF_ERROR(read_face(reader, value, card));
  ASSIGN_OR_RETURN(card.security_code, read_security_code(reader, value));
  RETURN_IF_ERROR(reader.finish());
  return card;
}

Result<SavedCard> read_saved_card(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  SavedCard card;
  ASSIGN_OR_RETURN(const std::string id, reader.string("id", kCardIdBytesMax));
  auto parsed = CardId::parse(id);
  if (!parsed.has_value()) {
    return invalid(value.path() + ".id", "is not the id of a card");
  }
  card.id = *std::move(parsed);
  ASSIGN_OR_RETURN(card.security_code, read_security_code(reader, value));
  RETURN_IF_ERROR(reader.finish());
  return card;
}

}  // namespace

bool is_luhn_valid(std::string_view digits) {
  if (digits.empty() || !all(digits, is_digit)) {
    return false;
  }
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    const int digit = digits[i] - '0';
    const int counted = doubled ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 == 0;
}

Result<std::string> read_text(json::ObjectReader& reader, const json::Value& parent,
                              std::string_view key, std::size_t bytes_max) {
  ASSIGN_OR_RETURN(std::string text, reader.string(key, bytes_max));
  if (has_control(text) || text.find_first_not_of(' ') == std::string::npos) {
    return invalid(parent.path() + "." + std::string(key),
                   "must not be blank or have control characters");
  }
  return text;
}

Result<std::string> read_optional_text(json::ObjectReader& reader, const json::Value& parent,
                                       std::string_view key, std::size_t bytes_max) {
  ASSIGN_OR_RETURN(std::optional<std::string> text, reader.optional_string(key, bytes_max));
  if (has_control(text.value_or(""))) {
    return invalid(parent.path() + "." + std::string(key), "must not have control characters");
  }
  return std::move(text).value_or("");
}

Result<vault::EmailAddress> read_email(json::ObjectReader& reader, const json::Value& parent) {
  ASSIGN_OR_RETURN(std::string text, read_text(reader, parent, "email", kEmailBytesMax));
  vault::EmailAddress email(std::move(text));
  if (!looks_like_email(email.reveal())) {
    return invalid(parent.path() + ".email", "is not an e-mail address");
  }
  return email;
}

Result<vault::PhoneNumber> read_phone_or_empty(json::ObjectReader& reader,
                                               const json::Value& parent) {
  ASSIGN_OR_RETURN(std::string text, reader.string("phone", kPhoneBytesMax));
  vault::PhoneNumber phone(std::move(text));
  if (!phone.empty() && !looks_like_phone(phone.reveal())) {
    return invalid(parent.path() + ".phone", "is not a phone number");
  }
  return phone;
}

Result<std::string> read_locale(json::ObjectReader& reader) {
  ASSIGN_OR_RETURN(std::string locale, reader.string("locale", 2));
  if (locale.size() != 2 || !all(locale, [](char c) { return c >= 'a' && c <= 'z'; })) {
    return make_error(ErrorCode::kInvalidArgument, "locale must be two lower-case letters");
  }
  return locale;
}

Result<Customer> read_customer(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  Customer customer;
  ASSIGN_OR_RETURN(std::string person, read_text(reader, value, "name", kNameBytesMax));
  customer.name = vault::PersonName(std::move(person));
  ASSIGN_OR_RETURN(customer.email, read_email(reader, value));
  ASSIGN_OR_RETURN(std::string phone, read_text(reader, value, "phone", kPhoneBytesMax));
  customer.phone = vault::PhoneNumber(std::move(phone));
  if (!looks_like_phone(customer.phone.reveal())) {
    return invalid(value.path() + ".phone", "is not a phone number");
  }
  RETURN_IF_ERROR(reader.finish());
  return customer;
}

Result<ShippingAddress> read_shipping_address(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ShippingAddress address;
  ASSIGN_OR_RETURN(std::string person, read_optional_text(reader, value, "name", kNameBytesMax));
  address.name = vault::PersonName(std::move(person));
  ASSIGN_OR_RETURN(std::string line1, read_text(reader, value, "line1", kLineBytesMax));
  address.line1 = vault::StreetAddress(std::move(line1));
  ASSIGN_OR_RETURN(std::string line2, read_optional_text(reader, value, "line2", kLineBytesMax));
  address.line2 = vault::StreetAddress(std::move(line2));
  ASSIGN_OR_RETURN(std::string city, read_text(reader, value, "city", kCityBytesMax));
  address.city = vault::StreetAddress(std::move(city));
  ASSIGN_OR_RETURN(std::string region,
                   read_optional_text(reader, value, "region", kRegionBytesMax));
  address.region = vault::StreetAddress(std::move(region));
  ASSIGN_OR_RETURN(std::string postal_code,
                   read_optional_text(reader, value, "postal_code", kPostalCodeBytesMax));
  address.postal_code = vault::StreetAddress(std::move(postal_code));
  ASSIGN_OR_RETURN(std::string country, read_text(reader, value, "country", 2));
  if (!is_country(country)) {
    return invalid(value.path() + ".country", "must be two upper-case letters (ISO 3166-1)");
  }
  address.country = vault::StreetAddress(std::move(country));
  RETURN_IF_ERROR(reader.finish());
  return address;
}

Result<CardFace> read_card_face(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  CardFace card;
  RETURN_IF_ERROR(read_face(reader, value, card));
  RETURN_IF_ERROR(reader.finish());
  return card;
}

Result<PaymentMethod> read_payment(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  if (const auto saved = reader.optional("saved_card"); saved.has_value()) {
    RETURN_IF_ERROR(reader.finish());
    ASSIGN_OR_RETURN(SavedCard card, read_saved_card(*saved));
    return PaymentMethod(std::move(card));
  }
  if (const auto card_value = reader.optional("card"); card_value.has_value()) {
    RETURN_IF_ERROR(reader.finish());
    ASSIGN_OR_RETURN(Card card, read_card(*card_value));
    return PaymentMethod(std::move(card));
  }
  ProviderToken method;
  ASSIGN_OR_RETURN(method.provider, read_text(reader, value, "provider", kProviderBytesMax));
  ASSIGN_OR_RETURN(std::string token, read_text(reader, value, "token", kTokenBytesMax));
  method.token = vault::PaymentToken(std::move(token));
  if (!all(method.provider, is_visible_ascii) || !all(method.token.reveal(), is_visible_ascii)) {
    return invalid(value.path(), "has a provider or token that is not visible ASCII");
  }
  RETURN_IF_ERROR(reader.finish());
  return PaymentMethod(std::move(method));
}

Result<sealing::PublicKey> read_reply_key(const json::Value& value) {
  auto key = sealing::PublicKey::from_jwk(value);
  if (!key.has_value()) {
    return invalid(value.path(), "is not a public P-256 JWK");
  }
  return key;
}

}  // namespace dermaga::order_box
