#include "pki/pki.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

#include "encoding/encoding.h"

namespace dermaga::pki {

namespace {

constexpr std::size_t kPemBytesMax = 64 * 1024;
constexpr std::size_t kRoleUriBytesMax = 200;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
void free_names(GENERAL_NAMES* names) {
  GENERAL_NAMES_free(names);
}
void free_extensions(STACK_OF(X509_EXTENSION) * list) {
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
}

using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Request = std::unique_ptr<X509_REQ, Deleter<X509_REQ_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), Deleter<free_extensions>>;
using Names = std::unique_ptr<GENERAL_NAMES, Deleter<free_names>>;

// OpenSSL's reason for the last failure, and an empty error queue.
std::unexpected<Error> failure(ErrorCode code, std::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  std::string message(what);
  if (reason != nullptr) {
    message.append(": ").append(reason);
  }
  return make_error(code, std::move(message));
}

Bio memory_bio(const std::string& bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// Never asks for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<Key> parse_key(const std::string& pem) {
  if (pem.size() > kPemBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, "private key: more than 64 KiB");
  }
  Key key(PEM_read_bio_PrivateKey(memory_bio(pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    return failure(ErrorCode::kInvalidArgument, "private key: not a PEM key");
  }
  return key;
}

Result<Certificate> parse_certificate(const std::string& pem) {
  if (pem.size() > kPemBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, "certificate: more than 64 KiB");
  }
  Certificate certificate(
      PEM_read_bio_X509(memory_bio(pem).get(), nullptr, no_passphrase, nullptr));
  if (!certificate) {
    return failure(ErrorCode::kInvalidArgument, "certificate: not a PEM certificate");
  }
  return certificate;
}

Result<UtcTime> read_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    return failure(ErrorCode::kInvalidArgument, "certificate: unreadable validity");
  }
  return from_unix_ms(static_cast<std::int64_t>(::timegm(&parts)) * 1000);
}

Status add_role_uri(X509_REQ* request, const std::string& role_uri) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, nullptr, request, nullptr, 0);
  const Extension extension(
      X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, ("URI:" + role_uri).c_str()));
  const Extensions extensions(sk_X509_EXTENSION_new_null());
  if (!extension || !extensions) {
    return failure(ErrorCode::kInvalidArgument, "certificate request: role URI");
  }
  X509_EXTENSION* copy = X509_EXTENSION_dup(extension.get());
  if (copy == nullptr || sk_X509_EXTENSION_push(extensions.get(), copy) <= 0 ||
      X509_REQ_add_extensions(request, extensions.get()) != 1) {
    X509_EXTENSION_free(copy);
    return failure(ErrorCode::kInternal, "certificate request: role URI");
  }
  return {};
}

// A comma or a control character would start another entry of OpenSSL's own notation.
bool is_plain_uri(const std::string& uri) {
  return !uri.empty() && uri.size() <= kRoleUriBytesMax &&
         uri.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "-._~:/") == std::string::npos;
}

void read_names(const X509* certificate, CertificateInfo& info) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) {
      info.uris.push_back(text_of(name->d.uniformResourceIdentifier));
    } else if (name->type == GEN_DNS) {
      info.dns_names.push_back(text_of(name->d.dNSName));
    }
  }
}

}  // namespace

Result<std::string> generate_key_pem() {
  const Key key(EVP_EC_gen("P-256"));
  const Bio out(BIO_new(BIO_s_mem()));
  if (!key || !out ||
      PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return failure(ErrorCode::kInternal, "make a private key");
  }
  return text_of(out.get());
}

Result<std::string> make_request_pem(const std::string& key_pem, const std::string& role_uri) {
  if (!is_plain_uri(role_uri)) {
    return make_error(ErrorCode::kInvalidArgument, "role URI: not a plain URI");
  }
  ASSIGN_OR_RETURN(const Key key, parse_key(key_pem));
  const Request request(X509_REQ_new());
  const Bio out(BIO_new(BIO_s_mem()));
  if (!request || !out || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1) {
    return failure(ErrorCode::kInternal, "certificate request");
  }
  RETURN_IF_ERROR(add_role_uri(request.get(), role_uri));
  if (X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0 ||
      PEM_write_bio_X509_REQ(out.get(), request.get()) != 1) {
    return failure(ErrorCode::kInternal, "certificate request");
  }
  return text_of(out.get());
}

Result<CertificateInfo> read_certificate(const std::string& pem) {
  ASSIGN_OR_RETURN(const Certificate certificate, parse_certificate(pem));
  CertificateInfo info;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const int position = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (position >= 0) {
    info.common_name = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, position)));
  }
  read_names(certificate.get(), info);
  ASSIGN_OR_RETURN(info.not_before, read_time(X509_get0_notBefore(certificate.get())));
  ASSIGN_OR_RETURN(info.not_after, read_time(X509_get0_notAfter(certificate.get())));
  info.serial_hex = encoding::hex(text_of(X509_get0_serialNumber(certificate.get())));
  return info;
}

bool key_matches(const std::string& certificate_pem, const std::string& key_pem) {
  const auto certificate = parse_certificate(certificate_pem);
  const auto key = parse_key(key_pem);
  if (!certificate.has_value() || !key.has_value()) {
    return false;
  }
  const bool matches = X509_check_private_key(certificate->get(), key->get()) == 1;
  ERR_clear_error();
  return matches;
}

}  // namespace dermaga::pki
