#include "shopper_token/shopper_token.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "encoding/encoding.h"

namespace dermaga::shopper_token {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr UtcTime kNow{seconds(1'796'000'000)};
const std::string kPseudonym = "AAAAAAAAAAAAAAAAAAAAAA";

digest::SigningKey key_of(char seed) {
  return digest::SigningKey::from_seed(std::string(32, seed)).value();
}

Claims good_claims() {
  return {.audience = "toko",
          .pseudonym = kPseudonym,
          .issued_at = kNow,
          .expires_at = kNow + kLifetime};
}

// A token of any parts that the shop's own key signs: what no core would make.
std::string signed_by(const digest::SigningKey& key, const std::string& header,
                      const std::string& payload) {
  const std::string text = encoding::base64url(header) + "." + encoding::base64url(payload);
  return text + "." + encoding::base64url(key.sign(text));
}

class ShopperTokenTest : public testing::Test {
 protected:
  bool holds(const std::string& token, UtcTime now = kNow) {
    const auto claims = verifier_.verify(token, now);
    EXPECT_TRUE(claims.has_value() || claims.error().code() == ErrorCode::kUnauthenticated);
    return claims.has_value();
  }
  std::string header() {
    const std::string token = sign(key_, good_claims());
    return encoding::base64url_decode(token.substr(0, token.find('.'))).value();
  }

  const digest::SigningKey key_ = key_of('k');
  const Verifier verifier_{key_.public_key(), "toko"};
};

TEST_F(ShopperTokenTest, AGoodOneTellsItsPseudonym) {
  const auto claims = verifier_.verify(sign(key_, good_claims()), kNow + minutes(1));
  ASSERT_TRUE(claims.has_value());
  EXPECT_EQ(claims->pseudonym, kPseudonym);
  EXPECT_EQ(claims->expires_at, kNow + kLifetime);
}

// The key of RFC 8037, appendix A.3, and its thumbprint.
TEST_F(ShopperTokenTest, KeyIdIsTheThumbprintOfRfc8037) {
  EXPECT_EQ(
      key_id(encoding::base64url_decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").value()),
      "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST_F(ShopperTokenTest, ItHoldsForFiveMinutes) {
  const std::string token = sign(key_, good_claims());
  EXPECT_TRUE(holds(token, kNow + kLifetime - seconds(1)));
  EXPECT_FALSE(holds(token, kNow + kLifetime));
  EXPECT_TRUE(holds(token, kNow - kClockSkewMax));
  EXPECT_FALSE(holds(token, kNow - kClockSkewMax - seconds(1)));
}

TEST_F(ShopperTokenTest, OthersAreRefused) {
  EXPECT_FALSE(holds(sign(key_of('x'), good_claims()))) << "another key";
  Claims other = good_claims();
  other.audience = "other";
  EXPECT_FALSE(holds(sign(key_, other))) << "another shop";
  Claims lasting = good_claims();
  lasting.expires_at = kNow + kLifetime + seconds(1);
  EXPECT_FALSE(holds(sign(key_, lasting))) << "for longer than any token";
  for (const std::string token : {"", ".", "..", "a.b.c", "...."}) {
    EXPECT_FALSE(holds(token)) << token;
  }
}

// Signed by the right key, so that only the form can refuse them.
TEST_F(ShopperTokenTest, OnlyOneFormIsTaken) {
  const std::string claims =
      R"({"aud":"toko","exp":1796000300,"iat":1796000000,"sub":"AAAAAAAAAAAAAAAAAAAAAA"})";
  EXPECT_TRUE(holds(signed_by(key_, header(), claims)));
  const std::string kid = header().substr(header().find("\"kid\""));
  for (const std::string& other : std::vector<std::string>{
           R"({"alg":"none",)" + kid, R"({"alg":"HS256",)" + kid,
           R"({"alg":"EdDSA","crit":["b64"],)" + kid, R"( {"alg":"EdDSA",)" + kid,
           R"({"alg":"EdDSA","kid":"x","typ":"dermaga-shopper+jwt"})", R"({"alg":"EdDSA"})", "{}",
           ""}) {
    EXPECT_FALSE(holds(signed_by(key_, other, claims))) << other;
  }
  for (
      const std::string payload :
      {R"({"aud":"toko","exp":1796000300,"iat":1796000000})",
       R"({"aud":["toko"],"exp":1796000300,"iat":1796000000,"sub":"AAAAAAAAAAAAAAAAAAAAAA"})",
       R"({"aud":"toko","exp":1796000300.5,"iat":1796000000,"sub":"AAAAAAAAAAAAAAAAAAAAAA"})",
       R"({"aud":"toko","exp":-1,"iat":1796000000,"sub":"AAAAAAAAAAAAAAAAAAAAAA"})",
       R"({"aud":"toko","exp":1796000300,"iat":1796000000,"sub":"short"})",
       R"({"aud":"toko","exp":1796000300,"iat":1796000000,"sub":"AAAAAAAAAAAAAAAAAAAAAA","x":1})",
       R"({"aud":"toko","aud":"toko","exp":1796000300,"iat":1796000000,"sub":"AAAAAAAAAAAAAAAAAAAAAA"})",
       "null", ""}) {
    EXPECT_FALSE(holds(signed_by(key_, header(), payload))) << payload;
  }
}

// Changed, cut, doubled, swapped: none of ten thousand is taken.
TEST_F(ShopperTokenTest, NoMutationIsTaken) {
  const std::string token = sign(key_, good_claims());
  const std::string other = sign(key_of('x'), good_claims());
  std::mt19937 generator(20261128);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(generator);
  };
  int made = 0;
  int taken = 0;
  while (made < 10'000) {
    std::string changed = token;
    switch (below(5)) {
      case 0:
        changed[below(changed.size())] = kAlphabet[below(kAlphabet.size())];
        break;
      case 1:
        changed.erase(below(changed.size()), 1 + below(8));
        break;
      case 2:
        changed.insert(below(changed.size()), 1, kAlphabet[below(kAlphabet.size())]);
        break;
      case 3: {
        const std::size_t from = below(changed.size());
        changed = changed.substr(0, from) + other.substr(std::min(from, other.size()));
        break;
      }
      default:
        std::swap(changed[below(changed.size())], changed[below(changed.size())]);
    }
    if (changed == token) {
      continue;
    }
    ++made;
    taken += verifier_.verify(changed, kNow).has_value() ? 1 : 0;
  }
  EXPECT_EQ(taken, 0);
}

}  // namespace
}  // namespace dermaga::shopper_token
