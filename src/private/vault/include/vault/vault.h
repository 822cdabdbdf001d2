#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ids/ids.h"
#include "random/random.h"
#include "result/result.h"
#include "vault/root_options.h"
#include "vault/secret.h"

namespace dermaga::vault {

// Where a sealed field lives; bound in as associated data, so that a ciphertext moved to another
// table, column or row does not open.
struct FieldPlace {
  std::string_view table;
  std::string_view column;
  std::string_view row;  // the row's key, e.g. the customer or order id
};

// A data key (32 bytes, wiped): of one customer, or of one purpose of the shop. Fields:
// XChaCha20-Poly1305 (libsodium IETF variant), version byte ‖ 24-byte random nonce ‖ ciphertext ‖
// tag.
class FieldKey {
 public:
  FieldKey(FieldKey&&) noexcept;
  FieldKey& operator=(FieldKey&&) noexcept;
  ~FieldKey();

  std::string seal_field(const FieldPlace& place, const SecretText& text, Random& random) const;
  // kCorrupt when the key, the place or a byte is not the one it was sealed with.
  Result<SecretText> open_field(const FieldPlace& place, std::string_view sealed) const;

 private:
  friend class Vault;
  explicit FieldKey(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

// Exact look-up of sealed texts: the same text gives the same 32 bytes (HMAC-SHA-256), which tell
// nothing without the key. The caller brings texts into one form first (case, spaces).
class BlindIndex {
 public:
  BlindIndex(BlindIndex&&) noexcept;
  BlindIndex& operator=(BlindIndex&&) noexcept;
  ~BlindIndex();

  // `kind` keeps kinds of text apart: "staff.email".
  std::string of(std::string_view kind, const SecretText& text) const;

 private:
  friend class Vault;
  explicit BlindIndex(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

struct NewCustomerKey {
  FieldKey key;
  std::string wrapped;  // for the customer's row: kek version ‖ nonce ‖ ciphertext ‖ tag
  std::uint32_t kek_version;
  // Keeps that KEK from being destroyed: held until the row is stored, or given up.
  std::shared_ptr<const void> kek_in_use;
};

// The key hierarchy of DESIGN §7 on files: the root key (RootOptions says where it is) wraps the
// versioned key-encryption keys kek-<n>.wrapped, those wrap one data key per customer. Thread-safe.
class Vault {
 public:
  // Opens <folder>; creates root key and first KEK where the folder is empty. kForbidden when a key
  // file is wider than 0600 or the passphrase or PIN is not the one, kInvalidArgument when the
  // folder was made with another kind of root, kUnavailable when the token is not there, kCorrupt
  // when a wrapped key does not open under the root or a key is missing that others need: then
  // nothing is made or changed.
  static Result<std::unique_ptr<Vault>> open(const std::string& folder, Random& random,
                                             const RootOptions& root = {});
  ~Vault();

  NewCustomerKey new_customer_key(const CustomerId& id, Random& random) const;
  // Looks into the folder once more for a KEK that it does not know: another process may have made
  // it.
  Result<FieldKey> unwrap(const CustomerId& id, std::string_view wrapped) const;

  // Ascending; the last one seals.
  std::vector<std::uint32_t> kek_versions() const;
  // Makes a new KEK, durable before it seals anything; its version. Needs the root key for it.
  Result<std::uint32_t> rotate_kek();
  // The same customer key under the newest KEK.
  Result<std::string> rewrap(const CustomerId& id, std::string_view wrapped) const;
  // Kept secrets under the newest KEK, each file replaced atomically; how many were not yet.
  Result<std::int64_t> rewrap_secrets();
  // How many kept secrets each KEK seals.
  Result<std::map<std::uint32_t, std::int64_t>> secrets_by_kek() const;
  // Forgets the KEK and removes its file. kVersionConflict for the newest one, and while a kept
  // secret or a key on its way into the store needs it; kNotFound. `no_row_needs_it` is asked once
  // nothing can come into the store under it any more; its error keeps the KEK.
  Status destroy_kek(std::uint32_t version, const std::function<Status()>& no_row_needs_it);
  // Wraps every KEK anew under another root, or under a new one of the same kind, and removes the
  // old root from the folder (a key in a token stays there). Stopped at any point, the folder opens
  // under exactly one of the two, and the next open() tidies up.
  Status move_root(const RootOptions& to);

  // Keys of one purpose ("snapshot-signing", "derivation", "sealing-2026-11"), kept wrapped beside
  // the KEKs: purpose_secret() reads it, or makes `size` random bytes and keeps them durably first.
  // keep_purpose_secret() replaces what was kept, durably. A purpose is [a-z0-9-]{1,64}; a secret
  // has at most 32 KiB.
  Result<std::string> purpose_secret(std::string_view purpose, std::size_t size);
  Status keep_purpose_secret(std::string_view purpose, std::string_view secret);
  Result<std::string> read_purpose_secret(std::string_view purpose) const;  // kNotFound
  // A purpose's 32 bytes as a key for fields of records that are nobody's in particular, or for an
  // index over sealed texts. What one purpose serves, it serves alone.
  Result<FieldKey> purpose_key(std::string_view purpose);
  Result<BlindIndex> blind_index(std::string_view purpose);

 private:
  struct Impl;
  explicit Vault(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::vault
