#pragma once

#include <string>
#include <string_view>

#include "result/result.h"
#include "webauthn/webauthn.h"

namespace dermaga::webauthn {

// The only code that sees libfido2.

// The public key and algorithm that registration data attests. kInvalidArgument unless it is a
// valid key of an algorithm that was asked for. The bytes must have passed
// AuthenticatorData::parse(): libfido2 allocates as much as a length says.
Result<Credential> attested_key(std::string_view authenticator_data);

// Whether the key signed `message`. kInvalidArgument where it is no key, kForbidden where the
// signature is not by it.
Status verify_signature(const Credential& credential, std::string_view message,
                        std::string_view signature);

}  // namespace dermaga::webauthn
