#pragma once

#include <string>
#include <string_view>

#include "result/result.h"
#include "root_key.h"
#include "vault/secret.h"

namespace dermaga::vault {

// A passphrase or PIN from a file of its own, without the line's end. `what` is for messages: "the
// passphrase". kInvalidArgument where the path is not absolute or lies inside the shop's folder,
// kForbidden where the file is wider than 0600.
Result<SecretText> read_outside_secret(const RootPlace& place, const std::string& path,
                                       std::string_view what);

}  // namespace dermaga::vault
