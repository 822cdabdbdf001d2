#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "digest/signature.h"
#include "result/result.h"

namespace dermaga::tamper_probe {

// The storefront's build as somebody of the private zone accepted it.
struct Manifest {
  UtcTime accepted_at;
  std::string accepted_by;
  std::string reason;
  std::string script;  // what every page loads, by their paths below the build's folder
  std::string style;
  std::string icon;
  std::map<std::string, std::string> files;  // path → SHA-256, hexadecimal
};

// Hashes every file that edges serve of a build (`npm run build`). kInvalidArgument for a folder
// that is not one; at most 500 files and 32 MiB.
Result<Manifest> read_build(const std::string& folder);

// One line of JSON and one with an Ed25519 signature over it.
std::string to_file(const Manifest& manifest, const digest::SigningKey& key);
// kCorrupt unless it was signed with the key.
Result<Manifest> from_file(std::string_view bytes, const std::string& public_key);

}  // namespace dermaga::tamper_probe
