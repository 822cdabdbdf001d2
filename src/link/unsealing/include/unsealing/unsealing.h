#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "result/result.h"
#include "sealing/jwe.h"
#include "sealing/sealing.h"

namespace dermaga::unsealing {

// A P-256 private key that opens boxes sealed to it. Thread-safe; reuses OpenSSL objects, since
// fetching algorithms per call costs more than the curve arithmetic. Wiped on destruction.
class Opener {
 public:
  static Result<Opener> generate();
  // Private JWK (with "d"); kCorrupt when broken or d does not belong to x, y.
  static Result<Opener> from_jwk_json(std::string_view jwk_json);
  Opener(Opener&&) noexcept;
  Opener& operator=(Opener&&) noexcept;
  ~Opener();

  const sealing::PublicKey& public_key() const;
  // The private JWK: for a 0600 file, nothing else.
  std::string to_private_jwk_json() const;

  // Opens one compact JWE. Exactly
  // {"alg":"ECDH-ES","enc":"A256GCM","epk":{…},"kid"?:…,"typ"?,"cty"?} is accepted: anything with
  // zip, another alg, enc or curve, crit, or unknown members is refused before any cryptography.
  // kInvalidArgument with one of the messages "box_malformed", "box_algorithm", "box_unknown_key",
  // "box_unreadable".
  Result<std::string> open(std::string_view compact_jwe) const;
  // The same for a box that was taken apart to read its kid; its input must still be there.
  Result<std::string> open(sealing::Box box) const;

 private:
  struct Impl;
  explicit Opener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::unsealing
