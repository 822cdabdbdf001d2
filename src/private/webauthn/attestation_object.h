#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "result/result.h"

namespace dermaga::webauthn {

// WebAuthn Level 2, 6.5.4, with a statement that is empty or holds `alg` and `sig` alone: others
// speak of certificates. Views point into the bytes.
struct AttestationObject {
  std::string_view format;
  std::optional<std::int64_t> algorithm;
  std::optional<std::string_view> signature;
  std::string_view authenticator_data;

  // kInvalidArgument where the bytes are not that.
  static Result<AttestationObject> parse(std::string_view bytes);
};

}  // namespace dermaga::webauthn
