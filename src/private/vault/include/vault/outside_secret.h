#pragma once

#include <string>

#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::vault {

// A secret that others keep: a passphrase, a PIN, another server's password.
struct OutsideSecret {
  std::string path;        // absolute; a file of its own, one line
  std::string apart_from;  // the shop's folder, whose copies would carry it along
  std::string what;        // for messages: "the passphrase"
};

// Without the line's end. kInvalidArgument where the path is not absolute or lies inside the shop's
// folder, kForbidden where the file is wider than 0600.
Result<SecretText> read_outside_secret(const OutsideSecret& secret);

}  // namespace dermaga::vault
