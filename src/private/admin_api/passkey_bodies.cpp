#include "passkey_bodies.h"

#include "encoding/encoding.h"

namespace dermaga::admin_api {
namespace {

// Base64url of the largest that webauthn looks at.
constexpr std::size_t kBytesMax = webauthn::kAttestationBytesMax / 3 * 4 + 4;

Result<std::string> bytes_in(json::ObjectReader& reader, std::string_view key) {
  ASSIGN_OR_RETURN(const auto text, reader.string(key, kBytesMax));
  auto bytes = encoding::base64url_decode(text);
  if (!bytes.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, std::string(key) + " must be base64url");
  }
  return bytes;
}

}  // namespace

Result<webauthn::Assertion> assertion_in(json::ObjectReader& reader) {
  webauthn::Assertion assertion;
  ASSIGN_OR_RETURN(assertion.credential_id, bytes_in(reader, "credential_id"));
  ASSIGN_OR_RETURN(assertion.client_data_json, bytes_in(reader, "client_data_json"));
  ASSIGN_OR_RETURN(assertion.authenticator_data, bytes_in(reader, "authenticator_data"));
  ASSIGN_OR_RETURN(assertion.signature, bytes_in(reader, "signature"));
  return assertion;
}

Result<NewPasskey> new_passkey_in(json::ObjectReader& reader) {
  NewPasskey passkey;
  ASSIGN_OR_RETURN(passkey.label, reader.string("label", identity::kPasskeyLabelBytesMax));
  ASSIGN_OR_RETURN(passkey.attestation.client_data_json, bytes_in(reader, "client_data_json"));
  ASSIGN_OR_RETURN(passkey.attestation.attestation_object, bytes_in(reader, "attestation_object"));
  return passkey;
}

}  // namespace dermaga::admin_api
