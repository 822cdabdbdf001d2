#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "passwords/breached_list.h"
#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::passwords {

// In characters (Unicode code points).
inline constexpr std::size_t kCharactersMin = 10;
inline constexpr std::size_t kCharactersMax = 128;

// Why a new password is not taken. Both texts are constants: nothing of the password is in them.
struct Refusal {
  std::string_view code;    // "password_too_short": stable
  std::string_view detail;  // a sentence for whoever chose it
};

// What is wrong with a new password, or nothing: password_malformed (not UTF-8),
// password_too_short, password_too_long, password_is_about_you, password_breached. No rules of
// composition (NIST SP 800-63B-4, ASVS 5.0 6.2). `about` is what the account and the shop are known
// by: names, e-mail address, name of the shop. An error where the breached list cannot be read.
Result<std::optional<Refusal>> refusal_of(const vault::Password& password,
                                          const BreachedList& breached,
                                          std::span<const std::string> about);

}  // namespace dermaga::passwords
