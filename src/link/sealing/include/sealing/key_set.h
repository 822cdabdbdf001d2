#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"
#include "sealing/sealing.h"

namespace dermaga::sealing {

// The shop's published sealing keys: {"keys":[public JWK, the current one first],"signature":…}.
// The signature is base64url Ed25519 by the catalog key over "dermaga.sealing-keys.v1\n" and the
// RFC 8785 form of {"keys":[…]}.

inline constexpr std::size_t kKeySetKeysMax = 8;

// `sign` gives the 64 raw bytes of the signature over its argument.
std::string write_key_set(const std::vector<PublicKey>& keys,
                          const std::function<std::string(std::string_view)>& sign);

// Reads a set and checks its signature with the catalog's public key (32 raw bytes), or leaves it
// unchecked when that is empty: a shopper trusts the set because it came over the shop's TLS.
// kInvalidArgument for a broken set, kForbidden for a wrong signature.
Result<std::vector<PublicKey>> read_key_set(std::string_view json,
                                            std::string_view catalog_public_key);

}  // namespace dermaga::sealing
