#pragma once

#include <string>

#include "audit/audit_log.h"
#include "clock/clock.h"
#include "digest/signature.h"
#include "result/result.h"
#include "tamper_probe/manifest.h"
#include "vault/vault.h"

namespace dermaga::tamper_probe {

// Who accepts a build, and why.
struct Decision {
  audit::Actor actor;
  std::string reason;
};

// Which build of the storefront this shop takes for its own: a manifest in the private zone, signed
// with a key of the vault, so that whoever can write the file alone cannot change it unnoticed.
class Acceptance {
 public:
  static Result<Acceptance> open(vault::Vault& vault, std::string manifest_file);

  // kNotFound: none was accepted. kCorrupt: somebody else wrote the file.
  Result<Manifest> read() const;
  // Writes the act down, then the manifest. kInvalidArgument for a folder that is no build.
  Status accept(const std::string& assets_folder, const Decision& decision,
                audit::AuditLog& audit_log, const Clock& clock) const;
  // The same where none was accepted yet; later builds are for people to accept.
  Status accept_first(const std::string& assets_folder, audit::AuditLog& audit_log,
                      const Clock& clock) const;

 private:
  Acceptance(digest::SigningKey key, std::string file);

  digest::SigningKey key_;
  std::string file_;
};

}  // namespace dermaga::tamper_probe
