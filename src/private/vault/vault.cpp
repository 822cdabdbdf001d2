#include "vault/vault.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "aead.h"
#include "files/files.h"
#include "locked_key.h"
#include "root_key.h"
#include "root_move.h"

namespace dermaga::vault {

namespace {

constexpr std::string_view kKekPrefix = "kek-";
constexpr std::string_view kSecretPrefix = "secret-";
constexpr std::string_view kWrappedSuffix = ".wrapped";
constexpr char kWrappedVersion = 1;
constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
constexpr std::size_t kSecretBytesMax = 32 * 1024;
constexpr std::size_t kPurposeBytesMax = 64;
constexpr unsigned kSecretMode = 0600;
constexpr unsigned kFolderMode = 0700;
constexpr std::uint32_t kFirstVersion = 1;

std::string kek_file(std::uint32_t version) {
  return std::string(kKekPrefix) + std::to_string(version) + std::string(kWrappedSuffix);
}

std::string kek_data(std::uint32_t version) {
  return associated_data("dermaga.kek.v1", {u32_bytes(version)});
}

std::string customer_data(const CustomerId& id) {
  return associated_data("dermaga.customer-key.v1", {id.str()});
}

std::string purpose_data(std::string_view purpose) {
  return associated_data("dermaga.purpose.v1", {purpose});
}

// "kek-12.wrapped" → 12.
std::optional<std::uint32_t> kek_version_of(std::string_view file) {
  if (!file.starts_with(kKekPrefix)) {
    return std::nullopt;
  }
  const std::string_view digits = file.substr(kKekPrefix.size());
  std::uint32_t version = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), version);
  return version > 0 && kek_file(version) == file ? std::optional(version) : std::nullopt;
}

struct Listing {
  bool has_wrapped = false;
  std::vector<std::uint32_t> kek_versions;
};

Result<Listing> list_folder(const std::string& folder) {
  Listing listing;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    listing.has_wrapped = listing.has_wrapped || name.ends_with(kWrappedSuffix);
    if (const auto version = kek_version_of(name); version.has_value()) {
      listing.kek_versions.push_back(*version);
    }
  }
  if (error) {
    return make_error(ErrorCode::kIo, "list " + folder + ": " + error.message());
  }
  return listing;
}

Result<LockedKey> read_kek(const std::string& path, std::uint32_t version, RootKey& root) {
  ASSIGN_OR_RETURN(const std::string wrapped, files::read_secret_file(path, kKeyFileBytesMax));
  auto key = root.unwrap(kek_data(version), wrapped);
  if (!key.has_value() && key.error().code() == ErrorCode::kCorrupt) {
    return make_error(ErrorCode::kCorrupt,
                      path +
                          " does not open under the root key: one of the two is damaged or from "
                          "another shop; restore both from the same backup (" +
                          key.error().message() + ")");
  }
  if (!key.has_value()) {
    return std::unexpected(std::move(key).error().with_context(path));
  }
  return key;
}

Status create_kek(const std::string& path, std::uint32_t version, RootKey& root, Random& random) {
  std::string key = random.bytes(kKeyBytes);
  const auto wrapped = root.wrap(kek_data(version), key);
  wipe(key);
  if (!wrapped.has_value()) {
    return std::unexpected(wrapped.error());
  }
  return files::write_file_atomically(path, *wrapped, kSecretMode);
}

Status remove_durably(const std::string& folder, const std::string& file) {
  std::error_code failure;
  std::filesystem::remove(folder + "/" + file, failure);
  if (failure) {
    return make_errno_error("remove " + folder + "/" + file, failure.value());
  }
  return files::sync_directory(folder);
}

// The settings name the root that the folder was made with, and nothing hangs on a missing one.
Status check_root_fits(const std::string& folder, RootKind kind, bool has_wrapped) {
  ASSIGN_OR_RETURN(const auto made_with, root_of(folder));
  if (!made_with.has_value() && has_wrapped) {
    return make_error(ErrorCode::kCorrupt,
                      folder + "/" + std::string(root_file(kind)) +
                          " is missing while wrapped keys are there: without it nobody "
                          "can read them; restore it from its backup. Nothing was changed");
  }
  if (made_with.has_value() && *made_with != kind) {
    return make_error(ErrorCode::kInvalidArgument,
                      folder + " was made with the root key of " +
                          std::string(root_file(*made_with)) + ", the settings say root = \"" +
                          std::string(name(kind)) + "\": say [keys] root = \"" +
                          std::string(name(*made_with)) + "\". Nothing was changed");
  }
  return {};
}

