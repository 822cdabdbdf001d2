#include "shop/foundation.h"

#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>

#include "accounts/ports.h"
#include "customers/contact_index.h"
#include "shop/store_place.h"
#include "store/store.h"

namespace dermaga::shop {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::chrono::hours kHttpsLifetime{24 * 90};
constexpr std::chrono::hours kHttpsRenewBefore{24 * 30};

// A browser speaks to these names on the merchant's own machine.
authority::Authority::Leaf https_leaf(const std::string& public_host) {
  authority::Authority::Leaf leaf;
  leaf.common_name = public_host.empty() ? "localhost" : public_host;
  leaf.dns_names = {"localhost"};
  if (!public_host.empty() && public_host != "localhost") {
    leaf.dns_names.push_back(public_host);
  }
  leaf.addresses = {"127.0.0.1", "::1"};
  leaf.lifetime = kHttpsLifetime;
  leaf.server = true;
  return leaf;
}

Status ensure_edge_certificates(const Paths& paths, const config::Shop& config,
                                const authority::Authority& authority, int number,
                                const std::string& public_host) {
  const std::string folder = paths.edge(number) + "/pki";
  RETURN_IF_ERROR(files::make_directories(paths.edge(number), 0700));
  RETURN_IF_ERROR(files::make_directories(folder, 0700));
  authority::Authority::Leaf leaf = link_leaf(config.id, edge_role(config.id));
  leaf.common_name = "edge-" + std::to_string(number) + "." + config.id;
  RETURN_IF_ERROR(authority.ensure_leaf_files(folder, "edge", leaf));
  RETURN_IF_ERROR(authority.ensure_leaf_files(folder, "edge-https", https_leaf(public_host),
                                              kHttpsRenewBefore));
  return files::write_file_atomically(folder + "/ca.crt", authority.certificate_pem(), 0644);
}

Status ensure_spool_certificates(const Paths& paths, const config::Shop& config,
                                 const authority::Authority& authority, int number) {
  const std::string folder = paths.spool(number) + "/pki";
  RETURN_IF_ERROR(files::make_directories(paths.spool(number), 0700));
  RETURN_IF_ERROR(files::make_directories(folder, 0700));
  authority::Authority::Leaf leaf = link_leaf(config.id, spool_role(config.id));
  leaf.common_name = "spool-" + std::to_string(number) + "." + config.id;
  RETURN_IF_ERROR(authority.ensure_leaf_files(folder, "spool", leaf));
  return files::write_file_atomically(folder + "/ca.crt", authority.certificate_pem(), 0644);
}

Result<digest::SigningKey> open_signing_key(vault::Vault& vault, std::string_view purpose) {
  ASSIGN_OR_RETURN(const std::string seed, vault.purpose_secret(purpose, kKeyBytes));
  return digest::SigningKey::from_seed(seed);
}

}  // namespace

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == url.npos) {
    return {};
  }
  const std::size_t begin = scheme + 3;
  return url.substr(begin, url.find(':', begin) - begin);
}

Paths::Paths(std::string data_folder)
    : data(std::move(data_folder)),
      private_folder(data + "/private"),
      keys(private_folder + "/keys"),
      pki(private_folder + "/pki"),
      assets(private_folder + "/assets"),
      store_file(private_folder + "/store/core.db"),
      socket(private_folder + "/core.sock"),
      lock(private_folder + "/core.lock"),
      log(private_folder + "/log/core.log"),
      mail(private_folder + "/mail"),
      storefront_manifest(private_folder + "/storefront.manifest"),
      storefront_state(private_folder + "/storefront.state"),
      erasures(private_folder + "/erasures.jsonl") {}

std::string Paths::edge(int number) const {
  return data + "/public/edge-" + std::to_string(number);
}

std::string Paths::spool(int number) const {
  return data + "/public/spool-" + std::to_string(number);
}

std::string edge_role(const std::string& shop_id) {
  return "dermaga://" + shop_id + "/public/edge";
}

std::string spool_role(const std::string& shop_id) {
  return "dermaga://" + shop_id + "/public/spool";
}

std::string core_server_name(const std::string& shop_id) {
  return "core." + shop_id;
}

std::string default_admin_url(int port_base) {
  return "https://localhost:" + std::to_string(port_base + kAdminOffset);
}

std::string default_public_url(int port_base) {
  return "https://localhost:" + std::to_string(port_base + kPublicOffset);
}

authority::Authority::Leaf link_leaf(const std::string& shop_id, const std::string& role_uri) {
  authority::Authority::Leaf leaf;
  leaf.common_name = role_uri.substr(role_uri.rfind('/') + 1) + "." + shop_id;
  leaf.role_uri = role_uri;
  leaf.client = true;
  if (role_uri == spool_role(shop_id)) {
    // Edges call it. One name for all spools, so that a renewal follows from the role alone.
    leaf.dns_names = {"spool." + shop_id};
    leaf.server = true;
  }
  return leaf;
}

