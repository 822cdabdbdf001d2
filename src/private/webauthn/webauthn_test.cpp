#include "webauthn/webauthn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "digest/digest.h"
#include "test_authenticator/test_authenticator.h"

namespace dermaga::webauthn {
namespace {

using test_authenticator::Algorithm;
using test_authenticator::Authenticator;
using test_authenticator::Created;
using test_authenticator::Got;
using test_authenticator::Request;
using ::testing::HasSubstr;

// Text in which NULs count.
template <std::size_t n>
std::string raw(const char (&text)[n]) {
  return {text, n - 1};
}

Attestation as_attestation(const Created& created) {
  return {.client_data_json = created.client_data_json,
          .attestation_object = created.attestation_object};
}

Assertion as_assertion(const Got& got) {
  return {.credential_id = got.credential_id,
          .client_data_json = got.client_data_json,
          .authenticator_data = got.authenticator_data,
          .signature = got.signature};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  CHECK(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

class Passkeys : public testing::Test {
 protected:
  Created create(Authenticator& authenticator) { return authenticator.create(request_, "handle"); }
  Result<Credential> verify(const Created& created) {
    return verify_registration(party_, request_.challenge, as_attestation(created));
  }
  Credential registered(Authenticator& authenticator) {
    return verify(create(authenticator)).value();
  }
  Result<std::uint32_t> verify(const Credential& credential, const Got& got) {
    return verify_assertion(party_, request_.challenge, credential, as_assertion(got));
  }

  template <typename T>
  static void expect_error(const Result<T>& result, ErrorCode code, std::string_view message) {
    ASSERT_FALSE(result.has_value()) << message;
    EXPECT_EQ(result.error().code(), code) << result.error().message();
    EXPECT_THAT(result.error().message(), HasSubstr(message));
  }
  template <typename T>
  static void expect_refused(const Result<T>& result, std::string_view message) {
    expect_error(result, ErrorCode::kForbidden, message);
  }
  template <typename T>
  static void expect_invalid(const Result<T>& result, std::string_view message) {
    expect_error(result, ErrorCode::kInvalidArgument, message);
  }
  // Both ceremonies of a request that differs from what is expected.
  void expect_both_refused(const Request& other, std::string_view message) {
    Authenticator authenticator;
    expect_refused(verify(authenticator.create(other, "handle")), message);
    const Credential credential = registered(authenticator);
    expect_refused(verify(credential, authenticator.get(other)), message);
  }

  RelyingParty party_{.id = "localhost",
                      .origins = {"https://localhost:8441", "https://localhost:8442"}};
  Request request_{.rp_id = "localhost",
                   .origin = "https://localhost:8441",
                   .challenge = raw("sixteen \0\xff bytes and more")};
};

TEST_F(Passkeys, OfEveryAlgorithmRegisterAndSignIn) {
  const std::pair<Algorithm, std::size_t> algorithms[] = {
      {Algorithm::kEs256, 64}, {Algorithm::kEdDsa, 32}, {Algorithm::kRs256, 259}};
  for (const auto& [algorithm, key_bytes] : algorithms) {
    for (const bool attests_itself : {false, true}) {
      Authenticator authenticator(algorithm);
      authenticator.behaviour().attests_itself = attests_itself;
      authenticator.behaviour().counter = 7;
      Credential credential = registered(authenticator);
      EXPECT_EQ(credential.id, authenticator.credential_id());
      EXPECT_EQ(credential.algorithm, static_cast<std::int32_t>(algorithm));
      EXPECT_EQ(credential.public_key.size(), key_bytes);
      EXPECT_EQ(credential.sign_count, 7u);
      EXPECT_EQ(verify(credential, authenticator.get(request_)).value(), 8u);
      credential.sign_count = 8;
      EXPECT_EQ(verify(credential, authenticator.get(request_)).value(), 9u);
    }
  }
}

TEST_F(Passkeys, MayComeFromAnyOfTheOrigins) {
  Authenticator authenticator;
  const Credential credential = registered(authenticator);
  request_.origin = party_.origins.back();
  EXPECT_TRUE(verify(credential, authenticator.get(request_)).has_value());
}

TEST_F(Passkeys, ForAnotherOriginAreRefused) {
  for (const char* origin :
       {"https://localhost", "https://localhost:844", "https://localhost:84411",
        "https://localhost:8441/", "http://localhost:8441", "HTTPS://localhost:8441", ""}) {
    Request other = request_;
    other.origin = origin;
    expect_both_refused(other, "origin");
  }
}

TEST_F(Passkeys, ForAnotherChallengeAreRefused) {
  for (const std::string& challenge :
       {std::string(), request_.challenge + "x", request_.challenge.substr(1),
        std::string(request_.challenge.size(), 'x')}) {
    Request other = request_;
    other.challenge = challenge;
    expect_both_refused(other, "challenge");
  }
}

TEST_F(Passkeys, ForAChallengeTooShortToBeRandomAreRefused) {
  Authenticator authenticator;
  request_.challenge = std::string(kChallengeBytesMin - 1, 'c');
  expect_refused(verify(create(authenticator)), "challenge");
  request_.challenge = "";
  expect_refused(verify(create(authenticator)), "challenge");
  request_.challenge = std::string(kChallengeBytesMin, 'c');
  EXPECT_TRUE(verify(create(authenticator)).has_value());
}

TEST_F(Passkeys, ForAnotherRelyingPartyAreRefused) {
  for (const char* id : {"localhos", "localhost.", "evil", ""}) {
    Request other = request_;
    other.rp_id = id;
    expect_both_refused(other, "another relying party");
  }
}

TEST_F(Passkeys, OfTheOtherCeremonyAreRefused) {
  Authenticator authenticator;
  Created created = create(authenticator);
  const Credential credential = verify(created).value();
  Got got = authenticator.get(request_);
  std::swap(created.client_data_json, got.client_data_json);
  // Signed by the key, so that the type alone is wrong.
  got.signature = authenticator.sign(got.authenticator_data + digest::sha256(got.client_data_json));
  expect_refused(verify(created), "webauthn.create");
  expect_refused(verify(credential, got), "webauthn.get");
}

TEST_F(Passkeys, NeedAUserWhoIsThereAndVerified) {
  Authenticator authenticator;
  const Credential credential = registered(authenticator);
  authenticator.behaviour().is_user_verified = false;
  expect_refused(verify(create(authenticator)), "not verified");
  expect_refused(verify(credential, authenticator.get(request_)), "not verified");
  authenticator.behaviour().is_user_verified = true;
  authenticator.behaviour().is_user_present = false;
  expect_refused(verify(create(authenticator)), "not present");
  expect_refused(verify(credential, authenticator.get(request_)), "not present");
}

TEST_F(Passkeys, InAFrameOfAnotherSiteAreRefused) {
  Authenticator authenticator;
  const Credential credential = registered(authenticator);
  Created created = create(authenticator);
  created.client_data_json =
      replaced(created.client_data_json, R"("crossOrigin":false)", R"("topOrigin":"https://evil")");
  expect_refused(verify(created), "frame");
  authenticator.behaviour().is_cross_origin = true;
  expect_refused(verify(create(authenticator)), "frame");
  expect_refused(verify(credential, authenticator.get(request_)), "frame");
}

TEST_F(Passkeys, AreNotReplayed) {
  Authenticator authenticator;
  Credential credential = registered(authenticator);
  const Got got = authenticator.get(request_);
  credential.sign_count = verify(credential, got).value();
  expect_refused(verify(credential, got), "did not grow");
}

TEST_F(Passkeys, CountersDoNotGoBack) {
  Authenticator authenticator;
  authenticator.behaviour().counter = 0xfffffff0;
  const Credential credential = registered(authenticator);
  for (const std::uint32_t counter : {0u, 1u, 0x7fffffffu, 0xffffffefu, 0xfffffff0u}) {
    authenticator.behaviour().counter = counter;
    expect_refused(verify(credential, authenticator.get(request_)), "did not grow");
  }
  authenticator.behaviour().counter = 0xffffffff;
  EXPECT_EQ(verify(credential, authenticator.get(request_)).value(), 0xffffffffu);
}

TEST_F(Passkeys, MayHaveNoCounter) {
  Authenticator authenticator;
  authenticator.behaviour().counter = 0;
  const Credential credential = registered(authenticator);
  EXPECT_EQ(credential.sign_count, 0u);
  EXPECT_EQ(verify(credential, authenticator.get(request_)).value(), 0u);
  EXPECT_EQ(verify(credential, authenticator.get(request_)).value(), 0u);
  authenticator.behaviour().counter = 1;
  EXPECT_EQ(verify(credential, authenticator.get(request_)).value(), 1u);
}

TEST_F(Passkeys, OfOthersAreRefused) {
  Authenticator authenticator;
  Authenticator other;
  Authenticator other_algorithm(Algorithm::kEdDsa);
  const Credential credential = registered(authenticator);
  const Got good = authenticator.get(request_);
  expect_refused(verify(credential, other.get(request_)), "another credential");
  for (Authenticator* forger : {&other, &other_algorithm}) {
    Got forged = good;
    forged.signature =
        forger->sign(good.authenticator_data + digest::sha256(good.client_data_json));
    expect_refused(verify(credential, forged), "signature");
  }
  Credential renamed = credential;
  renamed.id.pop_back();
  expect_refused(verify(renamed, good), "another credential");
}

TEST_F(Passkeys, SignatureCoversWhatWasSigned) {
  Authenticator authenticator;
  const Credential credential = registered(authenticator);
  const Got good = authenticator.get(request_);
  const auto expect_every_change_refused = [&](std::string Got::* part) {
    for (std::size_t i = 0; i < (good.*part).size(); ++i) {
      for (const int bits : {0x01, 0x80, 0xff}) {
        Got changed = good;
        (changed.*part)[i] = static_cast<char>((changed.*part)[i] ^ bits);
        EXPECT_FALSE(verify(credential, changed).has_value()) << "at " << i;
      }
    }
    for (std::size_t size = 0; size < (good.*part).size(); ++size) {
      Got cut = good;
      (cut.*part).resize(size);
      EXPECT_FALSE(verify(credential, cut).has_value()) << "at " << size;
    }
    Got longer = good;
    (longer.*part).push_back('\0');
    EXPECT_FALSE(verify(credential, longer).has_value());
  };
  expect_every_change_refused(&Got::authenticator_data);
  expect_every_change_refused(&Got::client_data_json);
  expect_every_change_refused(&Got::signature);
  expect_every_change_refused(&Got::credential_id);
  EXPECT_TRUE(verify(credential, good).has_value());
}

TEST_F(Passkeys, SelfAttestationCoversEveryByte) {
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEdDsa}) {
    Authenticator authenticator(algorithm);
    authenticator.behaviour().attests_itself = true;
    const Created good = create(authenticator);
    for (std::size_t i = 0; i < good.attestation_object.size(); ++i) {
      Created changed = good;
      changed.attestation_object[i] = static_cast<char>(changed.attestation_object[i] ^ 1);
      EXPECT_FALSE(verify(changed).has_value()) << "at " << i;
    }
    EXPECT_TRUE(verify(good).has_value());
  }
}

TEST_F(Passkeys, CutAnywhereDoNotRegister) {
  for (const bool attests_itself : {false, true}) {
    Authenticator authenticator;
    authenticator.behaviour().attests_itself = attests_itself;
    const Created good = create(authenticator);
    for (std::size_t size = 0; size < good.attestation_object.size(); ++size) {
      Created cut = good;
      cut.attestation_object.resize(size);
      expect_error(verify(cut), ErrorCode::kInvalidArgument, "");
    }
    for (std::size_t size = 0; size < good.client_data_json.size(); ++size) {
      Created cut = good;
      cut.client_data_json.resize(size);
      expect_error(verify(cut), ErrorCode::kInvalidArgument, "client data");
    }
    Created longer = good;
    longer.attestation_object.push_back('\0');
    expect_invalid(verify(longer), "alone");
  }
}

// Cut inside the byte string that the attestation object holds it in.
TEST_F(Passkeys, AuthenticatorDataCutAnywhereDoesNotRegister) {
  Authenticator authenticator;
  const Created good = create(authenticator);
  const std::string head =
      raw("\xa3\x63"
          "fmt\x64none\x67"
          "attStmt\xa0\x68"
          "authData\x58");
  ASSERT_TRUE(good.attestation_object.starts_with(head));
  const std::string data = good.attestation_object.substr(head.size() + 1);
  const auto with = [&](std::string_view some) {
    Created changed = good;
    changed.attestation_object = head + static_cast<char>(some.size()) + std::string(some);
    return changed;
  };
  EXPECT_TRUE(verify(with(data)).has_value());
  for (std::size_t size = 0; size < data.size(); ++size) {
    expect_error(verify(with(data.substr(0, size))), ErrorCode::kInvalidArgument, "");
  }
  expect_invalid(verify(with(data + '\0')), "behind its end");
}

TEST_F(Passkeys, OfAlgorithmsNobodyAskedForAreRefused) {
  for (const bool attests_itself : {false, true}) {
    Authenticator authenticator(Algorithm::kEs384);
    authenticator.behaviour().attests_itself = attests_itself;
    expect_invalid(verify(create(authenticator)), "public key");
  }
  Authenticator authenticator;
  Created created = create(authenticator);
  // ES256K.
  created.attestation_object =
      replaced(created.attestation_object, raw("\x01\x02\x03\x26"), raw("\x01\x02\x03\x28"));
  expect_invalid(verify(created), "public key");
  Credential credential = registered(authenticator);
  credential.algorithm = static_cast<std::int32_t>(Algorithm::kEs384);
  expect_invalid(verify(credential, authenticator.get(request_)), "key");
}

TEST_F(Passkeys, WithAPointOffTheCurveAreRefused) {
  Authenticator authenticator;
  Created created = create(authenticator);
  created.attestation_object.back() = static_cast<char>(created.attestation_object.back() ^ 1);
  expect_invalid(verify(created), "public key");
  Credential credential = registered(authenticator);
  credential.public_key.back() = static_cast<char>(credential.public_key.back() ^ 1);
  expect_invalid(verify(credential, authenticator.get(request_)), "key");
  credential.public_key.pop_back();
  expect_invalid(verify(credential, authenticator.get(request_)), "key");
}

TEST_F(Passkeys, ExtensionsAreIgnored) {
  // credProtect, hmac-secret, one that nobody knows, none.
  for (const std::string& extensions :
       {raw("\xa1\x6b"
            "credProtect\x02"),
        raw("\xa1\x6bhmac-secret\xf5"), raw("\xa1\x67unknown\x82\x01\xa1\x61x\x41y"),
        raw("\xa0")}) {
    for (const bool attests_itself : {false, true}) {
      Authenticator authenticator;
      authenticator.behaviour().attests_itself = attests_itself;
      authenticator.behaviour().extensions = extensions;
      const Credential credential = registered(authenticator);
      EXPECT_TRUE(verify(credential, authenticator.get(request_)).has_value());
    }
  }
  Authenticator authenticator;
  const Credential credential = registered(authenticator);
  // Not a map, cut short, of unknown length, too deep, something behind it, a length beyond memory.
  for (const std::string& extensions :
       {raw("\x80"), raw("\xa1\x61x"), raw("\xbf\xff"),
        "\xa1\x61x" + std::string(16, '\x81') + "\x01", raw("\xa0\x00"),
        raw("\xbb\x0f\xff\xff\xff\xff\xff\xff\xff"),
        raw("\xa1\x61x\x9b\x0f\xff\xff\xff\xff\xff\xff\xff")}) {
    authenticator.behaviour().extensions = extensions;
    expect_error(verify(create(authenticator)), ErrorCode::kInvalidArgument, "");
    expect_error(verify(credential, authenticator.get(request_)), ErrorCode::kInvalidArgument, "");
  }
}

TEST_F(Passkeys, OtherStatementsAreRefused) {
  Authenticator authenticator;
  Created none = create(authenticator);
  authenticator.behaviour().attests_itself = true;
  Created packed = create(authenticator);
  const auto expect_object_invalid = [&](const std::string& object) {
    Created changed = none;
    changed.attestation_object = object;
    changed.client_data_json = packed.client_data_json;
    expect_error(verify(changed), ErrorCode::kInvalidArgument, "");
  };
  expect_object_invalid(replaced(none.attestation_object, "none", "nope"));
  expect_object_invalid(replaced(none.attestation_object, raw("\x64none"), raw("\x66packed")));
  expect_object_invalid(replaced(packed.attestation_object, raw("\x66packed"), raw("\x64none")));
  expect_object_invalid(replaced(packed.attestation_object, raw("\x66packed"), raw("\x63tpm")));
  expect_object_invalid(replaced(packed.attestation_object, "sig", "x5c"));
  // Twice the same member, one too many, an array.
  expect_object_invalid(replaced(none.attestation_object,
                                 raw("\xa3\x63"
                                     "fmt\x64none"),
                                 raw("\xa4\x63"
                                     "fmt\x64none\x63"
                                     "fmt\x64none")));
  expect_object_invalid(replaced(none.attestation_object, raw("\xa3"), raw("\xa4\x61x\x00")));
  expect_object_invalid(replaced(none.attestation_object, raw("\xa3"), raw("\x83")));
  Created other_algorithm = packed;
  other_algorithm.attestation_object = replaced(packed.attestation_object,
                                                raw("\x63"
                                                    "alg\x26"),
                                                raw("\x63"
                                                    "alg\x27"));
  expect_refused(verify(other_algorithm), "algorithm");
}

TEST_F(Passkeys, MembersOfTheAttestationObjectMayComeInAnyOrder) {
  Authenticator authenticator;
  Created created = create(authenticator);
  created.attestation_object = replaced(created.attestation_object,
                                        raw("\x63"
                                            "fmt\x64none"),
                                        "") +
                               raw("\x63"
                                   "fmt\x64none");
  EXPECT_TRUE(verify(created).has_value());
}

TEST_F(Passkeys, ClientDataIsReadStrictly) {
  Authenticator authenticator;
  const Created good = create(authenticator);
  const auto with = [&](std::string client_data_json) {
    Created changed = good;
    changed.client_data_json = std::move(client_data_json);
    return verify(changed);
  };
  const std::string& json = good.client_data_json;
  const std::string type = R"("type":"webauthn.create")";
  EXPECT_TRUE(
      with(replaced(json, type, type + R"(,"tokenBinding":{"status":"x"},"y":[1])")).has_value());
  EXPECT_TRUE(with(replaced(json, R"(,"crossOrigin":false)", "")).has_value());
  for (const std::string& bad :
       {std::string("[]"), "\xef\xbb\xbf" + json, json + "x",
        replaced(json, type, type + "," + type), replaced(json, type, R"("type":1)"),
        replaced(json, type, R"("x":1)"), replaced(json, "false", "\"\""),
        replaced(json, "https", "\xff")}) {
    expect_error(with(bad), ErrorCode::kInvalidArgument, "client data");
  }
}

TEST_F(Passkeys, HaveBounds) {
  Authenticator longest(Algorithm::kEs256, kCredentialIdBytesMax);
  longest.behaviour().attests_itself = true;
  Credential credential = registered(longest);
  EXPECT_EQ(credential.id.size(), kCredentialIdBytesMax);
  Got got = longest.get(request_);
  EXPECT_TRUE(verify(credential, got).has_value());
  for (const std::size_t bytes : {std::size_t{0}, kCredentialIdBytesMax + 1}) {
    Authenticator authenticator(Algorithm::kEs256, bytes);
    expect_invalid(verify(create(authenticator)), "credential id");
  }
  Created created = create(longest);
  created.client_data_json += std::string(kClientDataBytesMax, ' ');
  expect_invalid(verify(created), "more bytes than allowed");
  created = create(longest);
  created.attestation_object.resize(kAttestationBytesMax + 1);
  expect_invalid(verify(created), "more bytes than allowed");
  got.signature.resize(kSignatureBytesMax + 1);
  expect_invalid(verify(credential, got), "more bytes than allowed");
  got = longest.get(request_);
  got.authenticator_data.resize(kAuthenticatorDataBytesMax + 1);
  expect_invalid(verify(credential, got), "more bytes than allowed");
}

TEST_F(Passkeys, NeedACredentialToRegister) {
  Authenticator authenticator;
  const std::string data = authenticator.get(request_).authenticator_data;
  Created created = create(authenticator);
  created.attestation_object = raw("\xa3\x63"
                                   "fmt\x64none\x67"
                                   "attStmt\xa0\x68"
                                   "authData\x58") +
                               static_cast<char>(data.size()) + data;
  expect_invalid(verify(created), "attests no credential");
}

TEST_F(Passkeys, AreAskedForInJson) {
  EXPECT_EQ(creation_options_json(
                party_, std::string(16, '\0'),
                {.handle = "\xff\xfe", .name = "ana", .display_name = "Ana \"A\""}, {"id"}),
            R"({"rp":{"id":"localhost","name":"localhost"},)"
            R"("user":{"id":"__4","name":"ana","displayName":"Ana \"A\""},)"
            R"("challenge":"AAAAAAAAAAAAAAAAAAAAAA",)"
            R"("pubKeyCredParams":[{"type":"public-key","alg":-8},{"type":"public-key","alg":-7},)"
            R"({"type":"public-key","alg":-257}],"timeout":300000,)"
            R"("excludeCredentials":[{"type":"public-key","id":"aWQ"}],)"
            R"("authenticatorSelection":{"residentKey":"required","requireResidentKey":true,)"
            R"("userVerification":"required"},"attestation":"none"})");
  EXPECT_EQ(request_options_json(party_, std::string(16, '\0'), {"id", "\xff\xfe"}),
            R"({"challenge":"AAAAAAAAAAAAAAAAAAAAAA","timeout":300000,"rpId":"localhost",)"
            R"("allowCredentials":[{"type":"public-key","id":"aWQ"},)"
            R"({"type":"public-key","id":"__4"}],"userVerification":"required"})");
  EXPECT_THAT(request_options_json(party_, std::string(64, 'c'), {}),
              HasSubstr(R"("allowCredentials":[])"));
}

}  // namespace
}  // namespace dermaga::webauthn
