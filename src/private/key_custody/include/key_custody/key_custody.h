#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "audit/audit_log.h"
#include "result/result.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::key_custody {

// What hangs on one key-encryption key.
struct KekUse {
  std::uint32_t version = 0;
  bool seals = false;             // the newest one
  std::int64_t rows = 0;          // customers' keys, those of declined orders too
  std::int64_t kept_secrets = 0;  // files beside it
};

struct Progress {
  std::int64_t rewrapped = 0;
  std::int64_t left = 0;
};

// Everything it uses; must outlive it.
struct Ports {
  store::Database& database;
  vault::Vault& vault;
  audit::AuditLog& audit_log;
};

class KeyCustody {
 public:
  explicit KeyCustody(const Ports& ports) : ports_(ports) {}

  // Ascending by version.
  Result<std::vector<KekUse>> status() const;

  // A new KEK that seals from now on; its version. Rows keep theirs until rewrap().
  Result<std::uint32_t> rotate(const audit::Actor& actor);

  // Wraps every row and kept secret anew that is not under the newest KEK. `go_on` hears after each
  // page and may stop it (false); what was done stays. Returns the rows that were rewrapped.
  Result<std::int64_t> rewrap(const audit::Actor& actor,
                              const std::function<bool(const Progress&)>& go_on);

  // Whether nothing needs it as far as rows and files tell: kNotFound, kVersionConflict. destroy()
  // looks again.
  Status check_unneeded(std::uint32_t version) const;
  // For ever: what is still sealed by it in backups cannot be read without a backup of the KEK.
  // kVersionConflict while anything needs it, kNotFound.
  // `detail` stands in the audit log beside it.
  Status destroy(std::uint32_t version, const audit::Actor& actor, std::string_view reason,
                 std::string_view detail = {});

  // Every KEK under another root key; the settings must name it from the next start on.
  Status move_root(const vault::RootOptions& to, const audit::Actor& actor);

 private:
  Ports ports_;
};

}  // namespace dermaga::key_custody
