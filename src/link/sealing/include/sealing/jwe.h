#pragma once

#include <string>
#include <string_view>

#include "result/result.h"
#include "sealing/p256.h"

namespace dermaga::sealing {

// The largest compact JWE that is looked at; the largest plaintext, padding included, that fits.
inline constexpr std::size_t kBoxBytesMax = 64 * 1024;
inline constexpr std::size_t kPlaintextBytesMax = 47 * 1024;
inline constexpr std::size_t kPaddingStepBytes = 1024;
inline constexpr std::size_t kHeaderBytesMax = 1024;
inline constexpr std::size_t kKeyIdBytesMax = 64;
inline constexpr std::size_t kIvBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

inline constexpr std::string_view kBoxMalformed = "box_malformed";
inline constexpr std::string_view kBoxAlgorithm = "box_algorithm";

// A compact JWE taken apart but not opened: whoever relays boxes can refuse what no keyring would
// open. Needs no key and does no cryptography.
struct Box {
  std::string kid;                  // empty: the header has none
  Point ephemeral;                  // 32 bytes each; not yet checked to be on the curve
  std::string_view header_segment;  // as received: the associated data; points into the input
  std::string iv;
  std::string ciphertext;
  std::string tag;
};

// Accepts exactly {"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x","y"},"kid"?,
// "typ"?,"cty"?} and an empty encrypted key. kInvalidArgument with kBoxMalformed for a broken form,
// kBoxAlgorithm for a header that asks for anything else (zip, crit, PBES2, unknown members …).
Result<Box> take_apart(std::string_view compact_jwe);

}  // namespace dermaga::sealing
