#include "customers/contact_index.h"

#include <algorithm>

namespace dermaga::customers {
namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

}  // namespace

std::string_view name(ContactKind kind) {
  return kind == ContactKind::kEmail ? "email" : "phone";
}

vault::EmailAddress normalized(const vault::EmailAddress& email) {
  std::string_view text = email.reveal();
  const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
  text = text.substr(first, text.find_last_not_of(' ') + 1 - first);
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character | 0x20) : character;
  });
  return vault::EmailAddress(std::move(lower));
}

vault::PhoneNumber normalized(const vault::PhoneNumber& phone, std::string_view country_code) {
  const std::string_view text = phone.reveal();
  const std::size_t first = text.find_first_not_of(" (");
  bool is_international = first != std::string_view::npos && text[first] == '+';
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), is_digit);
  if (!is_international && digits.starts_with("00")) {
    digits.erase(0, 2);
    is_international = true;
  }
  if (!is_international && digits.starts_with('0')) {
    digits.replace(0, 1, country_code);
  }
  // "+62 (0)811": the 0 that is dialled inside the country only.
  if (digits.starts_with(country_code) && digits.substr(country_code.size()).starts_with('0')) {
    digits.erase(country_code.size(), 1);
  }
  return vault::PhoneNumber(std::move(digits));
}

std::string ContactIndex::of(const vault::EmailAddress& email) const {
  const auto form = normalized(email);
  return form.empty() ? std::string() : index_->of("customer.email", form);
}

std::string ContactIndex::of(const vault::PhoneNumber& phone) const {
  const auto form = normalized(phone, country_code_);
  return form.empty() ? std::string() : index_->of("customer.phone", form);
}

}  // namespace dermaga::customers
