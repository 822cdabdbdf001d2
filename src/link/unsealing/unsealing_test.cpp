#include "unsealing/unsealing.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "encoding/encoding.h"
#include "random/random.h"

namespace dermaga::unsealing {
namespace {

// Bob's key of RFC 7518 appendix C.
constexpr std::string_view kBob =
    R"({"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",)"
    R"("y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",)"
    R"("d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"})";

// Sealed to Bob by npm jose 6.
constexpr std::string_view kFromJose =
    "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImtpZCI6IlZ5NTdYckFyVXJXME5icEkxMnRFekRIQUJ4TXdyVG"
    "g2"
    "SEhYUmVuU3BuQ28iLCJlcGsiOnsieCI6IjZLdUZhX25fb09IeGZDQVRmWW5jbkI2OTE5QjhxSlNCLUY2MzdtRVVmY2ciLC"
    "Jj"
    "cnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieSI6ImFFN1hSMW50b1hJbUpQY2lDNnFBNzBLMmw3THRWOHBDVFYxMUpUendCOE"
    "Ui"
    "fX0..oVAsJ1YXH__v4PDc.iTsxEeZpja19kkWniI12C4Gokty6Qw.50U0JvbjX48XK89g2H85nQ";

std::string seal(const sealing::PublicKey& key, std::string_view text) {
  return sealing::seal(key, text, system_random()).value();
}

std::string outcome(const Opener& opener, const std::string& box) {
  const auto opened = opener.open(box);
  return opened.has_value() ? "ok" : opened.error().message();
}

TEST(Opener, OpensWhatWasSealed) {
  const Opener opener = Opener::generate().value();
  for (const std::string& text : {std::string("{}"), std::string(1023, 'x'), std::string(1024, 'x'),
                                  std::string(1025, 'x'), std::string(47 * 1024, 'x')}) {
    EXPECT_EQ(opener.open(seal(opener.public_key(), text)).value(), text);
  }
}

TEST(Opener, OpensABoxOfNpmJose) {
  const Opener bob = Opener::from_jwk_json(kBob).value();
  EXPECT_EQ(bob.open(kFromJose).value(), R"({"hello":"dermaga"})");
}

TEST(Opener, EveryChangedCharacterIsRefused) {
  const Opener bob = Opener::from_jwk_json(kBob).value();
  const std::string box(kFromJose);
  for (std::size_t i = 0; i < box.size(); ++i) {
    for (const char c : {'A', 'Q', 'z', '.'}) {
      if (box[i] != c) {
        std::string changed = box;
        changed[i] = c;
        EXPECT_NE(outcome(bob, changed), "ok") << "at " << i;
      }
    }
  }
}

TEST(Opener, TamperedPartsHaveTheirCodes) {
  const Opener opener = Opener::generate().value();
  const std::string box = seal(opener.public_key(), "{}");
  const auto change = [&box](std::size_t at) {
    std::string changed = box;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    return changed;
  };
  const std::size_t iv = box.find("..") + 2;
  const std::size_t ciphertext = box.find('.', iv) + 1;
  const std::size_t tag = box.rfind('.') + 1;
  EXPECT_EQ(outcome(opener, change(iv)), "box_unreadable");
  EXPECT_EQ(outcome(opener, change(ciphertext)), "box_unreadable");
  EXPECT_EQ(outcome(opener, change(tag)), "box_unreadable");
  EXPECT_EQ(outcome(opener, ""), "box_malformed");
  EXPECT_EQ(outcome(opener, std::string(1 << 20, 'A')), "box_malformed");
}

// Puts another ephemeral point into a box's header.
std::string with_ephemeral(const std::string& box, const sealing::Point& point) {
  const std::string header =
      R"({"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":")" +
      encoding::base64url(point.x) + R"(","y":")" + encoding::base64url(point.y) + R"("}})";
  return encoding::base64url(header) + box.substr(box.find('.'));
}

TEST(Opener, AnotherEphemeralPoint) {
  const Opener opener = Opener::generate().value();
  const std::string box = seal(opener.public_key(), "{}");
  const sealing::Point good = Opener::generate().value().public_key().point;
  EXPECT_EQ(outcome(opener, with_ephemeral(box, good)), "box_unreadable");
  const sealing::Point off_curve[] = {
      {good.x, good.x},
      {std::string(32, '\0'), std::string(32, '\0')},
      {std::string(32, '\xff'), std::string(32, '\xff')},
      {good.x, opener.public_key().point.y},
  };
  for (const sealing::Point& point : off_curve) {
    EXPECT_EQ(outcome(opener, with_ephemeral(box, point)), "box_malformed");
  }
}

TEST(Opener, KeyIds) {
  const Opener opener = Opener::generate().value();
  EXPECT_EQ(opener.public_key().kid, opener.public_key().thumbprint());
  sealing::PublicKey key = opener.public_key();
  key.kid = "other";
  EXPECT_EQ(outcome(opener, seal(key, "{}")), "box_unknown_key");
  key.kid.clear();
  EXPECT_EQ(outcome(opener, seal(key, "{}")), "ok");
  const Opener stranger = Opener::generate().value();
  key = stranger.public_key();
  key.kid = opener.public_key().kid;
  EXPECT_EQ(outcome(opener, seal(key, "{}")), "box_unreadable");
}

TEST(Opener, PrivateJwkComesBack) {
  const Opener opener = Opener::generate().value();
  const Opener again = Opener::from_jwk_json(opener.to_private_jwk_json()).value();
  EXPECT_EQ(again.public_key().kid, opener.public_key().kid);
  EXPECT_EQ(again.open(seal(opener.public_key(), "{}")).value(), "{}");
}

TEST(Opener, BrokenPrivateJwks) {
  const std::string good = Opener::generate().value().to_private_jwk_json();
  const std::string other = Opener::generate().value().to_private_jwk_json();
  const auto member = [](const std::string& jwk, const std::string& name) {
    const std::size_t at = jwk.find("\"" + name + "\":\"") + name.size() + 4;
    return std::pair(at, jwk.find('"', at) - at);
  };
  const auto replace = [&](const std::string& name, const std::string& value) {
    const auto [at, size] = member(good, name);
    return std::string(good).replace(at, size, value);
  };
  const auto of_other = [&](const std::string& name) {
    const auto [at, size] = member(other, name);
    return replace(name, other.substr(at, size));
  };
  const std::string cases[] = {
      "",
      "{}",
      "[]",
      good + "x",
      of_other("d"),
      of_other("x"),
      of_other("y"),
      replace("d", ""),
      replace("d", "AAAA"),
      replace("d", std::string(43, 'A')),
      replace("d", std::string(42, '_') + "8"),
      replace("crv", "P-384"),
      replace("kty", "OKP"),
      Opener::generate().value().public_key().to_jwk_json(),
  };
  for (const std::string& jwk : cases) {
    const auto opener = Opener::from_jwk_json(jwk);
    ASSERT_FALSE(opener.has_value()) << jwk;
    EXPECT_EQ(opener.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(opener.error().message().find("AAAA"), std::string::npos);
  }
}

TEST(Opener, ManyThreadsOpenAtOnce) {
  const Opener opener = Opener::generate().value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&opener, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string text = "{\"n\":" + std::to_string(t * 1000 + i) + "}";
        ASSERT_EQ(opener.open(seal(opener.public_key(), text)).value(), text);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace dermaga::unsealing
