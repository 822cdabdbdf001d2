#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "result/result.h"

namespace dermaga::authority {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Request = std::unique_ptr<X509_REQ, Deleter<X509_REQ_free>>;

// kInternal (or `code`) with OpenSSL's reason; empties its error queue.
std::unexpected<Error> openssl_error(std::string_view what, ErrorCode code = ErrorCode::kInternal);

Result<Key> parse_key(const std::string& pem);
Result<Certificate> parse_certificate(const std::string& pem);
Result<Request> parse_request(const std::string& pem);
Result<std::string> certificate_to_pem(X509* certificate);

struct Validity {
  UtcTime not_before;
  UtcTime not_after;
};
// Version 3, random 127-bit serial number, validity, subject CN, public key.
Result<Certificate> new_certificate(const std::string& common_name, const Validity& validity,
                                    EVP_PKEY* public_key);

// One extension in OpenSSL's configuration notation. `issuer` is the CA (or the certificate
// itself).
Status add_extension(X509* certificate, X509* issuer, int nid, const std::string& value);

Status sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key);

}  // namespace dermaga::authority
