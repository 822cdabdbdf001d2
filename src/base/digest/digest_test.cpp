#include "digest/digest.h"

#include <gtest/gtest.h>

#include "digest/signature.h"
#include "encoding/encoding.h"

namespace dermaga::digest {
namespace {

std::string unhex(std::string_view text) {
  return encoding::hex_decode(text).value();
}

TEST(Digest, PublishedVectors) {
  // FIPS 180-4 "abc"; RFC 4231 test case 2.
  EXPECT_EQ(encoding::hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(encoding::hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, KeysLongerThanABlockAreHashedFirst) {
  // RFC 4231 test case 6: a key of 131 bytes.
  EXPECT_EQ(encoding::hex(hmac_sha256(std::string(131, '\xaa'),
                                      "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, ConstantTimeComparison) {
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "abcd"));
}

TEST(Signature, Rfc8032Test2) {
  const auto key = SigningKey::from_seed(
      unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(encoding::hex(key->public_key()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(encoding::hex(key->sign("\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Signature, AnyChangedBitIsRefused) {
  const auto key = SigningKey::generate();
  std::string signature = key.sign("catalog");
  EXPECT_TRUE(verify_signature(key.public_key(), "catalog", signature));
  EXPECT_FALSE(verify_signature(key.public_key(), "catalos", signature));
  signature[10] ^= 1;
  EXPECT_FALSE(verify_signature(key.public_key(), "catalog", signature));
  EXPECT_FALSE(verify_signature("short", "catalog", signature));
}

}  // namespace
}  // namespace dermaga::digest