Status check_purpose(std::string_view purpose) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (purpose.empty() || purpose.size() > kPurposeBytesMax ||
      !std::all_of(purpose.begin(), purpose.end(), allowed)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a purpose is 1 to 64 lower-case letters, digits and dashes");
  }
  return {};
}

}  // namespace

struct Vault::Impl {
  struct Kek {
    explicit Kek(LockedKey locked) : key(std::move(locked)) {}
    LockedKey key;
    // Beside this one, one for each new key that is on its way into the store.
    std::shared_ptr<const std::uint8_t> users = std::make_shared<const std::uint8_t>();
  };

  std::string folder;
  mutable std::mutex root_mutex;  // taken last
  RootOptions root_options;
  Random* random = nullptr;
  mutable std::shared_mutex keks_mutex;  // taken after files_mutex
  mutable std::map<std::uint32_t, Kek> keks;
  mutable std::mutex files_mutex;  // one writer of files at a time

  // For as long as it is used.
  Result<std::unique_ptr<RootKey>> open_root() const {
    const std::lock_guard lock(root_mutex);
    return vault::open_root({.options = root_options, .folder = folder, .random = *random});
  }

  // KEK version ‖ nonce ‖ ciphertext ‖ tag.
  std::string wrap(std::string_view data, std::string_view secret, Random& randomness,
                   std::shared_ptr<const void>* in_use = nullptr) const {
    const std::shared_lock lock(keks_mutex);
    const auto& [version, kek] = *keks.rbegin();
    if (in_use != nullptr) {
      *in_use = kek.users;
    }
    return u32_bytes(version) + aead_seal(kek.key.bytes(), data, secret, randomness);
  }
  Result<std::string> unwrap(std::string_view data, std::string_view wrapped) const {
    if (wrapped.size() < 4) {
      return make_error(ErrorCode::kCorrupt, "the wrapped key is cut short");
    }
    const std::uint32_t version = u32_value(wrapped.substr(0, 4));
    RETURN_IF_ERROR(know(version));
    const std::shared_lock lock(keks_mutex);
    const auto kek = keks.find(version);
    auto secret = kek == keks.end() ? std::nullopt
                                    : aead_open(kek->second.key.bytes(), data, wrapped.substr(4));
    if (!secret.has_value()) {
      return make_error(ErrorCode::kCorrupt,
                        "the wrapped key does not open under " + kek_file(version));
    }
    return *std::move(secret);
  }
  // Reads a KEK that another process made since.
  Status know(std::uint32_t version) const {
    {
      const std::shared_lock lock(keks_mutex);
      if (keks.contains(version)) {
        return {};
      }
    }
    const std::string path = folder + "/" + kek_file(version);
    ASSIGN_OR_RETURN(const bool is_there, files::exists(path));
    if (!is_there) {
      return make_error(ErrorCode::kCorrupt, kek_file(version) + " is missing from " + folder);
    }
    ASSIGN_OR_RETURN(const auto root, open_root());
    ASSIGN_OR_RETURN(LockedKey kek, read_kek(path, version, *root));
    const std::unique_lock lock(keks_mutex);
    keks.try_emplace(version, std::move(kek));
    return {};
  }
  // One that could not be finished brings back the KEKs that it took along, and no others.
  Status check_no_move() const {
    ASSIGN_OR_RETURN(const auto to, decided_root_move(folder));
    return to.has_value() ? make_error(ErrorCode::kVersionConflict,
                                       "the root key is on its way to \"" + std::string(name(*to)) +
                                           "\": stop this program and start it again first")
                          : Status();
  }
  // Every KEK under another root, beside the files that hold.
  Status stage(const RootOptions& to, const std::vector<std::uint32_t>& versions) const {
    ASSIGN_OR_RETURN(const auto root, vault::open_root({.options = to,
                                                        .folder = folder,
                                                        .random = *random,
                                                        .may_make = true,
                                                        .suffix = kStagedSuffix}));
    const std::shared_lock lock(keks_mutex);
    for (const std::uint32_t version : versions) {
      const Kek& kek = keks.at(version);
      const std::string path = folder + "/" + kek_file(version) + std::string(kStagedSuffix);
      ASSIGN_OR_RETURN(const std::string wrapped, root->wrap(kek_data(version), kek.key.bytes()));
      RETURN_IF_ERROR(files::write_file_atomically(path, wrapped, kSecretMode));
      ASSIGN_OR_RETURN(const LockedKey read, read_kek(path, version, *root));
      if (read.bytes() != kek.key.bytes()) {
        return make_error(ErrorCode::kCorrupt, path + " holds another key than was wrapped");
      }
    }
    return {};
  }
  Status check_unused(std::uint32_t version) const {
    const std::shared_lock lock(keks_mutex);
    const auto kek = keks.find(version);
    const std::string name = "KEK " + std::to_string(version);
    if (kek == keks.end()) {
      return make_error(ErrorCode::kNotFound, "there is no " + name);
    }
    if (version == keks.rbegin()->first) {
      return make_error(ErrorCode::kVersionConflict, name + " is the one that seals: rotate first");
    }
    return kek->second.users.use_count() == 1
               ? Status()
               : make_error(ErrorCode::kVersionConflict,
                            name + " is in use this moment: try again");
  }
  std::uint32_t newest() const {
    const std::shared_lock lock(keks_mutex);
    return keks.rbegin()->first;
  }

