#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "audit/audit_log.h"
#include "authority/authority.h"
#include "clock/clock.h"
#include "config/config.h"
#include "customers/erasure_list.h"
#include "derivation/derivation.h"
#include "digest/signature.h"
#include "files/files.h"
#include "order_box/keyring.h"
#include "random/random.h"
#include "result/result.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::shop {

// Where everything of one shop lies, below its data folder.
struct Paths {
  explicit Paths(std::string data_folder);
  std::string edge(int number) const;   // <data>/public/edge-<n>
  std::string spool(int number) const;  // <data>/public/spool-<n>

  std::string data;
  std::string private_folder;  // 0700
  std::string keys;
  std::string pki;
  std::string assets;
  std::string store_file;
  std::string socket;
  std::string lock;
  std::string log;
  std::string mail;                 // where mails lie that no server was named for
  std::string storefront_manifest;  // which build of it was accepted
  std::string storefront_state;     // whether it was tampered with when last looked at
  std::string erasures;             // kept apart from the store, for whoever restores it
};

// Where the vault finds the root key.
vault::RootOptions root_options(const Paths& paths, const config::Shop& config);

// What the vault calls the key that signs the audit log's checkpoints.
inline constexpr std::string_view kAuditKeyPurpose = "audit-signing";
// The same of the erasure list's lines.
inline constexpr std::string_view kErasureKeyPurpose = "erasure-signing";

// What stands before any record can be read: the folder lock, keys, certificate authority and the
// migrated store. One writer per data folder; it holds the lock for its whole life.
struct Foundation {
  // Opens the shop in the folder, making what is not there yet. kAlreadyExists when another process
  // holds the folder.
  static Result<Foundation> open(const Paths& paths, const config::Shop& config, const Clock& clock,
                                 Random& random);

  files::LockFile lock;
  vault::RootOptions root;  // as it was when it opened
  std::unique_ptr<vault::Vault> vault;
  std::unique_ptr<digest::SigningKey> catalog_key;  // address-stable: the keyring points at it
  std::unique_ptr<order_box::SealingKeyring> keyring;
  std::string derivation_secret;
  std::shared_ptr<const derivation::Derivation> derivation;
  std::shared_ptr<const authority::Authority> authority;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<audit::AuditLog> audit_log;  // points at the database
  std::unique_ptr<customers::ErasureList> erasures;
};

// Where staff reach core unless the settings say.
inline constexpr int kDefaultPortBase = 8440;
inline constexpr int kAdminOffset = 1;
inline constexpr int kPublicOffset = 3;
std::string default_admin_url(int port_base);
std::string default_public_url(int port_base);
// Of "https://host:port", as settings have it; empty for an empty text.
std::string host_of(const std::string& url);

// Programs of the public zone on this machine, numbered from 1.
struct PublicPrograms {
  int edges = 0;
  int spools = 0;
  std::string public_host;  // joins localhost in the edges' HTTPS certificates
};

// Certificates of core's end of the link, of the edges with their HTTPS pair, and of the spools; a
// pair that is still valid long enough stays.
Status ensure_certificates(const Paths& paths, const config::Shop& config,
                           const authority::Authority& authority, const PublicPrograms& programs);

// What a certificate for the link says, by the role that it carries; also when it is renewed.
authority::Authority::Leaf link_leaf(const std::string& shop_id, const std::string& role_uri);

// The roles in the certificates of edges and spools, and the name that core's answers to.
std::string edge_role(const std::string& shop_id);
std::string spool_role(const std::string& shop_id);
std::string core_server_name(const std::string& shop_id);

}  // namespace dermaga::shop
