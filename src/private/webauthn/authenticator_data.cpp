#include "authenticator_data.h"

#include "cbor.h"
#include "digest/digest.h"
#include "webauthn/webauthn.h"

namespace dermaga::webauthn {
namespace {

constexpr unsigned kUserPresent = 0x01;
constexpr unsigned kUserVerified = 0x04;
constexpr unsigned kAttestedCredential = 0x40;
constexpr unsigned kExtensions = 0x80;

constexpr std::size_t kFlagsAt = digest::kSha256Bytes;
constexpr std::size_t kSignCountAt = kFlagsAt + 1;
constexpr std::size_t kFixedBytes = kSignCountAt + 4;
constexpr std::size_t kAaguidBytes = 16;
constexpr std::size_t kIdSizeBytes = 2;

std::unexpected<Error> invalid(std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, "the authenticator data " + std::string(what));
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) {
    value = value << 8 | static_cast<unsigned char>(c);
  }
  return value;
}

// Takes AAGUID, size and id off the front.
Result<std::string_view> take_credential_id(std::string_view& rest) {
  if (rest.size() < kAaguidBytes + kIdSizeBytes) {
    return invalid("is cut short");
  }
  const std::size_t size = big_endian(rest.substr(kAaguidBytes, kIdSizeBytes));
  rest.remove_prefix(kAaguidBytes + kIdSizeBytes);
  if (size == 0 || size > kCredentialIdBytesMax) {
    return invalid("has a credential id of a size that is not allowed");
  }
  if (size > rest.size()) {
    return invalid("is cut short");
  }
  const std::string_view id = rest.substr(0, size);
  rest.remove_prefix(size);
  return id;
}

// Takes one map off the front.
Status skip_map(std::string_view& rest) {
  RETURN_IF_ERROR(CborReader(rest).map());
  CborReader reader(rest);
  RETURN_IF_ERROR(reader.skip());
  rest = reader.rest();
  return {};
}

}  // namespace

Result<AuthenticatorData> AuthenticatorData::parse(std::string_view bytes) {
  if (bytes.size() < kFixedBytes) {
    return invalid("is cut short");
  }
  const auto flags = static_cast<unsigned char>(bytes[kFlagsAt]);
  AuthenticatorData data{.rp_id_hash = bytes.substr(0, kFlagsAt),
                         .is_user_present = (flags & kUserPresent) != 0,
                         .is_user_verified = (flags & kUserVerified) != 0,
                         .sign_count = big_endian(bytes.substr(kSignCountAt, 4)),
                         .credential_id = std::nullopt};
  std::string_view rest = bytes.substr(kFixedBytes);
  if ((flags & kAttestedCredential) != 0) {
    ASSIGN_OR_RETURN(data.credential_id, take_credential_id(rest));
    RETURN_IF_ERROR(skip_map(rest));  // the public key
  }
  if ((flags & kExtensions) != 0) {
    RETURN_IF_ERROR(skip_map(rest));
  }
  if (!rest.empty()) {
    return invalid("goes on behind its end");
  }
  return data;
}

Status AuthenticatorData::check(std::string_view rp_id) const {
  if (rp_id_hash != digest::sha256(rp_id)) {
    return make_error(ErrorCode::kForbidden, "the authenticator data is for another relying party");
  }
  if (!is_user_present) {
    return make_error(ErrorCode::kForbidden, "the user was not present");
  }
  if (!is_user_verified) {
    return make_error(ErrorCode::kForbidden, "the user was not verified");
  }
  return {};
}

}  // namespace dermaga::webauthn