  std::string secret_path(std::string_view purpose) const {
    return folder + "/" + std::string(kSecretPrefix) + std::string(purpose) +
           std::string(kWrappedSuffix);
  }
  // Every kept secret with the version of the KEK that seals it.
  Result<std::map<std::string, std::uint32_t>> purposes() const {
    std::map<std::string, std::uint32_t> found;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (!name.starts_with(kSecretPrefix) || !name.ends_with(kWrappedSuffix)) {
        continue;
      }
      ASSIGN_OR_RETURN(const std::string bytes,
                       files::read_secret_file(it->path().string(), kKeyFileBytesMax));
      if (bytes.size() < 5 || bytes.front() != kWrappedVersion) {
        return make_error(ErrorCode::kCorrupt, it->path().string() + " is not a wrapped secret");
      }
      const std::size_t length = name.size() - kSecretPrefix.size() - kWrappedSuffix.size();
      found[name.substr(kSecretPrefix.size(), length)] =
          u32_value(std::string_view(bytes).substr(1, 4));
    }
    if (error) {
      return make_error(ErrorCode::kIo, "list " + folder + ": " + error.message());
    }
    return found;
  }
  Status write_secret(std::string_view purpose, std::string_view secret) const {
    if (secret.size() > kSecretBytesMax) {
      return make_error(ErrorCode::kInvalidArgument, "a kept secret has at most 32 KiB");
    }
    return files::write_file_atomically(
        secret_path(purpose),
        std::string(1, kWrappedVersion) + wrap(purpose_data(purpose), secret, *random),
        kSecretMode);
  }
  Result<std::string> read_secret(std::string_view purpose) const {
    const std::string path = secret_path(purpose);
    ASSIGN_OR_RETURN(const std::string wrapped, files::read_secret_file(path, kKeyFileBytesMax));
    if (wrapped.empty() || wrapped.front() != kWrappedVersion) {
      return make_error(ErrorCode::kCorrupt, path + " is not a wrapped secret");
    }
    auto secret = unwrap(purpose_data(purpose), std::string_view(wrapped).substr(1));
    if (!secret.has_value()) {
      return std::unexpected(std::move(secret).error().with_context(path));
    }
    return secret;
  }
};

