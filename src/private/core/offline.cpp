#include "offline.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "derivation/derivation.h"
#include "random/random.h"
#include "shop/store_place.h"
#include "vault/vault.h"
#include "verify/verify.h"

namespace dermaga::core {

namespace {

Result<verify::Report> check(const shop::Paths& paths, std::string_view store, bool without_keys) {
  ASSIGN_OR_RETURN(const auto database, shop::open_store_to_read(paths, store));
  ASSIGN_OR_RETURN(const auto connection, database->connect_read_only());
  verify::Options options;
  std::unique_ptr<vault::Vault> vault;
  std::optional<derivation::Derivation> derivation;
  if (!without_keys) {
    // Opening a vault makes missing keys, and a check must change nothing.
    if (!std::filesystem::exists(paths.keys + "/root.key")) {
      return make_error(ErrorCode::kNotFound,
                        paths.keys +
                            "/root.key is missing: restore the folder from its backup, or "
                            "check with --without-keys");
    }
    ASSIGN_OR_RETURN(vault, vault::Vault::open(paths.keys, system_random()));
    ASSIGN_OR_RETURN(auto secret, vault->read_purpose_secret("derivation"));
    ASSIGN_OR_RETURN(derivation, derivation::Derivation::create(std::move(secret)));
    options.vault = vault.get();
    options.derivation = &*derivation;
  }
  return verify::verify(*connection, database->dialect(), options);
}

}  // namespace

int run_verify(const shop::Paths& paths, std::string_view store, bool without_keys) {
  const auto report = check(paths, store, without_keys);
  if (!report.has_value()) {
    std::cerr << "dermaga-core verify: could not check: " << report.error().message() << "\n";
    return 2;
  }
  for (const auto& breach : report->breaches) {
    std::cout << "BREACH " << breach.check << ": " << breach.row << ": " << breach.detail << "\n";
  }
  std::cout << "checked " << report->orders_checked << " orders, " << report->stock_rows_checked
            << " stock rows, opened " << report->sealed_fields_opened << " sealed fields: "
            << (report->breaches.empty() ? "every promise holds"
                                         : std::to_string(report->breaches.size()) + " breaches")
            << (without_keys ? " (sealed fields were not opened)" : "") << "\n";
  if (report->promises_broken > 0) {
    std::cout << report->promises_broken
              << " orders were declined though a spool had answered 201 (its lease was abandoned): "
                 "dermaga-core orders declined\n";
  }
  return report->breaches.empty() ? 0 : 1;
}

}  // namespace dermaga::core
