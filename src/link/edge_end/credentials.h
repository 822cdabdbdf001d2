#pragma once

#include <string>

#include "edge_end/edge_end.h"
#include "pki/pki.h"
#include "result/result.h"

namespace dermaga::edge_end {

struct Credentials {
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
  pki::CertificateInfo info;
};

// The files that the options name. Finishes a replacement that a crash interrupted.
Result<Credentials> load_credentials(const LinkOptions& options);

// Replaces key and certificate. The new key waits in "<key file>.next" until the certificate is in
// place, so that at every moment one of the two keys fits the certificate.
Status store_credentials(const LinkOptions& options, const std::string& key_pem,
                         const std::string& certificate_pem);

// When to renew: once a period has passed since the certificate began, or when little is left.
UtcTime renewal_due(const LinkOptions& options, const pki::CertificateInfo& info);

}  // namespace dermaga::edge_end
