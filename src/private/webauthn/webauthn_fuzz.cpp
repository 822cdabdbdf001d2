#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "digest/digest.h"
#include "digest/signature.h"
#include "encoding/encoding.h"
#include "test_authenticator/test_authenticator.h"
#include "webauthn/webauthn.h"

namespace {

using namespace dermaga;

const webauthn::RelyingParty kParty{.id = "localhost", .origins = {"https://localhost"}};
const std::string kChallenge(32, 'c');

std::string client_data(const std::string& type) {
  return R"({"type":")" + type + R"(","challenge":")" + encoding::base64url(kChallenge) +
         R"(","origin":"https://localhost"})";
}

void register_with(const std::string& client_data_json, const std::string& attestation_object) {
  const auto credential = webauthn::verify_registration(
      kParty, kChallenge,
      {.client_data_json = client_data_json, .attestation_object = attestation_object});
  if (!credential.has_value()) {
    return;
  }
  CHECK(!credential->id.empty() && credential->id.size() <= webauthn::kCredentialIdBytesMax);
  const std::size_t key_bytes = credential->public_key.size();
  CHECK((credential->algorithm == webauthn::kEs256 && key_bytes == 64) ||
        (credential->algorithm == webauthn::kEdDsa && key_bytes == 32) ||
        (credential->algorithm == webauthn::kRs256 && key_bytes == 259));
}

// The statement is none, and the relying party the right one: the input comes at once to the rest.
std::string attestation_around(std::string_view tail) {
  const std::string data = digest::sha256(kParty.id) + std::string(tail.substr(0, 4096));
  return std::string(
             "\xa3\x63"
             "fmt\x64none\x67"
             "attStmt\xa0\x68"
             "authData\x59",
             29) +
         static_cast<char>(data.size() >> 8) + static_cast<char>(data.size() & 0xff) + data;
}

void assert_with(const std::string& client_data_json, const std::string& authenticator_data,
                 const std::string& signature) {
  static const webauthn::Credential credential{
      .id = "id",
      .public_key = digest::SigningKey::generate().public_key(),
      .algorithm = webauthn::kEdDsa,
      .sign_count = 0};
  CHECK(!webauthn::verify_assertion(kParty, kChallenge, credential,
                                    {.credential_id = "id",
                                     .client_data_json = client_data_json,
                                     .authenticator_data = authenticator_data,
                                     .signature = signature})
             .has_value());
}

// A passkey that attests itself does not register once the input has changed its authenticator
// data. The first byte says where.
void register_overwritten(std::string_view input) {
  static const test_authenticator::Created genuine = [] {
    test_authenticator::Authenticator authenticator(test_authenticator::Algorithm::kEdDsa);
    authenticator.behaviour().attests_itself = true;
    return authenticator.create(
        {.rp_id = kParty.id, .origin = kParty.origins.front(), .challenge = kChallenge}, "handle");
  }();
  static const std::size_t data_at = genuine.attestation_object.find(digest::sha256(kParty.id));
  std::string object = genuine.attestation_object;
  if (!input.empty()) {
    const std::size_t at =
        data_at + static_cast<unsigned char>(input.front()) % (object.size() - data_at);
    input.remove_prefix(1);
    input = input.substr(0, object.size() - at);
    object.replace(at, input.size(), input);
  }
  const auto credential = webauthn::verify_registration(
      kParty, kChallenge,
      {.client_data_json = genuine.client_data_json, .attestation_object = object});
  CHECK(credential.has_value() == (object == genuine.attestation_object));
}

}  // namespace

// The first byte says which of the parts is the input; the others are good, except for the
// signature. No assertion may verify, and what registers is a credential.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string create = client_data("webauthn.create");
  static const std::string get = client_data("webauthn.get");
  static const std::string verified =
      digest::sha256(kParty.id) + std::string("\x05\x00\x00\x00\x01", 5);
  // User present and verified, a count, an AAGUID, an id of one byte: a COSE key follows.
  static const std::string before_key =
      std::string("\x45\x00\x00\x00\x01", 5) + std::string(16, '\0') + std::string("\x00\x01i", 3);
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) {
    return 0;
  }
  const int part = static_cast<unsigned char>(input.front()) % 8;
  input.remove_prefix(1);
  const std::string bytes(input);
  switch (part) {
    case 0:
      register_with(create, bytes);
      break;
    case 1:
      register_with(create, attestation_around(input));
      break;
    case 2:
      register_with(bytes, attestation_around({}));
      break;
    case 3:
      assert_with(get, digest::sha256(kParty.id) + bytes, std::string(64, 's'));
      break;
    case 4:
      assert_with(bytes, verified, std::string(64, 's'));
      break;
    case 5:
      assert_with(get, verified, bytes);
      break;
    case 6:
      register_with(create, attestation_around(before_key + bytes));
      break;
    default:
      register_overwritten(input);
      break;
  }
  return 0;
}
