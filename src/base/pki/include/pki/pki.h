#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "result/result.h"

namespace dermaga::pki {

// ECDSA P-256 keys and X.509 certificates over OpenSSL, everything as PEM text. Issuing lives in
// private/authority: the public zone can ask for a certificate, never make one.

// A new private key, PKCS#8 PEM. The caller keeps it 0600.
Result<std::string> generate_key_pem();

// PKCS#10 request signed by the key, carrying the role URI ("dermaga://<shop>/public/edge") as SAN.
Result<std::string> make_request_pem(const std::string& key_pem, const std::string& role_uri);

struct CertificateInfo {
  std::string common_name;
  std::vector<std::string> uris;       // SAN URIs
  std::vector<std::string> dns_names;  // SAN DNS names
  UtcTime not_before;
  UtcTime not_after;
  std::string serial_hex;
};
// The first certificate of a PEM chain.
Result<CertificateInfo> read_certificate(const std::string& pem);

// True where the certificate's public key belongs to the private key.
bool key_matches(const std::string& certificate_pem, const std::string& key_pem);

}  // namespace dermaga::pki
