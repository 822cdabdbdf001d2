#include "sealing/sealing.h"

#include <gtest/gtest.h>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "sealing/jwe.h"

namespace dermaga::sealing {
namespace {

// The key of RFC 9449 §6.1 and its thumbprint.
constexpr std::string_view kJwk =
    R"({"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
    R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"})";
constexpr std::string_view kThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

TEST(PublicKey, Thumbprint) {
  EXPECT_EQ(PublicKey::from_jwk_json(kJwk).value().thumbprint(), kThumbprint);
}

// RFC 7638 §3.1: its key is RSA, so only the hash of its canonical form can be held against it.
TEST(PublicKey, ThumbprintHashOfRfc7638) {
  const std::string canonical =
      R"({"e":"AQAB","kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAt)"
      "VT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_"
      "RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpb"
      R"(ISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8aw)"
      R"(apJzKnqDKgw"})";
  EXPECT_EQ(encoding::base64url(digest::sha256(canonical)),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(PublicKey, WritesCanonicalJwk) {
  PublicKey key = PublicKey::from_jwk_json(kJwk).value();
  EXPECT_EQ(key.to_jwk_json(), R"({"alg":"ECDH-ES","crv":"P-256","kty":"EC","use":"enc",)"
                               R"("x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
                               R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"})");
  key.kid = "k1";
  const PublicKey again = PublicKey::from_jwk_json(key.to_jwk_json()).value();
  EXPECT_EQ(again.kid, "k1");
  EXPECT_EQ(again.thumbprint(), kThumbprint);
}

TEST(PublicKey, IgnoresMembersItDoesNotKnow) {
  std::string jwk(kJwk);
  jwk.back() = ',';
  EXPECT_TRUE(PublicKey::from_jwk_json(jwk + R"("ext":true,"key_ops":[],"kid":"a"})").has_value());
}

TEST(PublicKey, Refusals) {
  const std::string x = R"("x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)";
  const std::string y = R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")";
  const std::string ec = R"({"kty":"EC","crv":"P-256",)";
  const std::string cases[] = {
      "",
      "null",
      "[]",
      ec + x + R"("y":1})",
      ec + R"("x":"l8tF",)" + y + "}",
      ec + y + "}",
      ec + x + R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDE"})",
      ec + x + R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDB"})",
      ec + x + y + R"(,"d":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"})",
      ec + x + y + R"(,"kid":")" + std::string(65, 'k') + R"("})",
      ec + x + y + R"(,"kid":"a\"b"})",
      ec + x + y + R"(,"kid":"é"})",
      R"({"kty":"EC","crv":"P-384",)" + x + y + "}",
      R"({"kty":"OKP","crv":"X25519",)" + x + y + "}",
      R"({"crv":"P-256",)" + x + y + "}",
  };
  for (const std::string& jwk : cases) {
    const auto key = PublicKey::from_jwk_json(jwk);
    ASSERT_FALSE(key.has_value()) << jwk;
    EXPECT_EQ(key.error().code(), ErrorCode::kInvalidArgument) << jwk;
  }
}

TEST(Seal, BoxesArePaddedAndNeverAlike) {
  PublicKey key = PublicKey::from_jwk_json(kJwk).value();
  key.kid = "k1";
  const std::string one = seal(key, "{}", system_random()).value();
  const std::string two = seal(key, std::string(1024, 'x'), system_random()).value();
  EXPECT_EQ(one.size(), two.size());
  EXPECT_NE(one, seal(key, "{}", system_random()).value());
  const Box box = take_apart(one).value();
  EXPECT_EQ(box.kid, "k1");
  EXPECT_EQ(box.ciphertext.size(), 1024u);
  EXPECT_TRUE(is_on_curve(box.ephemeral));
  const std::string three = seal(key, std::string(1025, 'x'), system_random()).value();
  EXPECT_EQ(take_apart(three).value().ciphertext.size(), 2048u);
}

TEST(Seal, LargestAndTooLarge) {
  const PublicKey key = PublicKey::from_jwk_json(kJwk).value();
  const auto largest = seal(key, std::string(kPlaintextBytesMax, 'x'), system_random());
  ASSERT_TRUE(largest.has_value());
  EXPECT_LE(largest->size(), kBoxBytesMax);
  EXPECT_TRUE(take_apart(*largest).has_value());
  for (const std::size_t size : {std::size_t{0}, kPlaintextBytesMax + 1}) {
    const auto refused = seal(key, std::string(size, 'x'), system_random());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST(Seal, RefusesAKeyOffTheCurve) {
  PublicKey key = PublicKey::from_jwk_json(kJwk).value();
  key.point.y.back() ^= 1;
  EXPECT_EQ(seal(key, "{}", system_random()).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ClearHash, IsTheHashOfTheDocumentedForm) {
  ClearPart clear;
  clear.lines = {{"var_b", 2}, {"var_a", 1}};
  clear.destination = {"ID", "ID-JK", "10110"};
  clear.shipping_method = "regular";
  clear.total = Money(487'000, Currency::parse("IDR").value());
  EXPECT_EQ(clear_hash(clear),
            encoding::base64url(digest::sha256(
                R"({"currency":"IDR","destination":{"country":"ID","postal_code":"10110",)"
                R"("region":"ID-JK"},"lines":[{"quantity":2,"variant_id":"var_b"},)"
                R"({"quantity":1,"variant_id":"var_a"}],"shipping_method":"regular",)"
                R"("total":487000})")));
}

TEST(ClearHash, ChangesWithEveryPart) {
  ClearPart clear;
  clear.lines = {{"var_a", 1}, {"var_b", 1}};
  clear.destination = {"ID", "", ""};
  clear.total = Money(1, Currency::parse("IDR").value());
  const std::string before = clear_hash(clear);
  const auto changed = [&](auto change) {
    ClearPart other = clear;
    change(other);
    return clear_hash(other) != before;
  };
  EXPECT_TRUE(changed([](ClearPart& c) { std::swap(c.lines[0], c.lines[1]); }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.lines[0].quantity = 2; }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.lines.pop_back(); }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.destination.country = "SG"; }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.destination.region = "ID-JK"; }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.destination.postal_code = "1"; }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.shipping_method = "express"; }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.total = Money(2, c.total.currency()); }));
  EXPECT_TRUE(changed([](ClearPart& c) { c.total = Money(1, Currency::parse("USD").value()); }));
}

}  // namespace
}  // namespace dermaga::sealing