Vault::Vault(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Vault::~Vault() = default;

Result<std::unique_ptr<Vault>> Vault::open(const std::string& folder, Random& random,
                                           const RootOptions& root_options) {
  CHECK(sodium_init() >= 0);
  RETURN_IF_ERROR(files::make_directories(folder, kFolderMode));
  RETURN_IF_ERROR(finish_root_move(folder));
  ASSIGN_OR_RETURN(Listing listing, list_folder(folder));
  RETURN_IF_ERROR(check_root_fits(folder, root_options.kind, listing.has_wrapped));
  ASSIGN_OR_RETURN(const auto root, open_root({.options = root_options,
                                               .folder = folder,
                                               .random = random,
                                               .may_make = !listing.has_wrapped}));
  if (listing.kek_versions.empty()) {
    // Wrapped secrets without any KEK: a KEK was lost, and a new one would not open them.
    if (listing.has_wrapped) {
      return make_error(ErrorCode::kCorrupt,
                        "every " + std::string(kKekPrefix) +
                            "<n>.wrapped is "
                            "missing from " +
                            folder +
                            " while wrapped secrets are there: restore them from "
                            "the backup. Nothing was changed");
    }
    RETURN_IF_ERROR(
        create_kek(folder + "/" + kek_file(kFirstVersion), kFirstVersion, *root, random));
    listing.kek_versions.push_back(kFirstVersion);
  }
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->root_options = root_options;
  impl->random = &random;
  for (const std::uint32_t version : listing.kek_versions) {
    ASSIGN_OR_RETURN(LockedKey kek, read_kek(folder + "/" + kek_file(version), version, *root));
    impl->keks.try_emplace(version, std::move(kek));
  }
  return std::unique_ptr<Vault>(new Vault(std::move(impl)));
}

NewCustomerKey Vault::new_customer_key(const CustomerId& id, Random& random) const {
  std::string key = random.bytes(kKeyBytes);
  std::shared_ptr<const void> in_use;
  std::string wrapped = impl_->wrap(customer_data(id), key, random, &in_use);
  const std::uint32_t version = u32_value(std::string_view(wrapped).substr(0, 4));
  return NewCustomerKey{.key = FieldKey(std::move(key)),
                        .wrapped = std::move(wrapped),
                        .kek_version = version,
                        .kek_in_use = std::move(in_use)};
}

Result<FieldKey> Vault::unwrap(const CustomerId& id, std::string_view wrapped) const {
  auto key = impl_->unwrap(customer_data(id), wrapped);
  if (!key.has_value()) {
    return std::unexpected(std::move(key).error().with_context("the data key of " + id.str()));
  }
  if (key->size() != kKeyBytes) {
    return make_error(ErrorCode::kCorrupt, "the data key of " + id.str() + " has a wrong size");
  }
  return FieldKey(*std::move(key));
}

std::vector<std::uint32_t> Vault::kek_versions() const {
  const std::shared_lock lock(impl_->keks_mutex);
  std::vector<std::uint32_t> versions;
  for (const auto& [version, kek] : impl_->keks) {
    versions.push_back(version);
  }
  return versions;
}

Result<std::uint32_t> Vault::rotate_kek() {
  const std::lock_guard lock(impl_->files_mutex);
  RETURN_IF_ERROR(impl_->check_no_move());
  const std::uint32_t version = impl_->newest() + 1;
  const std::string path = impl_->folder + "/" + kek_file(version);
  ASSIGN_OR_RETURN(const auto root, impl_->open_root());
  RETURN_IF_ERROR(create_kek(path, version, *root, *impl_->random));
  // As it lies on the disk, not as it was meant: what it seals must open after a restart.
  ASSIGN_OR_RETURN(LockedKey kek, read_kek(path, version, *root));
  const std::unique_lock keks_lock(impl_->keks_mutex);
  impl_->keks.try_emplace(version, std::move(kek));
  return version;
}

Result<std::string> Vault::rewrap(const CustomerId& id, std::string_view wrapped) const {
  auto key = impl_->unwrap(customer_data(id), wrapped);
  if (!key.has_value()) {
    return std::unexpected(std::move(key).error().with_context("the data key of " + id.str()));
  }
  std::string again = impl_->wrap(customer_data(id), *key, *impl_->random);
  wipe(*key);
  return again;
}

Result<std::int64_t> Vault::rewrap_secrets() {
  const std::lock_guard lock(impl_->files_mutex);
  ASSIGN_OR_RETURN(const auto purposes, impl_->purposes());
  std::int64_t rewrapped = 0;
  for (const auto& [purpose, version] : purposes) {
    if (version != impl_->newest()) {
      ASSIGN_OR_RETURN(std::string secret, impl_->read_secret(purpose));
      RETURN_IF_ERROR(impl_->write_secret(purpose, secret));
      wipe(secret);
      ++rewrapped;
    }
  }
  return rewrapped;
}

Result<std::map<std::uint32_t, std::int64_t>> Vault::secrets_by_kek() const {
  const std::lock_guard lock(impl_->files_mutex);
  ASSIGN_OR_RETURN(const auto purposes, impl_->purposes());
  std::map<std::uint32_t, std::int64_t> counts;
  for (const auto& [purpose, version] : purposes) {
    ++counts[version];
  }
  return counts;
}

Status Vault::destroy_kek(std::uint32_t version, const std::function<Status()>& no_row_needs_it) {
  const std::lock_guard lock(impl_->files_mutex);
  ASSIGN_OR_RETURN(const auto purposes, impl_->purposes());
  for (const auto& [purpose, sealed_by] : purposes) {
    if (sealed_by == version) {
      return make_error(ErrorCode::kVersionConflict,
                        "KEK " + std::to_string(version) + " still seals the secret " + purpose);
    }
  }
  RETURN_IF_ERROR(impl_->check_unused(version));
  RETURN_IF_ERROR(impl_->check_no_move());
  RETURN_IF_ERROR(clear_staged(impl_->folder));  // copies of it among them
  // It is not the newest, so no new user can come; whoever was one has stored what he had.
  RETURN_IF_ERROR(no_row_needs_it());
  RETURN_IF_ERROR(remove_durably(impl_->folder, kek_file(version)));
  const std::unique_lock keks_lock(impl_->keks_mutex);
  impl_->keks.erase(version);
  return {};
}

Status Vault::move_root(const RootOptions& to) {
  const std::lock_guard lock(impl_->files_mutex);
  RETURN_IF_ERROR(impl_->check_no_move());
  ASSIGN_OR_RETURN(const Listing listing, list_folder(impl_->folder));
  for (const std::uint32_t version : listing.kek_versions) {
    RETURN_IF_ERROR(impl_->know(version));
  }
  RETURN_IF_ERROR(clear_staged(impl_->folder));
  Status staged = impl_->stage(to, listing.kek_versions);
  if (!staged.has_value()) {
    RETURN_IF_ERROR(clear_staged(impl_->folder));
    return staged;
  }
  const std::lock_guard root_lock(impl_->root_mutex);
  RETURN_IF_ERROR(decide_root_move(impl_->folder, to.kind));
  impl_->root_options = to;
  return finish_root_move(impl_->folder);
}

Result<std::string> Vault::purpose_secret(std::string_view purpose, std::size_t size) {
  RETURN_IF_ERROR(check_purpose(purpose));
  const std::lock_guard lock(impl_->files_mutex);
  auto kept = impl_->read_secret(purpose);
  if (kept.has_value() && kept->size() != size) {
    return make_error(ErrorCode::kCorrupt,
                      impl_->secret_path(purpose) + " holds a secret of another size");
  }
  if (kept.has_value() || kept.error().code() != ErrorCode::kNotFound) {
    return kept;
  }
  std::string secret = impl_->random->bytes(size);
  RETURN_IF_ERROR(impl_->write_secret(purpose, secret));
  return secret;
}

Status Vault::keep_purpose_secret(std::string_view purpose, std::string_view secret) {
  RETURN_IF_ERROR(check_purpose(purpose));
  const std::lock_guard lock(impl_->files_mutex);
  return impl_->write_secret(purpose, secret);
}

Result<FieldKey> Vault::purpose_key(std::string_view purpose) {
  ASSIGN_OR_RETURN(std::string secret, purpose_secret(purpose, kKeyBytes));
  return FieldKey(std::move(secret));
}

Result<BlindIndex> Vault::blind_index(std::string_view purpose) {
  ASSIGN_OR_RETURN(std::string secret, purpose_secret(purpose, kKeyBytes));
  return BlindIndex(std::move(secret));
}

Result<std::string> Vault::read_purpose_secret(std::string_view purpose) const {
  RETURN_IF_ERROR(check_purpose(purpose));
  const std::lock_guard lock(impl_->files_mutex);
  return impl_->read_secret(purpose);
}

}  // namespace dermaga::vault
