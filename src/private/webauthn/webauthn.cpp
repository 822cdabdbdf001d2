#include "webauthn/webauthn.h"

#include "attestation_object.h"
#include "authenticator_data.h"
#include "client_data.h"
#include "digest/digest.h"
#include "public_key.h"

namespace dermaga::webauthn {
namespace {

std::unexpected<Error> invalid(std::string why) {
  return make_error(ErrorCode::kInvalidArgument, std::move(why));
}

std::unexpected<Error> refused(std::string why) {
  return make_error(ErrorCode::kForbidden, std::move(why));
}

// What authenticators sign, in both ceremonies.
std::string signed_bytes(std::string_view authenticator_data, std::string_view client_data_json) {
  return std::string(authenticator_data) + digest::sha256(client_data_json);
}

// Of a browser that was asked for no attestation.
Status check_statement(const AttestationObject& object, const Credential& credential,
                       std::string_view client_data_json) {
  if (object.format == "none") {
    if (object.algorithm.has_value() || object.signature.has_value()) {
      return invalid("the attestation statement of none is not empty");
    }
    return {};
  }
  if (object.format != "packed" || !object.algorithm.has_value() || !object.signature.has_value()) {
    return invalid("the attestation is neither none nor packed self attestation");
  }
  if (*object.algorithm != credential.algorithm) {
    return refused("the attestation's algorithm is not its key's");
  }
  return verify_signature(credential, signed_bytes(object.authenticator_data, client_data_json),
                          *object.signature);
}

}  // namespace

Result<Credential> verify_registration(const RelyingParty& relying_party,
                                       std::string_view challenge, const Attestation& attestation) {
  RETURN_IF_ERROR(
      check_client_data(attestation.client_data_json, "webauthn.create", relying_party, challenge));
  ASSIGN_OR_RETURN(const AttestationObject object,
                   AttestationObject::parse(attestation.attestation_object));
  ASSIGN_OR_RETURN(const AuthenticatorData data,
                   AuthenticatorData::parse(object.authenticator_data));
  RETURN_IF_ERROR(data.check(relying_party.id));
  if (!data.credential_id.has_value()) {
    return invalid("the authenticator data attests no credential");
  }
  ASSIGN_OR_RETURN(Credential credential, attested_key(object.authenticator_data));
  RETURN_IF_ERROR(check_statement(object, credential, attestation.client_data_json));
  credential.id = *data.credential_id;
  credential.sign_count = data.sign_count;
  return credential;
}

Result<std::uint32_t> verify_assertion(const RelyingParty& relying_party,
                                       std::string_view challenge, const Credential& credential,
                                       const Assertion& assertion) {
  if (assertion.authenticator_data.size() > kAuthenticatorDataBytesMax ||
      assertion.signature.size() > kSignatureBytesMax) {
    return invalid("the assertion has more bytes than allowed");
  }
  if (assertion.credential_id != credential.id) {
    return refused("the assertion is by another credential");
  }
  RETURN_IF_ERROR(
      check_client_data(assertion.client_data_json, "webauthn.get", relying_party, challenge));
  ASSIGN_OR_RETURN(const AuthenticatorData data,
                   AuthenticatorData::parse(assertion.authenticator_data));
  RETURN_IF_ERROR(data.check(relying_party.id));
  RETURN_IF_ERROR(verify_signature(
      credential, signed_bytes(assertion.authenticator_data, assertion.client_data_json),
      assertion.signature));
  const bool has_counter = data.sign_count != 0 || credential.sign_count != 0;
  if (has_counter && data.sign_count <= credential.sign_count) {
    return refused("the signature count did not grow: replayed, or by a copy of the authenticator");
  }
  return data.sign_count;
}

}  // namespace dermaga::webauthn
