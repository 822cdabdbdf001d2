#include "sealing/key_set.h"

#include <gtest/gtest.h>

#include "digest/signature.h"
#include "sealing/jwe.h"

namespace dermaga::sealing {
namespace {

PublicKey key_of(char scalar, std::string kid) {
  return PublicKey{std::move(kid), public_point(std::string(31, '\0') + scalar)};
}

struct Set {
  digest::SigningKey signer = digest::SigningKey::generate();
  std::vector<PublicKey> keys = {key_of(2, "new"), key_of(3, "old")};
  std::string json =
      write_key_set(keys, [this](std::string_view text) { return signer.sign(text); });
};

TEST(KeySet, ComesBackWithItsSignatureChecked) {
  const Set set;
  const auto read = read_key_set(set.json, set.signer.public_key());
  ASSERT_TRUE(read.has_value()) << read.error().message();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->at(0).kid, "new");
  EXPECT_EQ(read->at(1).point.x, set.keys[1].point.x);
}

TEST(KeySet, WrongSignatures) {
  const Set set;
  const Set other;
  const auto foreign = read_key_set(set.json, other.signer.public_key());
  ASSERT_FALSE(foreign.has_value());
  EXPECT_EQ(foreign.error().code(), ErrorCode::kForbidden);

  std::string swapped = set.json;  // a key that the signature does not cover
  swapped.replace(swapped.find("\"old\""), 5, "\"odd\"");
  EXPECT_EQ(read_key_set(swapped, set.signer.public_key()).error().code(), ErrorCode::kForbidden);
  EXPECT_TRUE(read_key_set(swapped, "").has_value());
}

TEST(KeySet, BrokenSets) {
  const Set set;
  const std::string jwk = set.keys[0].to_jwk_json();
  std::string nine = jwk;
  for (int i = 1; i < 9; ++i) {
    nine += "," + jwk;
  }
  for (const std::string& json :
       {std::string(), std::string("{}"), std::string(R"({"keys":[],"signature":"AA"})"),
        R"({"keys":[)" + jwk + "]}", R"({"keys":[)" + jwk + R"(],"signature":"A"})",
        R"({"keys":[)" + jwk + R"(],"signature":"AA","more":1})",
        std::string(R"({"keys":[{}],"signature":"AA"})"),
        R"({"keys":[)" + nine + R"(],"signature":"AA"})"}) {
    const auto read = read_key_set(json, "");
    ASSERT_FALSE(read.has_value()) << json;
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument) << json;
  }
}

}  // namespace
}  // namespace dermaga::sealing
