#include "authority/authority.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "files/files.h"
#include "pki/pki.h"
#include "x509.h"

namespace dermaga::authority {

namespace {

constexpr std::uint64_t kPemBytesMax = 64 * 1024;
constexpr std::chrono::hours kCaLifetime{24 * 3653};
constexpr std::chrono::minutes kClockSkew{5};
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kCommonNameBytesMax = 64;  // X.520's bound

// Names become OpenSSL's comma-separated notation: only what cannot start another entry.
bool is_plain(const std::string& name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "-._~:/*") == std::string::npos;
}

Result<std::string> alternative_names(const Authority::Leaf& leaf) {
  std::string out;
  const auto add = [&out](std::string_view kind, const std::string& name) {
    out += (out.empty() ? "" : ",") + std::string(kind) + name;
    return is_plain(name);
  };
  bool plain = leaf.role_uri.empty() || add("URI:", leaf.role_uri);
  for (const std::string& name : leaf.dns_names) {
    plain = add("DNS:", name) && plain;
  }
  for (const std::string& address : leaf.addresses) {
    plain = add("IP:", address) && plain;
  }
  if (!plain || out.empty()) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a certificate needs a role URI, DNS name or address, of plain characters");
  }
  return out;
}

std::string extended_key_usage(const Authority::Leaf& leaf) {
  std::string out = leaf.server ? "serverAuth" : "";
  if (leaf.client) {
    out += out.empty() ? "clientAuth" : ",clientAuth";
  }
  return out;
}

Validity validity_from(UtcTime now, std::chrono::hours lifetime) {
  return {.not_before = now - kClockSkew, .not_after = now + lifetime};
}

Result<std::string> make_ca_certificate(const std::string& key_pem, const std::string& shop_id,
                                        UtcTime now) {
  ASSIGN_OR_RETURN(const Key key, parse_key(key_pem));
  ASSIGN_OR_RETURN(
      const Certificate ca,
      new_certificate("Dermaga CA of " + shop_id, validity_from(now, kCaLifetime), key.get()));
  const std::pair<int, const char*> extensions[] = {
      {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
      {NID_key_usage, "critical,keyCertSign,cRLSign"},
      {NID_subject_key_identifier, "hash"},
  };
  for (const auto& [nid, value] : extensions) {
    RETURN_IF_ERROR(add_extension(ca.get(), ca.get(), nid, value));
  }
  RETURN_IF_ERROR(sign(ca.get(), ca.get(), key.get()));
  return certificate_to_pem(ca.get());
}

// The request's public key, once its signature shows that the asker holds the private one.
Result<EVP_PKEY*> proven_public_key(X509_REQ* request) {
  EVP_PKEY* key = X509_REQ_get0_pubkey(request);
  if (key == nullptr || X509_REQ_verify(request, key) != 1) {
    return openssl_error("certificate request: the signature is not its key's",
                         ErrorCode::kInvalidArgument);
  }
  char group[32] = {};
  if (EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1 ||
      std::string_view(group) != "prime256v1") {
    return make_error(ErrorCode::kInvalidArgument, "certificate request: not a P-256 key");
  }
  return key;
}

bool names_cover(const pki::CertificateInfo& info, const Authority::Leaf& leaf) {
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  return (leaf.role_uri.empty() || has(info.uris, leaf.role_uri)) &&
         std::ranges::all_of(leaf.dns_names,
                             [&](const std::string& name) { return has(info.dns_names, name); });
}

bool is_signed_by(const std::string& certificate_pem, const std::string& ca_pem) {
  const auto certificate = parse_certificate(certificate_pem);
  const auto ca = parse_certificate(ca_pem);
  return certificate.has_value() && ca.has_value() &&
         X509_verify(certificate->get(), X509_get0_pubkey(ca->get())) == 1;
}

// True where both files are there, belong together, come from this authority, carry the leaf's
// names and are valid long enough.
bool is_fresh_pair(const std::string& key_file, const std::string& certificate_file,
                   const std::string& ca_pem, const Authority::Leaf& leaf, UtcTime needed_until) {
  const auto key = files::read_secret_file(key_file, kPemBytesMax);
  const auto certificate = files::read_file(certificate_file, kPemBytesMax);
  if (!key.has_value() || !certificate.has_value() || !pki::key_matches(*certificate, *key)) {
    return false;
  }
  const auto info = pki::read_certificate(*certificate);
  return info.has_value() && info->not_after >= needed_until && names_cover(*info, leaf) &&
         is_signed_by(*certificate, ca_pem);
}

}  // namespace

