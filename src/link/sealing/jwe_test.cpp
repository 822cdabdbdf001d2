#include "sealing/jwe.h"

#include <gtest/gtest.h>

#include "encoding/encoding.h"

namespace dermaga::sealing {
namespace {

const std::string kX = "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ";
const std::string kY = "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck";
const std::string kEpk =
    R"("epk":{"kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kY + R"("})";
const std::string kGood = R"({"alg":"ECDH-ES","enc":"A256GCM",)" + kEpk + "}";
const std::string kIv = encoding::base64url(std::string(12, 'i'));
const std::string kTag = encoding::base64url(std::string(16, 't'));
const std::string kText = encoding::base64url(std::string(1024, 'c'));

std::string compact(const std::string& header_json, const std::string& tail) {
  return encoding::base64url(header_json) + tail;
}
std::string compact(const std::string& header_json) {
  return compact(header_json, ".." + kIv + "." + kText + "." + kTag);
}

std::string outcome(const std::string& jwe) {
  const auto box = take_apart(jwe);
  return box.has_value() ? "ok" : box.error().message();
}

TEST(TakeApart, AcceptsOurForm) {
  const std::string jwe = compact(kGood);
  const auto box = take_apart(jwe);
  ASSERT_TRUE(box.has_value()) << box.error().message();
  EXPECT_EQ(box->kid, "");
  EXPECT_EQ(encoding::base64url(box->ephemeral.x), kX);
  EXPECT_EQ(encoding::base64url(box->ephemeral.y), kY);
  EXPECT_EQ(box->header_segment, jwe.substr(0, jwe.find('.')));
  EXPECT_EQ(box->iv, std::string(12, 'i'));
  EXPECT_EQ(box->tag, std::string(16, 't'));
  EXPECT_EQ(box->ciphertext, std::string(1024, 'c'));
  EXPECT_EQ(outcome(compact(R"({"typ":"JWE","cty":"json","kid":"k",)" + kGood.substr(1))), "ok");
  EXPECT_EQ(outcome(compact("{ " + kEpk + R"( , "enc" : "A256GCM", "alg":"ECDH-ES" } )")), "ok");
}

TEST(TakeApart, RefusesOtherAlgorithms) {
  const std::string rest = R"("enc":"A256GCM",)" + kEpk + "}";
  const std::string point = R"("x":")" + kX + R"(","y":")" + kY + R"("}})";
  const std::string head = R"({"alg":"ECDH-ES","enc":"A256GCM",)";
  const std::string headers[] = {
      R"({"alg":"RSA1_5","enc":"A256GCM"})",
      R"({"alg":"RSA-OAEP-256","enc":"A256GCM"})",
      R"({"alg":"dir","enc":"A256GCM"})",
      R"({"alg":"A128KW","enc":"A128GCM"})",
      R"({"alg":"none","enc":"A256GCM"})",
      R"({"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":100000000,"p2s":"AAAA"})",
      R"({"p2c":100000000,"alg":"ECDH-ES",)" + rest,
      R"({"alg":"ECDH-ES+A256KW",)" + rest,
      R"({"alg":"ecdh-es",)" + rest,
      R"({"alg":"ECDH-ES","enc":"A128GCM",)" + kEpk + "}",
      R"({"alg":"ECDH-ES","enc":"A256CBC-HS512",)" + kEpk + "}",
      R"({"zip":"DEF",)" + kGood.substr(1),
      R"({"crit":["exp"],)" + kGood.substr(1),
      R"({"apu":"QQ",)" + kGood.substr(1),
      R"({"jwk":{},)" + kGood.substr(1),
      R"({"x5u":"https://example.com",)" + kGood.substr(1),
      R"({"anything":1,)" + kGood.substr(1),
      head + R"("epk":{"kty":"EC","crv":"P-384",)" + point,
      head + R"("epk":{"kty":"EC","crv":"secp256k1",)" + point,
      head + R"("epk":{"kty":"OKP","crv":"X25519","x":")" + kX + R"("}})",
      head + R"("epk":{"d":"AA","kty":"EC","crv":"P-256",)" + point,
  };
  for (const std::string& header : headers) {
    EXPECT_EQ(outcome(compact(header)), "box_algorithm") << header;
  }
}

