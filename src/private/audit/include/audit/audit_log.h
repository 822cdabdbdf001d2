#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.h"
#include "audit/checkpoint.h"
#include "audit/verification.h"
#include "audit/witnesses.h"
#include "clock/clock.h"
#include "digest/signature.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::audit {

std::string log_origin(const std::string& shop_id);

// One shop's log with the key that signs its checkpoints. Thread-safe.
class AuditLog {
 public:
  // `database` and `clock` must outlive it.
  AuditLog(store::Database& database, const Clock& clock, const std::string& shop_id,
           digest::SigningKey key);

  const Signer& signer() const { return signer_; }

  // An act that has no transaction of its own to be stored with, before it is done.
  Status record(const Act& act);
  // Signs the log as it is now; the newest note again where nothing was added since, empty where
  // the log is.
  Result<std::string> checkpoint();
  Result<Verification> verify(const std::optional<Checkpoint>& kept);
  // As audit::keep_cosignature().
  Status keep_cosignature(std::uint64_t size, std::string_view line, const Signer& witness);
  // The newest checkpoint, and the proof that it continues the one of `size`: without one where it
  // does not, or where the log is too broken to tell. kUnavailable: ask again.
  struct Continuation {
    std::string note;  // empty: the log has no entries
    std::vector<std::string> proof;
  };
  Result<Continuation> continuation(std::uint64_t size);

 private:
  store::Database& database_;
  const Clock& clock_;
  const digest::SigningKey key_;
  const Signer signer_;
  ContinuationProver prover_;
};

}  // namespace dermaga::audit
