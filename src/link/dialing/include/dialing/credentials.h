#pragma once

#include <chrono>
#include <string>

#include "clock/clock.h"
#include "pki/pki.h"
#include "result/result.h"

namespace dermaga::dialing {

struct CredentialFiles {
  std::string ca_file;
  std::string certificate_file;  // renewed in place
  std::string private_key_file;
  std::string role_uri;  // "dermaga://<shop>/public/edge"
  std::chrono::milliseconds renew_every{std::chrono::hours(24)};
  std::chrono::milliseconds renew_before{
      std::chrono::hours(24 * 6)};  // or when this little is left
};

struct Credentials {
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
  pki::CertificateInfo info;
};

// Reads the files. Finishes a replacement that a crash interrupted.
Result<Credentials> load_credentials(const CredentialFiles& files);

// Replaces key and certificate. The new key waits in "<key file>.next" until the certificate is in
// place, so that at every moment one of the two keys fits the certificate.
Status store_credentials(const CredentialFiles& files, const std::string& key_pem,
                         const std::string& certificate_pem);

// When to renew: once a period has passed since the certificate began, or when little is left.
UtcTime renewal_due(const CredentialFiles& files, const pki::CertificateInfo& info);

}  // namespace dermaga::dialing