Result<Authority> Authority::open_or_create(const std::string& folder, const std::string& shop_id,
                                            const Clock& clock) {
  RETURN_IF_ERROR(files::make_directories(folder, 0700));
  const std::string key_file = folder + "/ca.key";
  const std::string certificate_file = folder + "/ca.crt";
  auto key = files::read_secret_file(key_file, kPemBytesMax);
  if (!key.has_value() && key.error().code() != ErrorCode::kNotFound) {
    return std::unexpected(std::move(key).error());
  }
  auto certificate = files::read_file(certificate_file, kPemBytesMax);
  if (certificate.has_value()) {
    if (!key.has_value()) {
      return make_error(ErrorCode::kCorrupt, certificate_file + " is there but " + key_file +
                                                 " is not: restore it from a backup");
    }
    if (!pki::key_matches(*certificate, *key)) {
      return make_error(ErrorCode::kCorrupt, key_file + " is not the key of " + certificate_file +
                                                 ": restore both from a backup");
    }
    return Authority(*std::move(certificate), *std::move(key), clock);
  }
  if (certificate.error().code() != ErrorCode::kNotFound) {
    return std::unexpected(std::move(certificate).error());
  }
  if (!key.has_value()) {
    ASSIGN_OR_RETURN(key, pki::generate_key_pem());
    RETURN_IF_ERROR(files::write_file_atomically(key_file, *key, 0600));
  }
  ASSIGN_OR_RETURN(std::string made, make_ca_certificate(*key, shop_id, clock.now()));
  RETURN_IF_ERROR(files::write_file_atomically(certificate_file, made, 0644));
  return Authority(std::move(made), *std::move(key), clock);
}

Result<std::string> Authority::issue(const std::string& request_pem, const Leaf& leaf) const {
  if (leaf.common_name.empty() || leaf.common_name.size() > kCommonNameBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, "a common name has 1 to 64 bytes");
  }
  if (!leaf.server && !leaf.client) {
    return make_error(ErrorCode::kInvalidArgument, "a certificate is for a server or a client");
  }
  ASSIGN_OR_RETURN(const std::string names, alternative_names(leaf));
  ASSIGN_OR_RETURN(const Request request, parse_request(request_pem));
  ASSIGN_OR_RETURN(EVP_PKEY * public_key, proven_public_key(request.get()));
  ASSIGN_OR_RETURN(const Key ca_key, parse_key(key_pem_));
  ASSIGN_OR_RETURN(const Certificate ca, parse_certificate(certificate_pem_));
  ASSIGN_OR_RETURN(
      const Certificate made,
      new_certificate(leaf.common_name, validity_from(clock_->now(), leaf.lifetime), public_key));
  const std::pair<int, std::string> extensions[] = {
      {NID_basic_constraints, "critical,CA:FALSE"},   {NID_key_usage, "critical,digitalSignature"},
      {NID_ext_key_usage, extended_key_usage(leaf)},  {NID_subject_key_identifier, "hash"},
      {NID_authority_key_identifier, "keyid:always"}, {NID_subject_alt_name, names},
  };
  for (const auto& [nid, value] : extensions) {
    RETURN_IF_ERROR(add_extension(made.get(), ca.get(), nid, value));
  }
  RETURN_IF_ERROR(sign(made.get(), ca.get(), ca_key.get()));
  ASSIGN_OR_RETURN(const std::string pem, certificate_to_pem(made.get()));
  return pem + certificate_pem_;
}

Status Authority::ensure_leaf_files(const std::string& folder, const std::string& name,
                                    const Leaf& leaf, std::chrono::hours renew_before) const {
  RETURN_IF_ERROR(files::make_directories(folder, 0700));
  const std::string key_file = folder + "/" + name + ".key";
  const std::string certificate_file = folder + "/" + name + ".crt";
  if (is_fresh_pair(key_file, certificate_file, certificate_pem_, leaf,
                    clock_->now() + renew_before)) {
    return {};
  }
  ASSIGN_OR_RETURN(const std::string key, pki::generate_key_pem());
  // The role in the request is not used; a request without one needs some name all the same.
  ASSIGN_OR_RETURN(const std::string request,
                   pki::make_request_pem(key, leaf.role_uri.empty() ? "dermaga:" : leaf.role_uri));
  ASSIGN_OR_RETURN(const std::string certificate, issue(request, leaf));
  RETURN_IF_ERROR(files::write_file_atomically(key_file, key, 0600));
  return files::write_file_atomically(certificate_file, certificate, 0644);
}

}  // namespace dermaga::authority
