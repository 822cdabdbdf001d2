#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::webauthn {

// A site that passkeys are made for.
struct RelyingParty {
  std::string id;                    // its domain: "localhost"
  std::vector<std::string> origins;  // compared exactly: "https://localhost:8441"
};

// The COSE algorithms that are asked for and accepted.
inline constexpr std::int32_t kEs256 = -7;    // ECDSA, P-256, SHA-256
inline constexpr std::int32_t kEdDsa = -8;    // Ed25519
inline constexpr std::int32_t kRs256 = -257;  // RSA of 2048 bits, PKCS #1 1.5, SHA-256

inline constexpr std::size_t kCredentialIdBytesMax = 1023;
inline constexpr std::size_t kChallengeBytesMin = 16;
inline constexpr std::size_t kChallengeBytesMax = 64;
inline constexpr std::size_t kUserHandleBytesMax = 64;
// Of what comes from a browser; more is refused unread.
inline constexpr std::size_t kClientDataBytesMax = std::size_t{8} * 1024;
inline constexpr std::size_t kAttestationBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kAuthenticatorDataBytesMax = std::size_t{4} * 1024;
inline constexpr std::size_t kSignatureBytesMax = 512;

// How long a browser asks its user; a challenge need not live much longer.
inline constexpr std::chrono::minutes kTimeout{5};

// One passkey, as the caller stores it. Nothing in it is secret.
struct Credential {
  std::string id;  // raw bytes, 1 to kCredentialIdBytesMax
  std::string
      public_key;  // kEs256: x ‖ y, 64 bytes; kEdDsa: 32 bytes; kRs256: n ‖ e, 256 + 3 bytes
  std::int32_t algorithm = 0;
  std::uint32_t sign_count = 0;
};

// What navigator.credentials.create() and get() returned: raw bytes, the caller undoes base64url.
struct Attestation {
  std::string client_data_json;
  std::string attestation_object;
};
struct Assertion {
  std::string credential_id;
  std::string client_data_json;
  std::string authenticator_data;
  std::string signature;
};

// Whom a new passkey is for.
struct User {
  std::string handle;        // 1 to kUserHandleBytesMax bytes that say nothing of the person
  std::string name;          // UTF-8
  std::string display_name;  // UTF-8
};

// A challenge is whatever the caller drew at random for this one ceremony, kChallengeBytesMin to
// kChallengeBytesMax raw bytes; spending it once is the caller's. Both functions answer
// kInvalidArgument for bytes that are not what they should be and kForbidden for what does not
// verify; messages are for developers and hold no secret.

// WebAuthn Level 2, 7.1. The user must have been present and verified. Accepted statements are
// "none" and "packed" self attestation, all that browsers return where "none" was asked for.
// Whether the id is new, and whose passkey it becomes, is the caller's to check.
Result<Credential> verify_registration(const RelyingParty& relying_party,
                                       std::string_view challenge, const Attestation& attestation);

// WebAuthn Level 2, 7.2: the new signature count, to be stored before anything is granted. Refuses
// a count that did not grow, unless both are zero (an authenticator without a counter).
Result<std::uint32_t> verify_assertion(const RelyingParty& relying_party,
                                       std::string_view challenge, const Credential& credential,
                                       const Assertion& assertion);

// What a browser is asked. Sizes out of bounds and names that are no UTF-8 are programmer errors
// here: CHECK fails.

// PublicKeyCredentialCreationOptionsJSON, for parseCreationOptionsFromJSON(). Credentials are raw
// ids: those that the user has already.
std::string creation_options_json(const RelyingParty& relying_party, std::string_view challenge,
                                  const User& user,
                                  const std::vector<std::string>& exclude_credentials);

// PublicKeyCredentialRequestOptionsJSON, for parseRequestOptionsFromJSON(). Without any raw ids the
// user picks among the passkeys that the authenticator keeps.
std::string request_options_json(const RelyingParty& relying_party, std::string_view challenge,
                                 const std::vector<std::string>& allow_credentials);

}  // namespace dermaga::webauthn