TEST(TakeApart, RefusesMalformedHeaders) {
  const std::string head = R"({"alg":"ECDH-ES","enc":"A256GCM",)";
  const auto with_point = [&](const std::string& x, const std::string& y) {
    return head + R"("epk":{"kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + y + R"("}})";
  };
  const std::string headers[] = {
      "",
      "{}",
      "null",
      "[]",
      kGood + "x",
      kGood.substr(0, kGood.size() - 1),
      R"({"alg":1,"enc":"A256GCM"})",
      R"({"alg":"ECDH-ES"})",
      R"({"enc":"A256GCM"})",
      R"({"alg":"ECDH-ES","enc":"A256GCM"})",
      head + R"("epk":"x"})",
      head + R"("epk":{"kty":"EC","crv":"P-256","x":")" + kX + R"("}})",
      R"({"alg":"ECDH-ES",)" + kGood.substr(1),
      R"({"alg":"ECDH-ES","enc":"A256GCM",)" + kEpk + "," + kEpk + "}",
      R"({"kid":")" + std::string(65, 'k') + R"(",)" + kGood.substr(1),
      R"({"typ":")" + std::string(1100, 'k') + R"(",)" + kGood.substr(1),
      R"({"kid":"\u0061",)" + kGood.substr(1),
      with_point(kX.substr(0, 42), kY),
      with_point(kX + "A", kY),
      with_point(kX, kY.substr(0, 40)),
      with_point(kX + "=", kY),
      with_point("", ""),
      // The last character has bits that no byte uses: a second spelling of the same number.
      with_point(kX.substr(0, 42) + "R", kY),
  };
  for (const std::string& header : headers) {
    EXPECT_EQ(outcome(compact(header)), "box_malformed") << header;
  }
}

TEST(TakeApart, RefusesMalformedSegments) {
  const std::string tails[] = {
      "",
      "." + kIv + "." + kText + "." + kTag,                       // 4 segments
      ".." + kIv + "." + kText + "." + kTag + ".",                // 6 segments
      ".." + kIv + "." + kText + "." + kTag + "." + kTag,         //
      ".AAAA." + kIv + "." + kText + "." + kTag,                  // an encrypted key
      "..." + kText + "." + kTag,                                 // no iv
      ".." + kIv.substr(0, 15) + "." + kText + "." + kTag,        //
      ".." + kIv + "A." + kText + "." + kTag,                     //
      ".." + kIv + ".." + kTag,                                   // no ciphertext
      ".." + kIv + "." + kText + ".",                             // no tag
      ".." + kIv + "." + kText + "." + kTag.substr(0, 20),        // a short tag
      ".." + kIv + "." + kText + "." + kTag + "==",               // padding
      ".." + kIv + "." + kText + "." + kTag.substr(0, 21) + "B",  // set trailing bits
      ".." + kIv + "." + kText + "=." + kTag,                     //
      ".." + kIv + ".AA+/." + kTag,                               // the other alphabet
      ".." + kIv + ".AA AA." + kTag,                              //
      ".." + kIv + ".AAAA\n." + kTag,                             //
  };
  for (const std::string& tail : tails) {
    EXPECT_EQ(outcome(compact(kGood, tail)), "box_malformed") << tail;
  }
  EXPECT_EQ(outcome(""), "box_malformed");
  EXPECT_EQ(outcome("...."), "box_malformed");
  EXPECT_EQ(outcome(std::string(1 << 20, '.')), "box_malformed");
  EXPECT_EQ(outcome(std::string(1 << 20, 'A')), "box_malformed");
  EXPECT_EQ(outcome(compact(kGood) + std::string(1 << 20, 'A')), "box_malformed");
  EXPECT_EQ(outcome("=" + compact(kGood)), "box_malformed");
}

}  // namespace
}  // namespace dermaga::sealing
