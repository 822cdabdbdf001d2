#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "result/result.h"

namespace dermaga::authority {

// The shop's own certificate authority (ECDSA P-256). Its key never leaves <data>/private/pki.
class Authority {
 public:
  // Opens ca.crt and ca.key (0600) in the folder, or makes them (10 years).
  static Result<Authority> open_or_create(const std::string& folder, const std::string& shop_id,
                                          const Clock& clock);

  const std::string& certificate_pem() const { return certificate_pem_; }

  struct Leaf {
    std::string role_uri;                // SAN URI; empty for none
    std::vector<std::string> dns_names;  // SAN DNS
    std::vector<std::string> addresses;  // SAN IP
    std::string common_name;
    std::chrono::hours lifetime{24 * 7};
    bool server = false;  // extended key usage serverAuth
    bool client = false;  // clientAuth
  };
  // Signs a PKCS#10 request: only its public key is used, every name comes from `leaf`.
  Result<std::string> issue(const std::string& request_pem, const Leaf& leaf) const;

  // Writes <name>.key (0600) and <name>.crt (chain) into the folder, new key, unless a pair is
  // there that is valid for at least `renew_before` more.
  Status ensure_leaf_files(const std::string& folder, const std::string& name, const Leaf& leaf,
                           std::chrono::hours renew_before = std::chrono::hours(24 * 6)) const;

 private:
  Authority(std::string certificate_pem, std::string key_pem, const Clock& clock)
      : certificate_pem_(std::move(certificate_pem)),
        key_pem_(std::move(key_pem)),
        clock_(&clock) {}
  std::string certificate_pem_;
  std::string key_pem_;
  const Clock* clock_;
};

}  // namespace dermaga::authority
