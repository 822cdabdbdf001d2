#include "one_time_code.h"

#include <liboath/oath.h>

#include <algorithm>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "records.h"

namespace dermaga::identity {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::chrono::seconds kStep{30};
constexpr std::size_t kRecoveryBytes = 15;    // 120 bits
constexpr std::size_t kRecoveryLetters = 24;  // in base32
constexpr std::size_t kRecoveryGroup = 4;

std::string recovery_hash(const StaffId& staff, std::string_view letters) {
  return proofs::hash_of("recovery|" + staff.str() + "|" + std::string(letters));
}

// "abcd-efgh-…" as people type it; empty where it cannot be one.
std::string recovery_letters(std::string_view code) {
  std::string letters;
  for (const char character : code) {
    if (character == '-' || character == ' ') {
      continue;
    }
    letters +=
        character >= 'A' && character <= 'Z' ? static_cast<char>(character | 0x20) : character;
  }
  return letters.size() == kRecoveryLetters ? letters : std::string();
}

Result<bool> use_recovery_code(store::Connection& connection, const StaffId& staff,
                               std::string_view letters) {
  const std::string hash = recovery_hash(staff, letters);
  const store::Parameter keys[] = {std::string_view(staff.str()), store::Blob{hash}};
  ASSIGN_OR_RETURN(
      const auto used,
      connection.execute("DELETE FROM staff_recovery_codes WHERE staff_id = $1 AND code_hash = $2",
                         keys));
  return used == 1;
}

}  // namespace

std::string totp_code(std::string_view secret, std::int64_t step) {
  char digits[kDigits + 1] = {};
  const int outcome =
      ::oath_hotp_generate(secret.data(), secret.size(), static_cast<std::uint64_t>(step), kDigits,
                           false, OATH_HOTP_DYNAMIC_TRUNCATION, digits);
  CHECK(outcome == OATH_OK);
  return digits;
}

std::int64_t totp_step(UtcTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch() / kStep;
}

std::optional<std::int64_t> totp_step_of(std::string_view secret, std::string_view code,
                                         UtcTime now) {
  const std::int64_t current = totp_step(now);
  std::optional<std::int64_t> found;
  for (const std::int64_t step : {current - 1, current, current + 1}) {
    if (digest::equal_constant_time(totp_code(secret, step), code)) {
      found = step;
    }
  }
  return found;
}

std::string totp_secret_text(std::string_view secret) {
  std::string text = encoding::base32_lower(secret);
  std::ranges::transform(text, text.begin(), [](char character) {
    return character >= 'a' && character <= 'z' ? static_cast<char>(character & ~0x20) : character;
  });
  return text;
}

std::string totp_uri(std::string_view secret_text, std::string_view shop_name,
                     std::string_view account) {
  const std::string issuer = encoding::percent_encode(shop_name);
  return "otpauth://totp/" + issuer + ":" + encoding::percent_encode(account) +
         "?secret=" + std::string(secret_text) + "&issuer=" + issuer +
         "&algorithm=SHA1&digits=6&period=30";
}

Result<bool> use_code(store::Connection& connection, const Ports& ports, const StaffId& staff,
                      std::string_view code) {
  if (const std::string letters = recovery_letters(code); !letters.empty()) {
    return use_recovery_code(connection, staff, letters);
  }
  std::string sealed;
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(connection.query("SELECT totp_sealed FROM staff WHERE staff_id = $1", key,
                                   [&sealed](const store::Row& row) -> Status {
                                     sealed = row.blob(0);
                                     return {};
                                   }));
  ASSIGN_OR_RETURN(const auto secret, open(ports, "staff", "totp_sealed", staff.str(), sealed));
  if (secret.empty()) {
    return false;
  }
  const auto step = totp_step_of(secret.reveal(), code, ports.clock.now());
  if (!step.has_value()) {
    return false;
  }
  // Compare and set: of two requests with one code the second changes no row.
  const store::Parameter change[] = {std::string_view(staff.str()), *step};
  ASSIGN_OR_RETURN(const auto changed,
                   connection.execute("UPDATE staff SET totp_last_step = $2 WHERE staff_id = $1 "
                                      "AND totp_last_step < $2",
                                      change));
  return changed == 1;
}

Result<std::vector<vault::SecretText>> replace_recovery_codes(store::Connection& connection,
                                                              const Ports& ports,
                                                              const StaffId& staff) {
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(connection.execute("DELETE FROM staff_recovery_codes WHERE staff_id = $1", key));
  std::vector<vault::SecretText> codes;
  for (std::size_t number = 0; number < kRecoveryCodes; ++number) {
    const std::string letters = encoding::base32_lower(ports.random.bytes(kRecoveryBytes));
    const std::string hash = recovery_hash(staff, letters);
    const store::Parameter row[] = {std::string_view(staff.str()), store::Blob{hash}};
    RETURN_IF_ERROR(connection.execute(
        "INSERT INTO staff_recovery_codes (staff_id, code_hash) VALUES ($1, $2)", row));
    std::string text;
    for (std::size_t at = 0; at < kRecoveryLetters; at += kRecoveryGroup) {
      text += (at == 0 ? "" : "-") + letters.substr(at, kRecoveryGroup);
    }
    codes.emplace_back(std::move(text));
  }
  return codes;
}

}  // namespace dermaga::identity
