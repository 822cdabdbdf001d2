#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "locked_key.h"
#include "random/random.h"
#include "result/result.h"
#include "vault/root_options.h"

namespace dermaga::vault {

// The root key while it is in use, wherever it is kept. One thread; dropped after use.
class RootKey {
 public:
  virtual ~RootKey() = default;
  // A KEK's file: a byte that tells the wrapping, then the wrapped key.
  virtual Result<std::string> wrap(std::string_view associated, std::string_view key) = 0;
  // kCorrupt when the file does not open under this root.
  virtual Result<LockedKey> unwrap(std::string_view associated, std::string_view wrapped) = 0;
};

inline constexpr char kSealedFormat = 1;  // XChaCha20-Poly1305 under 32 bytes that we hold
inline constexpr char kPkcs11Format = 2;  // AES-256-GCM inside a token

inline constexpr std::size_t kRootFileBytesMax = 4096;
inline constexpr unsigned kRootFileMode = 0600;

struct RootPlace {
  const RootOptions& options;
  const std::string& folder;
  Random& random;  // outlives the root key
  // Nothing hangs on the root yet, so that a missing one may be made.
  bool may_make = false;
  std::string_view suffix = {};  // of a root that the folder moves to

  std::string file() const;
  const std::string& apart_from() const;  // where passphrase and PIN may not lie
};

Result<std::unique_ptr<RootKey>> open_root(const RootPlace& place);

// One for each kind.
Result<std::unique_ptr<RootKey>> open_file_root(const RootPlace& place);
Result<std::unique_ptr<RootKey>> open_passphrase_root(const RootPlace& place);
Result<std::unique_ptr<RootKey>> open_pkcs11_root(const RootPlace& place);

// A root key of 32 bytes that this process holds.
std::unique_ptr<RootKey> sealing_root(LockedKey key, Random& random);

}  // namespace dermaga::vault
