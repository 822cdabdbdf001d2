#include "x509.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "random/random.h"

namespace dermaga::authority {

namespace {

constexpr std::size_t kPemBytesMax = 64 * 1024;
constexpr std::size_t kSerialBytes = 16;

using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

int no_passphrase(char*, int, int, void*) {
  return -1;
}

template <typename Object, auto Read>
Result<Object> parse(const std::string& pem, std::string_view what) {
  if (pem.size() > kPemBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, std::string(what) + ": more than 64 KiB");
  }
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Object object(Read(bio.get(), nullptr, no_passphrase, nullptr));
  if (!object) {
    return openssl_error(std::string(what) + ": not PEM", ErrorCode::kInvalidArgument);
  }
  return object;
}

Status set_serial(X509* certificate) {
  std::string bytes = system_random().bytes(kSerialBytes);
  bytes[0] = static_cast<char>((static_cast<unsigned char>(bytes[0]) & 0x3FU) | 0x40U);
  const Number number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                static_cast<int>(bytes.size()), nullptr));
  if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return openssl_error("certificate serial number");
  }
  return {};
}

bool set_time(ASN1_TIME* target, UtcTime time) {
  return ASN1_TIME_adj(target, static_cast<std::time_t>(to_unix_ms(time) / 1000), 0, 0) != nullptr;
}

}  // namespace

std::unexpected<Error> openssl_error(std::string_view what, ErrorCode code) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  std::string message(what);
  if (reason != nullptr) {
    message.append(": ").append(reason);
  }
  return make_error(code, std::move(message));
}

Result<Key> parse_key(const std::string& pem) {
  return parse<Key, PEM_read_bio_PrivateKey>(pem, "private key");
}
Result<Certificate> parse_certificate(const std::string& pem) {
  return parse<Certificate, PEM_read_bio_X509>(pem, "certificate");
}
Result<Request> parse_request(const std::string& pem) {
  return parse<Request, PEM_read_bio_X509_REQ>(pem, "certificate request");
}

Result<std::string> certificate_to_pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) {
    return openssl_error("write a certificate");
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

Result<Certificate> new_certificate(const std::string& common_name, const Validity& validity,
                                    EVP_PKEY* public_key) {
  Certificate certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1) {
    return openssl_error("new certificate");
  }
  RETURN_IF_ERROR(set_serial(certificate.get()));
  const auto* name = reinterpret_cast<const unsigned char*>(common_name.data());
  if (!set_time(X509_getm_notBefore(certificate.get()), validity.not_before) ||
      !set_time(X509_getm_notAfter(certificate.get()), validity.not_after) ||
      X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate.get()), NID_commonName,
                                 MBSTRING_UTF8, name, static_cast<int>(common_name.size()), -1,
                                 0) != 1 ||
      X509_set_pubkey(certificate.get(), public_key) != 1) {
    return openssl_error("new certificate", ErrorCode::kInvalidArgument);
  }
  return certificate;
}

Status add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) {
    return openssl_error("certificate extension " + value, ErrorCode::kInvalidArgument);
  }
  return {};
}

Status sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1 ||
      X509_sign(certificate, issuer_key, EVP_sha256()) <= 0) {
    return openssl_error("sign a certificate");
  }
  return {};
}

}  // namespace dermaga::authority
