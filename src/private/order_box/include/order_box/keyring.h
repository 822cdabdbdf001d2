#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "digest/signature.h"
#include "result/result.h"
#include "vault/vault.h"

namespace dermaga::order_box {

// The shop's sealing keys: the current one that shoppers seal to, and earlier ones for boxes that
// are still on their way. Kept in the vault as one purpose secret. Thread-safe; opening boxes takes
// no lock but the one around a pointer copy.
class SealingKeyring {
 public:
  // A retired key opens boxes for this long: the longest life of a box and a day of cached key
  // sets.
  static constexpr std::chrono::hours kRetiredLifetime{72 + 24};
  static constexpr std::size_t kKeysMax = 8;

  // Reads the keys, or makes and keeps the first one. kCorrupt when the kept keys are broken.
  // `signer` is the shop's catalog key and must outlive the keyring.
  static Result<std::unique_ptr<SealingKeyring>> open(vault::Vault& vault,
                                                      const digest::SigningKey& signer,
                                                      const Clock& clock);
  ~SealingKeyring();

  // What GET /store/v1/sealing-keys serves: {"keys":[public JWK, current first],"signature":…}.
  std::string public_set_json() const;

  // Makes a new current key, durable before anybody sees it, and forgets keys that were retired
  // longer ago than kRetiredLifetime. kOverloaded when kKeysMax keys are still needed.
  Status rotate();

  // Opens one box with the key its header names ("kid"), or with the current key when it names
  // none. Errors as unsealing::Opener::open.
  Result<std::string> open_box(std::string_view compact_jwe) const;

 private:
  struct Impl;
  explicit SealingKeyring(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::order_box
