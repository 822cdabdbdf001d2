#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "passwords/hasher.h"
#include "result/result.h"
#include "vault/secret.h"

// Argon2id by libsodium, as PHC strings; each call takes its cost's time and memory at once.
namespace dermaga::passwords {

Result<std::string> argon2_hash(const vault::Password& password, const Cost& cost);

// What a PHC string would cost; nothing where it is no Argon2id hash of version 19 and one lane, or
// dearer than kMemoryBytesMax and kPassesMax.
std::optional<Cost> cost_of(std::string_view phc);

// Whether the password is the one hashed. kCorrupt where cost_of() is nothing.
Result<bool> argon2_verify(const vault::Password& password, const std::string& phc);

// A hash of this cost that no password has.
std::string nobodys_phc(const Cost& cost);

}  // namespace dermaga::passwords
