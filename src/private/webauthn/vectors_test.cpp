#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attestation_object.h"
#include "digest/digest.h"
#include "encoding/encoding.h"
#include "public_key.h"
#include "webauthn/webauthn.h"

// W3C, Web Authentication Level 3, section 16: relying party example.org at https://example.org.
// Not every ceremony there has the user verified, which this module requires: of those, everything
// but the flag is checked.

namespace dermaga::webauthn {
namespace {

using ::testing::HasSubstr;

std::string bytes(std::string_view hex) {
  return encoding::hex_decode(hex).value();
}

const RelyingParty kParty{.id = "example.org", .origins = {"https://example.org"}};

// 16.2, ES256 Credential with No Attestation.
namespace none {
const std::string kCredentialId =
    bytes("f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4");
const std::string kCreateChallenge =
    bytes("00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130");
const Attestation kAttestation{
    .client_data_json =
        bytes("7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765"
              "223a22414d4d507434557878475453746e63647134313759447742466938767049612d70"
              "77386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c"
              "652e6f7267222c2263726f73734f726967696e223a66616c73652c226578747261446174"
              "61223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077"
              "697468206164646974696f6e616c206669656c647320696e20746865206675747572652c"
              "207375636820617320746869733a20426b5165446a646354427258426941774a544c4535"
              "51227d"),
    .attestation_object =
        bytes("a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc3743295"
              "8b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab"
              "1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33"
              "ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20d"
              "b90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c1"
              "2cc68ed73290af2e2664796b9220")};
const std::string kGetChallenge =
    bytes("39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408");
const Assertion kAssertion{
    .credential_id = kCredentialId,
    .client_data_json =
        bytes("7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a22"
              "4f63446e55685158756c5455506f334a5558543049393770767a7a59425039745a636858"
              "79617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f"
              "7267222c2263726f73734f726967696e223a66616c73657d"),
    .authenticator_data =
        bytes("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000"),
    .signature = bytes("3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd"
                       "380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87")};
}  // namespace none

// 16.3, ES256 Credential with Self Attestation: its registration.
namespace self {
const std::string kCredentialId =
    bytes("455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c");
const std::string kPublicKey = bytes(
    "eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5"
    "927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2");
const std::string kCreateChallenge =
    bytes("7869c2b772d4b58eba9378cf8f29e26cf935aa77df0da89fa99c0bdc0a76f7e5");
const Attestation kAttestation{
    .client_data_json = bytes(
        "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2265476e437433"
        "4c"
        "55745936366b336a506a796e6962506b31716e666644616966715a774c33417032392d55222c226f726967696e"
        "22"
        "3a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c2265"
        "78"
        "747261446174"
        "61223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974"
        "696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20553968"
        "5458764b453255526b4d6e625f307859485667227d"),
    .attestation_object = bytes("a363666d74667061636b65646761747453746d74a263616c672663736967584630"
                                "440220067a20754ab925005dbf"
                                "378097c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba"
                                "3af18bd9d121fa3d3a26d17fe3"
                                "f220272178f473b6006d68617574684461746158a4bfabc37432958b063360d3ad"
                                "6461c9c4735ae7f8edd46592a5"
                                "e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef3"
                                "4e2043a87db3d4afeb39bbcb6c"
                                "c32df9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225"
                                "cc651559fecf07af450fd85802"
                                "046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13b"
                                "fd44119c325d5896e183fee484"
                                "f2")};
}  // namespace self

// Packed Attestation with ES256 Credential: its assertion, by a user who was verified.
namespace packed {
const Credential kCredential{
    .id = bytes("c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5"),
    .public_key = bytes("1cf27f25da591208a4239c2e324f104f585525479a29edeedd830f48e77aeae5"
                        "59e4b7da6c0106e206ce390c93ab98a15a5ec3887e57f0cc2bece803b920c423"),
    .algorithm = kEs256,
    .sign_count = 0};
const std::string kGetChallenge =
    bytes("b1106fa46a57bef1781511c0557dc898a03413d5f0f17d244630c194c7e1adb5");
const Assertion kAssertion{
    .credential_id = kCredential.id,
    .client_data_json = bytes("7b2274797065223a22776562617574686e2e676574222c226368616c6c656e676522"
                              "3a2273524276704770587676"
                              "463446524841565833496d4b4130453958773858306b526a44426c4d666872625522"
                              "2c226f726967696e223a2268"
                              "747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a"
                              "66616c73652c226578747261"
                              "44617461223a22636c69656e74446174614a534f4e206d617920626520657874656e"
                              "646564207769746820616464"
                              "6974696f6e616c206669656c647320696e20746865206675747572652c2073756368"
                              "20617320746869733a20415a"
                              "4d77794d78496244382d756775464e7036723851227d"),
    .authenticator_data =
        bytes("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000"),
    .signature = bytes("30450220694969d3ee928de6f02ef23a9c644d7d779916451734a94b432542f498a1ebe9022"
                       "1008b0819c824218a"
                       "97152cd099c55bfb1477b29d900a49a64018314f9bfccda163")};
}  // namespace packed

TEST(W3cVectors, NoneEs256) {
  const auto registered = verify_registration(kParty, none::kCreateChallenge, none::kAttestation);
  ASSERT_FALSE(registered.has_value());
  EXPECT_THAT(registered.error().message(), HasSubstr("the user was not verified"));

  const auto object = AttestationObject::parse(none::kAttestation.attestation_object).value();
  EXPECT_EQ(object.format, "none");
  Credential credential = attested_key(object.authenticator_data).value();
  EXPECT_EQ(credential.algorithm, kEs256);
  credential.id = none::kCredentialId;

  const auto asserted = verify_assertion(kParty, none::kGetChallenge, credential, none::kAssertion);
  ASSERT_FALSE(asserted.has_value());
  EXPECT_THAT(asserted.error().message(), HasSubstr("the user was not verified"));
  EXPECT_TRUE(verify_signature(credential,
                               none::kAssertion.authenticator_data +
                                   digest::sha256(none::kAssertion.client_data_json),
                               none::kAssertion.signature)
                  .has_value());
}

TEST(W3cVectors, PackedSelfEs256) {
  const Credential credential =
      verify_registration(kParty, self::kCreateChallenge, self::kAttestation).value();
  EXPECT_EQ(credential.id, self::kCredentialId);
  EXPECT_EQ(credential.public_key, self::kPublicKey);
  EXPECT_EQ(credential.algorithm, kEs256);
  EXPECT_EQ(credential.sign_count, 0u);
}

TEST(W3cVectors, PackedEs256) {
  EXPECT_EQ(verify_assertion(kParty, packed::kGetChallenge, packed::kCredential, packed::kAssertion)
                .value(),
            0u);
}

}  // namespace
}  // namespace dermaga::webauthn
