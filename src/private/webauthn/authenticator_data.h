#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "result/result.h"

namespace dermaga::webauthn {

// WebAuthn Level 2, 6.1, in full: nothing may stand behind its end. Views point into the bytes.
struct AuthenticatorData {
  std::string_view rp_id_hash;  // 32 bytes
  bool is_user_present = false;
  bool is_user_verified = false;
  std::uint32_t sign_count = 0;
  std::optional<std::string_view> credential_id;  // where a credential is attested

  // kInvalidArgument where the bytes are not that. Extensions are skipped, whatever they say.
  static Result<AuthenticatorData> parse(std::string_view bytes);

  // kForbidden unless it is for this relying party, by a user who was present and verified.
  Status check(std::string_view rp_id) const;
};

}  // namespace dermaga::webauthn
