#include "audit/audit_log.h"

#include <span>
#include <utility>

namespace dermaga::audit {

std::string log_origin(const std::string& shop_id) {
  return "dermaga/audit/" + shop_id;
}

AuditLog::AuditLog(store::Database& database, const Clock& clock, const std::string& shop_id,
                   digest::SigningKey key)
    : database_(database),
      clock_(clock),
      key_(std::move(key)),
      signer_{.origin = log_origin(shop_id), .public_key = key_.public_key()} {}

Status AuditLog::record(const Act& act) {
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(append(*connection, std::span(&act, 1), clock_.now()));
  return transaction.commit();
}

Result<std::string> AuditLog::checkpoint() {
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  return make_checkpoint(*connection, signer_.origin, key_);
}

Result<Verification> AuditLog::verify(const std::optional<Checkpoint>& kept) {
  ASSIGN_OR_RETURN(const auto connection, database_.connect_read_only());
  // One view: others append meanwhile.
  ASSIGN_OR_RETURN(const auto view, store::Transaction::begin(*connection));
  return audit::verify(*connection, &signer_, kept);
}

Status AuditLog::keep_cosignature(std::uint64_t size, std::string_view line,
                                  const Signer& witness) {
  ASSIGN_OR_RETURN(const auto connection, database_.connect());
  return audit::keep_cosignature(*connection, size, line, witness);
}

Result<AuditLog::Continuation> AuditLog::continuation(std::uint64_t size) {
  ASSIGN_OR_RETURN(const auto connection, database_.connect_read_only());
  ASSIGN_OR_RETURN(const auto view, store::Transaction::begin(*connection));
  Continuation newest;
  ASSIGN_OR_RETURN(newest.note, newest_checkpoint(*connection));
  if (newest.note.empty()) {
    return newest;
  }
  ASSIGN_OR_RETURN(const auto checkpoint,
                   signed_note::open(newest.note, signer_.origin, signer_.public_key));
  auto proof = prover_.prove(*connection, size, checkpoint.size);
  // Whoever asks must see that nothing proves it, rather than an error that may mean anything.
  if (!proof.has_value() && proof.error().code() != ErrorCode::kCorrupt) {
    return std::unexpected(std::move(proof).error());
  }
  if (proof.has_value()) {
    newest.proof = *std::move(proof);
  }
  return newest;
}

}  // namespace dermaga::audit
