#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::vault {

// What wraps the key-encryption keys.
enum class RootKind {
  kFile,        // 32 bytes in <keys>/root.key
  kPassphrase,  // Argon2id of a passphrase that lies elsewhere, salted by <keys>/root.passphrase
  kPkcs11,  // a key inside a token (HSM), named by <keys>/root.pkcs11; it never leaves the token
};

std::string_view name(RootKind kind);  // "file", "passphrase", "pkcs11": as in the settings
std::optional<RootKind> root_kind(std::string_view name);
std::string_view root_file(RootKind kind);  // "root.key", "root.passphrase", "root.pkcs11"

// What a keys folder was made with; nullopt where it holds no root. kCorrupt where it holds two.
Result<std::optional<RootKind>> root_of(const std::string& folder);

// Passphrase and PIN lie in files of their own: absolute paths, not wider than 0600, read at every
// use and wiped after it.
struct RootOptions {
  RootKind kind = RootKind::kFile;
  std::string passphrase_file;
  std::string pkcs11_module;  // the token maker's library
  std::string pkcs11_token;   // the token's label
  std::string pkcs11_pin_file;
  // Passphrase and PIN may not lie in this folder, whose copies would carry them along; empty: the
  // keys folder.
  std::string apart_from;
};

}  // namespace dermaga::vault
