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

}  // namespace dermaga::audit
