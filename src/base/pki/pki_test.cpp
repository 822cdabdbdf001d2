#include "pki/pki.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dermaga::pki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// openssl req -x509 -newkey ec (P-256), 100 years, with URI, DNS and IP names.
// A key for this test only.
constexpr const char* kKey =
    "-----BEGIN PRIVATE"
    R"( KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgykc8cpC/8vuSdjmB
46U03/R9EpRxMPjVAf4P8600u0+hRANCAASAmOgs0VCJa5ywV91EnIkD6uQjvZn5
7/DOmLzIhx5OHvTAnNqV5WFsYU5ZZsDzK9R3ehg89cD4JqYZfCXh+hls
-----END PRIVATE KEY-----
)";
constexpr const char* kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIDChssMAoGCCqGSM49BAMCMBExDzANBgNVBAMMBmVkZ2Ug
MTAgFw0yNjExMjIxOTMzMzJaGA8yMTI2MTAyOTE5MzMzMlowETEPMA0GA1UEAwwG
ZWRnZSAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgJjoLNFQiWucsFfdRJyJ
A+rkI72Z+e/wzpi8yIceTh70wJzaleVhbGFOWWbA8yvUd3oYPPXA+CamGXwl4foZ
bKOBmjCBlzAdBgNVHQ4EFgQUmhpq9gMiM9bfxxdVbGdA4yNfne8wHwYDVR0jBBgw
FoAUmhpq9gMiM9bfxxdVbGdA4yNfne8wDwYDVR0TAQH/BAUwAwEB/zBEBgNVHREE
PTA7hhpkZXJtYWdhOi8vdG9rby9wdWJsaWMvZWRnZYIJbG9jYWxob3N0ggxzaG9w
LmV4YW1wbGWHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIhAMqwZwPmlQMco61dvjbd
+a5db5a20NLRov1sy1xEVgLbAiAVadPnxIJcgBNU1nVMPDf/rByaNzVPJt89HUB8
N/2hSA==
-----END CERTIFICATE-----
)";

TEST(Pki, ReadsNamesAndValidity) {
  const auto info = read_certificate(kCertificate);
  ASSERT_TRUE(info.has_value()) << info.error().message();
  EXPECT_EQ(info->common_name, "edge 1");
  EXPECT_THAT(info->uris, ElementsAre("dermaga://toko/public/edge"));
  EXPECT_THAT(info->dns_names, ElementsAre("localhost", "shop.example"));
  EXPECT_EQ(format_rfc3339(info->not_before), "2026-11-22T19:33:32Z");
  EXPECT_EQ(format_rfc3339(info->not_after), "2126-10-29T19:33:32Z");
  EXPECT_EQ(info->serial_hex, "0a1b2c");
}

TEST(Pki, KeysBelongToTheirCertificate) {
  EXPECT_TRUE(key_matches(kCertificate, kKey));
  EXPECT_FALSE(key_matches(kCertificate, generate_key_pem().value()));
  EXPECT_FALSE(key_matches(kCertificate, "no key"));
  EXPECT_FALSE(key_matches("no certificate", kKey));
}

TEST(Pki, KeysArePkcs8AndDiffer) {
  const auto first = generate_key_pem();
  ASSERT_TRUE(first.has_value());
  EXPECT_THAT(*first, StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_NE(*first, generate_key_pem().value());
}

TEST(Pki, RequestsAreMadeFromKeyAndRole) {
  const auto request = make_request_pem(kKey, "dermaga://toko/public/edge");
  ASSERT_TRUE(request.has_value()) << request.error().message();
  EXPECT_THAT(*request, StartsWith("-----BEGIN CERTIFICATE REQUEST-----\n"));
}

TEST(Pki, WrongInputIsRefused) {
  EXPECT_THAT(make_request_pem("no key", "dermaga://toko/public/edge").error().message(),
              HasSubstr("not a PEM key"));
  for (const std::string uri : {"", "a,DNS:evil.example", "a\nb", "a b"}) {
    EXPECT_EQ(make_request_pem(kKey, uri).error().code(), ErrorCode::kInvalidArgument) << uri;
  }
  EXPECT_THAT(read_certificate("").error().message(), HasSubstr("not a PEM certificate"));
  EXPECT_THAT(read_certificate(kKey).error().message(), HasSubstr("not a PEM certificate"));
  EXPECT_THAT(read_certificate(std::string(70'000, 'x')).error().message(), HasSubstr("64 KiB"));
  EXPECT_THAT(make_request_pem(std::string(70'000, 'x'), "dermaga://a/b").error().message(),
              HasSubstr("64 KiB"));
}

}  // namespace
}  // namespace dermaga::pki
