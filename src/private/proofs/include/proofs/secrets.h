#pragma once

#include <string>
#include <string_view>

#include "random/random.h"

namespace dermaga::proofs {

// Of a secret with at least 112 random bits: the hash tells nothing, so it needs no key and no
// salt.
std::string hash_of(std::string_view secret);
// 32 random bytes in base64url.
std::string random_secret(Random& random);

}  // namespace dermaga::proofs
