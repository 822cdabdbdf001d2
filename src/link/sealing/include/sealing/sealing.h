#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "money/money.h"
#include "pricing/pricing.h"
#include "random/random.h"
#include "result/result.h"
#include "sealing/p256.h"

namespace dermaga::json {
class Value;
}

namespace dermaga::sealing {

// Sealing to a public key: compact JWE (RFC 7516), alg ECDH-ES (RFC 7518 §4.6, direct agreement),
// curve P-256, enc A256GCM, plaintext padded with spaces to a multiple of 1 KiB. Opening is another
// module (unsealing) that the public zone does not link.

// A P-256 public key from a JWK object {"kty":"EC","crv":"P-256","x","y","kid"?,…}.
struct PublicKey {
  std::string kid;  // empty: none
  Point point;      // on the curve

  // kInvalidArgument unless it is a P-256 public key on the curve; a private key ("d") is refused
  // and other members are ignored, as RFC 7517 asks.
  static Result<PublicKey> from_jwk(const json::Value& jwk);
  static Result<PublicKey> from_jwk_json(std::string_view jwk_json);
  // Members in RFC 8785 order: alg, crv, kid (unless empty), kty, use, x, y.
  std::string to_jwk_json() const;
  std::string thumbprint() const;  // RFC 7638 SHA-256, base64url
};

// `plaintext` is a JSON text. kInvalidArgument when the key is not on the curve or the padded text
// is larger than kPlaintextBytesMax (jwe.h).
Result<std::string> seal(const PublicKey& recipient, std::string_view plaintext, Random& random);

// The hash that binds a box to the clear part of its order: base64url SHA-256 over the RFC 8785
// form of
// {"currency","destination":{"country","postal_code","region"},"lines":[{"quantity","variant_id"}…],
//  "shipping_method","total"}; absent destination members are "" and lines keep the order's order.
struct ClearPart {
  struct Line {
    std::string variant_id;
    std::int64_t quantity = 0;
  };
  std::vector<Line> lines;
  pricing::Destination destination;
  std::string shipping_method;
  Money total;
};
std::string clear_hash(const ClearPart& clear);

}  // namespace dermaga::sealing
