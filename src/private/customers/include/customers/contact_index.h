#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vault/vault.h"

namespace dermaga::customers {

// What the vault calls the key of the index over addresses and numbers.
inline constexpr std::string_view kIndexPurpose = "customer-index";
// The names of two series in `sequences`: the first customer number that is not indexed, and the
// country code that numbers in the index were completed with.
inline constexpr std::string_view kIndexMark = "customer_index";
inline constexpr std::string_view kIndexCountry = "customer_index_country";

// Stored: never renumbered.
enum class ContactKind : std::uint8_t { kEmail = 1, kPhone = 2 };
std::string_view name(ContactKind kind);  // "email", "phone"

// ASCII letters lower, no spaces around: what is stored and looked up.
vault::EmailAddress normalized(const vault::EmailAddress& email);
// Digits alone, beginning with the country's code: "0811-000", "+62 811 000" and "0062 (0)811000"
// are one number of country 62. Empty where there is no digit.
vault::PhoneNumber normalized(const vault::PhoneNumber& phone, std::string_view country_code);

// The values that `customer_index` holds: 32 bytes each, equal for what people take for equal, and
// telling nothing without the key. Cheap to copy; the index must outlive it.
class ContactIndex {
 public:
  ContactIndex(const vault::BlindIndex& index, std::string country_code)
      : index_(&index), country_code_(std::move(country_code)) {}

  // Empty where nothing is left of the text.
  std::string of(const vault::EmailAddress& email) const;
  std::string of(const vault::PhoneNumber& phone) const;
  const std::string& country_code() const { return country_code_; }

 private:
  const vault::BlindIndex* index_;
  std::string country_code_;
};

}  // namespace dermaga::customers
