#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/people.h"
#include "identity/ports.h"
#include "store/database.h"

namespace dermaga::identity {

inline constexpr std::size_t kTotpSecretBytes = 20;  // RFC 4226 §4 R6
inline constexpr std::size_t kRecoveryCodes = 10;

// RFC 6238 with what every authenticator knows: HMAC-SHA-1, six digits, steps of 30 s.
std::string totp_code(std::string_view secret, std::int64_t step);
std::int64_t totp_step(UtcTime at);
// The step, of the current one and its two neighbours, whose code this is.
std::optional<std::int64_t> totp_step_of(std::string_view secret, std::string_view code,
                                         UtcTime now);
// For authenticators: key URI format, secret in base32 (upper case, no padding).
std::string totp_secret_text(std::string_view secret);
std::string totp_uri(std::string_view secret_text, std::string_view shop_name,
                     std::string_view account);

// Whether this is a code that the person may use now, and uses it: a one-time code once per step,
// never an older one than the last; a recovery code once. In the caller's transaction.
Result<bool> use_code(store::Connection& connection, const Ports& ports, const StaffId& staff,
                      std::string_view code);

// Replaces a person's recovery codes, in the caller's transaction.
Result<std::vector<vault::SecretText>> replace_recovery_codes(store::Connection& connection,
                                                              const Ports& ports,
                                                              const StaffId& staff);

}  // namespace dermaga::identity
