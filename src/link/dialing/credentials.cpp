#include "dialing/credentials.h"

#include <algorithm>

#include "files/files.h"

namespace dermaga::dialing {

namespace {

constexpr std::uint64_t kPemBytesMax = 1024 * 1024;
constexpr unsigned kSecretMode = 0600;
constexpr unsigned kPublicMode = 0644;

std::string next_key_file(const CredentialFiles& files) {
  return files.private_key_file + ".next";
}

}  // namespace

Result<Credentials> load_credentials(const CredentialFiles& files) {
  Credentials credentials;
  ASSIGN_OR_RETURN(credentials.ca_pem, ::dermaga::files::read_file(files.ca_file, kPemBytesMax));
  ASSIGN_OR_RETURN(credentials.certificate_pem,
                   ::dermaga::files::read_file(files.certificate_file, kPemBytesMax));
  ASSIGN_OR_RETURN(credentials.key_pem,
                   ::dermaga::files::read_secret_file(files.private_key_file, kPemBytesMax));
  ASSIGN_OR_RETURN(credentials.info, pki::read_certificate(credentials.certificate_pem));
  RETURN_IF_ERROR(pki::read_certificate(credentials.ca_pem));
  if (pki::key_matches(credentials.certificate_pem, credentials.key_pem)) {
    return credentials;
  }
  auto next = ::dermaga::files::read_secret_file(next_key_file(files), kPemBytesMax);
  if (!next.has_value() || !pki::key_matches(credentials.certificate_pem, *next)) {
    return make_error(ErrorCode::kInvalidArgument,
                      files.certificate_file + " does not belong to " + files.private_key_file);
  }
  RETURN_IF_ERROR(
      ::dermaga::files::write_file_atomically(files.private_key_file, *next, kSecretMode));
  credentials.key_pem = *std::move(next);
  return credentials;
}

Status store_credentials(const CredentialFiles& files, const std::string& key_pem,
                         const std::string& certificate_pem) {
  ASSIGN_OR_RETURN(const auto info, pki::read_certificate(certificate_pem));
  if (!pki::key_matches(certificate_pem, key_pem) ||
      std::ranges::find(info.uris, files.role_uri) == info.uris.end()) {
    return make_error(ErrorCode::kCorrupt,
                      "the renewed certificate is for another key or another role");
  }
  RETURN_IF_ERROR(
      ::dermaga::files::write_file_atomically(next_key_file(files), key_pem, kSecretMode));
  RETURN_IF_ERROR(::dermaga::files::write_file_atomically(files.certificate_file, certificate_pem,
                                                          kPublicMode));
  return ::dermaga::files::write_file_atomically(files.private_key_file, key_pem, kSecretMode);
}

UtcTime renewal_due(const CredentialFiles& files, const pki::CertificateInfo& info) {
  return std::min(info.not_before + files.renew_every, info.not_after - files.renew_before);
}

}  // namespace dermaga::dialing
