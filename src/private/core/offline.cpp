#include "offline.h"

#include <iostream>
#include <memory>
#include <optional>

#include "audit/audit_log.h"
#include "derivation/derivation.h"
#include "files/files.h"
#include "random/random.h"
#include "shop/store_place.h"
#include "vault/vault.h"
#include "verify/verify.h"

namespace dermaga::core {

namespace {

// Nothing where the key that signs the audit log was not made yet.
Result<std::optional<audit::Signer>> read_signer(const vault::Vault& vault,
                                                 const std::string& shop_id) {
  const auto seed = vault.read_purpose_secret(shop::kAuditKeyPurpose);
  if (!seed.has_value() && seed.error().code() == ErrorCode::kNotFound) {
    return std::nullopt;
  }
  if (!seed.has_value()) {
    return std::unexpected(seed.error());
  }
  ASSIGN_OR_RETURN(const auto key, digest::SigningKey::from_seed(*seed));
  return audit::Signer{.origin = audit::log_origin(shop_id), .public_key = key.public_key()};
}

Result<verify::Report> check(const shop::Paths& paths, const config::Shop& config,
                             bool without_keys) {
  ASSIGN_OR_RETURN(const auto database, shop::open_store_to_read(paths, config.store));
  ASSIGN_OR_RETURN(const auto connection, database->connect_read_only());
  verify::Options options;
  std::unique_ptr<vault::Vault> vault;
  std::optional<derivation::Derivation> derivation;
  std::optional<audit::Signer> signer;
  if (!without_keys) {
    // Opening a vault makes missing keys, and a check must change nothing.
    ASSIGN_OR_RETURN(const bool has_root, files::exists(paths.keys + "/root.key"));
    if (!has_root) {
      return make_error(ErrorCode::kNotFound,
                        paths.keys +
                            "/root.key is missing: restore the folder from its backup, or "
                            "check with --without-keys");
    }
    ASSIGN_OR_RETURN(vault, vault::Vault::open(paths.keys, system_random()));
    ASSIGN_OR_RETURN(auto secret, vault->read_purpose_secret("derivation"));
    ASSIGN_OR_RETURN(derivation, derivation::Derivation::create(std::move(secret)));
    options.vault = vault.get();
    ASSIGN_OR_RETURN(signer, read_signer(*vault, config.id));
    options.audit_signer = signer.has_value() ? &*signer : nullptr;
    options.derivation = &*derivation;
  }
  return verify::verify(*connection, database->dialect(), options);
}

}  // namespace

int run_verify(const shop::Paths& paths, const config::Shop& config, bool without_keys) {
  const auto report = check(paths, config, without_keys);
  if (!report.has_value()) {
    std::cerr << "dermaga-core verify: could not check: " << report.error().message() << "\n";
    return 2;
  }
  for (const auto& breach : report->breaches) {
    std::cout << "BREACH " << breach.check << ": " << breach.row << ": " << breach.detail << "\n";
  }
  std::cout << "checked " << report->orders_checked << " orders, " << report->stock_rows_checked
            << " stock rows, " << report->audit_entries_checked << " audit entries, opened "
            << report->sealed_fields_opened << " sealed fields: "
            << (report->breaches.empty() ? "every promise holds"
                                         : std::to_string(report->breaches.size()) + " breaches")
            << (without_keys ? " (sealed fields were not opened)" : "") << "\n";
  if (report->promises_broken > 0) {
    std::cout << report->promises_broken
              << " orders were declined though a spool had answered 201 (its lease was abandoned): "
                 "dermaga-core orders declined --only broken\n";
  }
  return report->breaches.empty() ? 0 : 1;
}

}  // namespace dermaga::core
