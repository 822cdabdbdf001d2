#include "offline.h"

#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "audit/audit_log.h"
#include "customers/contact_index.h"
#include "customers/erasure_list.h"
#include "derivation/derivation.h"
#include "random/random.h"
#include "shop/store_place.h"
#include "vault/vault.h"
#include "verify/verify.h"

namespace dermaga::core {

namespace {

// Empty where the key was not made yet.
Result<std::string> public_key_of(const vault::Vault& vault, std::string_view purpose) {
  const auto seed = vault.read_purpose_secret(purpose);
  if (!seed.has_value() && seed.error().code() == ErrorCode::kNotFound) {
    return std::string();
  }
  if (!seed.has_value()) {
    return std::unexpected(seed.error());
  }
  ASSIGN_OR_RETURN(const auto key, digest::SigningKey::from_seed(*seed));
  return key.public_key();
}

// Nothing where the key was not made yet: then nobody is in the index.
Result<std::optional<vault::BlindIndex>> index_of(vault::Vault& vault) {
  const auto secret = vault.read_purpose_secret(customers::kIndexPurpose);
  if (!secret.has_value() && secret.error().code() == ErrorCode::kNotFound) {
    return std::nullopt;
  }
  RETURN_IF_ERROR(secret);
  ASSIGN_OR_RETURN(auto index, vault.blind_index(customers::kIndexPurpose));
  return index;
}

Result<std::vector<CustomerId>> read_erased(const shop::Paths& paths, const vault::Vault& vault) {
  ASSIGN_OR_RETURN(const std::string key, public_key_of(vault, shop::kErasureKeyPurpose));
  ASSIGN_OR_RETURN(const auto erasures, customers::ErasureList::read(paths.erasures, key));
  std::vector<CustomerId> erased;
  for (const auto& erasure : erasures) {
    erased.push_back(erasure.customer);
  }
  return erased;
}

Result<verify::Report> check(const shop::Paths& paths, const config::Shop& config,
                             bool without_keys) {
  ASSIGN_OR_RETURN(const auto database, shop::open_store_to_read(paths, config.store));
  ASSIGN_OR_RETURN(const auto connection, database->connect_read_only());
  verify::Options options;
  std::unique_ptr<vault::Vault> vault;
  std::optional<derivation::Derivation> derivation;
  std::optional<vault::BlindIndex> customer_index;
  audit::Signer signer;
  std::vector<CustomerId> erased;
  if (!without_keys) {
    // Opening a vault makes missing keys, and a check must change nothing.
    const auto root = shop::root_options(paths, config);
    ASSIGN_OR_RETURN(const auto made_with, vault::root_of(paths.keys));
    if (!made_with.has_value()) {
      return make_error(ErrorCode::kNotFound,
                        paths.keys + "/" + std::string(vault::root_file(root.kind)) +
                            " is missing: restore the folder from its backup, or "
                            "check with --without-keys");
    }
    ASSIGN_OR_RETURN(vault, vault::Vault::open(paths.keys, system_random(), root));
    ASSIGN_OR_RETURN(auto secret, vault->read_purpose_secret("derivation"));
    ASSIGN_OR_RETURN(derivation, derivation::Derivation::create(std::move(secret)));
    options.vault = vault.get();
    ASSIGN_OR_RETURN(customer_index, index_of(*vault));
    options.customer_index = customer_index.has_value() ? &*customer_index : nullptr;
    signer.origin = audit::log_origin(config.id);
    ASSIGN_OR_RETURN(signer.public_key, public_key_of(*vault, shop::kAuditKeyPurpose));
    options.audit_signer = signer.public_key.empty() ? nullptr : &signer;
    ASSIGN_OR_RETURN(erased, read_erased(paths, *vault));
    options.erased = erased;
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
            << report->sealed_fields_opened << " sealed fields"
            << (report->customers_erased > 0
                    ? ", " + std::to_string(report->customers_erased) + " customers are erased"
                    : "")
            << ": "
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
