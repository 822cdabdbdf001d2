#include "attestation_object.h"

#include <string>

#include "cbor.h"
#include "webauthn/webauthn.h"

namespace dermaga::webauthn {
namespace {

std::unexpected<Error> invalid(std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, "the attestation object " + std::string(what));
}

Status read_statement(CborReader& reader, AttestationObject& object) {
  ASSIGN_OR_RETURN(const std::size_t pairs, reader.map());
  for (std::size_t i = 0; i < pairs; ++i) {
    ASSIGN_OR_RETURN(const std::string_view key, reader.text());
    if (key == "alg" && !object.algorithm.has_value()) {
      ASSIGN_OR_RETURN(object.algorithm, reader.integer());
    } else if (key == "sig" && !object.signature.has_value()) {
      ASSIGN_OR_RETURN(object.signature, reader.bytes());
    } else {
      return invalid("has a statement that is neither none nor packed self attestation");
    }
  }
  return {};
}

}  // namespace

Result<AttestationObject> AttestationObject::parse(std::string_view bytes) {
  if (bytes.size() > kAttestationBytesMax) {
    return invalid("has more bytes than allowed");
  }
  AttestationObject object;
  std::optional<std::string_view> format;
  std::optional<std::string_view> authenticator_data;
  bool has_statement = false;
  CborReader reader(bytes);
  ASSIGN_OR_RETURN(const std::size_t pairs, reader.map());
  for (std::size_t i = 0; i < pairs; ++i) {
    ASSIGN_OR_RETURN(const std::string_view key, reader.text());
    if (key == "fmt" && !format.has_value()) {
      ASSIGN_OR_RETURN(format, reader.text());
    } else if (key == "authData" && !authenticator_data.has_value()) {
      ASSIGN_OR_RETURN(authenticator_data, reader.bytes());
    } else if (key == "attStmt" && !has_statement) {
      has_statement = true;
      RETURN_IF_ERROR(read_statement(reader, object));
    } else {
      return invalid("has a member that does not belong there");
    }
  }
  if (!format.has_value() || !authenticator_data.has_value() || !has_statement ||
      !reader.rest().empty()) {
    return invalid("is not fmt, attStmt and authData alone");
  }
  object.format = *format;
  object.authenticator_data = *authenticator_data;
  return object;
}

}  // namespace dermaga::webauthn
