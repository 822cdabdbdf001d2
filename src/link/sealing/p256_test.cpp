#include "sealing/p256.h"

#include <gtest/gtest.h>

#include "encoding/encoding.h"

namespace dermaga::sealing {
namespace {

std::string b64(std::string_view text) {
  return encoding::base64url_decode(text).value();
}

// RFC 7518 appendix C.
const std::string kAliceScalar = b64("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
const Point kAlice{b64("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"),
                   b64("SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps")};
const std::string kBobScalar = b64("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
const Point kBob{b64("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"),
                 b64("e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck")};

const std::string kOrder =
    encoding::hex_decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        .value();
const std::string kPrime =
    encoding::hex_decode("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
        .value();

TEST(P256, PublicPointsOfTheVector) {
  EXPECT_EQ(public_point(kAliceScalar).x, kAlice.x);
  EXPECT_EQ(public_point(kAliceScalar).y, kAlice.y);
  EXPECT_EQ(public_point(kBobScalar).x, kBob.x);
  EXPECT_EQ(public_point(kBobScalar).y, kBob.y);
}

TEST(P256, AgreementAndConcatKdfOfTheVector) {
  const std::string secret = shared_secret(kAliceScalar, kBob).value();
  EXPECT_EQ(secret, shared_secret(kBobScalar, kAlice).value());
  // The appendix prints Z and the derived key.
  const unsigned char z[] = {158, 86,  217, 29,  129, 113, 53,  211, 114, 131, 66,
                             131, 191, 132, 38,  156, 251, 49,  110, 163, 218, 128,
                             106, 72,  246, 218, 167, 121, 140, 254, 144, 196};
  EXPECT_EQ(secret, std::string(reinterpret_cast<const char*>(z), sizeof z));
  const std::string key = concat_kdf(
      secret, {.algorithm = "A128GCM", .party_u = "Alice", .party_v = "Bob", .key_bytes = 16});
  EXPECT_EQ(encoding::base64url(key), "VqqN6vgjbSBcIijNcacQGg");
}

TEST(P256, ScalarsInRange) {
  std::string below = kOrder;
  below.back() = static_cast<char>(below.back() - 1);
  EXPECT_TRUE(is_scalar(below));
  EXPECT_TRUE(is_scalar(std::string(31, '\0') + '\x01'));
  EXPECT_FALSE(is_scalar(kOrder));
  EXPECT_FALSE(is_scalar(std::string(32, '\0')));
  EXPECT_FALSE(is_scalar(std::string(32, '\xff')));
  EXPECT_FALSE(is_scalar(std::string(31, '\x01')));
  EXPECT_FALSE(is_scalar(std::string(33, '\x01')));
  EXPECT_FALSE(is_scalar(""));
}

TEST(P256, PointsOffTheCurveAreRefused) {
  EXPECT_TRUE(is_on_curve(kAlice));
  std::string changed = kAlice.y;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  const Point cases[] = {
      {kAlice.x, changed},
      {kAlice.y, kAlice.x},
      {kAlice.x, kBob.y},
      {std::string(32, '\0'), std::string(32, '\0')},
      {std::string(32, '\xff'), kAlice.y},
      {kPrime, kAlice.y},
      {kAlice.x, kPrime},
      {kAlice.x.substr(1), kAlice.y},
      {kAlice.x + '\0', kAlice.y},
      {"", ""},
  };
  for (const Point& point : cases) {
    EXPECT_FALSE(is_on_curve(point));
    EXPECT_FALSE(shared_secret(kBobScalar, point).has_value());
  }
}

// x = 0 is on the curve (y² = b has a root), but x = p, the same number written otherwise, is not
// taken: one point has one form.
TEST(P256, CoordinatesHaveOneForm) {
  const Point zero{
      std::string(32, '\0'),
      encoding::hex_decode("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")
          .value()};
  EXPECT_TRUE(is_on_curve(zero));
  EXPECT_FALSE(is_on_curve({kPrime, zero.y}));
}

}  // namespace
}  // namespace dermaga::sealing