vault::RootOptions root_options(const Paths& paths, const config::Shop& config) {
  const config::Keys& keys = config.keys;
  const auto kind = vault::root_kind(keys.root);
  CHECK(kind.has_value());  // the settings were checked
  return {.kind = *kind,
          .passphrase_file = keys.passphrase_file,
          .pkcs11_module = keys.pkcs11_module,
          .pkcs11_token = keys.pkcs11_token,
          .pkcs11_pin_file = keys.pkcs11_pin_file,
          .apart_from = paths.data};
}

Result<Foundation> Foundation::open(const Paths& paths, const config::Shop& config,
                                    const Clock& clock, Random& random) {
  for (const std::string& folder :
       {paths.private_folder, paths.keys, paths.pki, paths.assets, paths.private_folder + "/store",
        paths.private_folder + "/log"}) {
    RETURN_IF_ERROR(files::make_directories(folder, 0700));
  }
  auto lock = files::LockFile::acquire(paths.lock);
  if (!lock.has_value()) {
    return std::unexpected(std::move(lock).error().with_context(
        "the shop in " + paths.data + " is already open (is dermaga-core serving it?)"));
  }
  // Opened before keys are made: its rows may already need older ones.
  ASSIGN_OR_RETURN(auto database, open_store(paths, config.store));
  auto root = root_options(paths, config);
  ASSIGN_OR_RETURN(auto vault, vault::Vault::open(paths.keys, random, root));
  ASSIGN_OR_RETURN(auto catalog_key, open_signing_key(*vault, "catalog-signing"));
  auto stable_key = std::make_unique<digest::SigningKey>(std::move(catalog_key));
  ASSIGN_OR_RETURN(auto keyring, order_box::SealingKeyring::open(*vault, *stable_key, clock));
  ASSIGN_OR_RETURN(auto secret, vault->purpose_secret("derivation", kKeyBytes));
  ASSIGN_OR_RETURN(auto derivation, derivation::Derivation::create(secret));
  ASSIGN_OR_RETURN(auto authority,
                   authority::Authority::open_or_create(paths.pki, config.id, clock));
  ASSIGN_OR_RETURN(const auto connection, database->connect());
  RETURN_IF_ERROR(store::migrate(*connection, database->dialect()));
  RETURN_IF_ERROR(check_keys_fit(*connection, derivation));
  // Before the folder is copied for another core: each would make its own, and neither find what
  // the other one indexed.
  for (const std::string_view purpose :
       {customers::kIndexPurpose, accounts::kIndexPurpose, accounts::kPseudonymPurpose,
        accounts::kChallengePurpose}) {
    RETURN_IF_ERROR(vault->blind_index(purpose));
  }
  ASSIGN_OR_RETURN(auto audit_key, open_signing_key(*vault, kAuditKeyPurpose));
  auto audit_log =
      std::make_unique<audit::AuditLog>(*database, clock, config.id, std::move(audit_key));
  ASSIGN_OR_RETURN(auto erasure_key, open_signing_key(*vault, kErasureKeyPurpose));
  ASSIGN_OR_RETURN(auto erasures,
                   customers::ErasureList::open(paths.erasures, std::move(erasure_key)));
  return Foundation{.lock = std::move(*lock),
                    .root = std::move(root),
                    .vault = std::move(vault),
                    .catalog_key = std::move(stable_key),
                    .keyring = std::move(keyring),
                    .derivation_secret = std::move(secret),
                    .derivation = std::make_shared<derivation::Derivation>(std::move(derivation)),
                    .authority = std::make_shared<authority::Authority>(std::move(authority)),
                    .database = std::move(database),
                    .audit_log = std::move(audit_log),
                    .erasures = std::make_unique<customers::ErasureList>(std::move(erasures))};
}

Status ensure_certificates(const Paths& paths, const config::Shop& config,
                           const authority::Authority& authority, const PublicPrograms& programs) {
  authority::Authority::Leaf core_leaf;
  core_leaf.common_name = core_server_name(config.id);
  core_leaf.role_uri = "dermaga://" + config.id + "/private/core";
  core_leaf.dns_names = {core_server_name(config.id)};
  core_leaf.server = true;
  RETURN_IF_ERROR(authority.ensure_leaf_files(paths.pki, "core", core_leaf));
  RETURN_IF_ERROR(authority.ensure_leaf_files(
      paths.pki, "admin-https", https_leaf(host_of(config.admin_url)), kHttpsRenewBefore));
  for (int number = 1; number <= programs.edges; ++number) {
    RETURN_IF_ERROR(
        ensure_edge_certificates(paths, config, authority, number, programs.public_host));
  }
  for (int number = 1; number <= programs.spools; ++number) {
    RETURN_IF_ERROR(ensure_spool_certificates(paths, config, authority, number));
  }
  return {};
}

}  // namespace dermaga::shop
