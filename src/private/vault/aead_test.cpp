#include "aead.h"

#include <gtest/gtest.h>

#include <cstring>

#include "encoding/encoding.h"

namespace dermaga::vault {
namespace {

std::string from_hex(std::string_view text) {
  return encoding::hex_decode(text).value();
}

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::string bytes) : bytes_(std::move(bytes)) {}
  void fill(void* out, std::size_t size) override { std::memcpy(out, bytes_.data(), size); }

 private:
  std::string bytes_;
};

// draft-irtf-cfrg-xchacha-03, A.3.1.
TEST(Aead, PublishedVector) {
  const std::string key =
      from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const std::string nonce = from_hex("404142434445464748494a4b4c4d4e4f5051525354555657");
  const std::string associated = from_hex("50515253c0c1c2c3c4c5c6c7");
  const std::string plaintext =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      "sunscreen would be it.";
  const std::string expected = from_hex(
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda"
      "7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b23835"
      "65d3fff921f9664c97637da9768812f615c68b13b52e"
      "c0875924c1c7987947deafd8780acf49");
  FixedRandom random(nonce);
  EXPECT_EQ(aead_seal(key, associated, plaintext, random), nonce + expected);
  EXPECT_EQ(aead_open(key, associated, nonce + expected), plaintext);
}

TEST(Aead, AssociatedDataOfDifferentPartsDiffers) {
  EXPECT_NE(associated_data("l", {"ab", "c"}), associated_data("l", {"a", "bc"}));
  EXPECT_NE(associated_data("l", {"ab"}), associated_data("l", {"ab", ""}));
  EXPECT_NE(associated_data("l", {}), associated_data("m", {}));
}

TEST(Aead, NumbersAreBigEndian) {
  EXPECT_EQ(u32_bytes(0x01020304), std::string("\x01\x02\x03\x04"));
  EXPECT_EQ(u32_value(u32_bytes(0xfffefdfcu)), 0xfffefdfcu);
}

}  // namespace
}  // namespace dermaga::vault
