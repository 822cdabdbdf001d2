#include "vault/vault.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "aead.h"
#include "files/files.h"
#include "locked_key.h"

namespace dermaga::vault {

namespace {

constexpr std::string_view kRootFile = "root.key";
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
  bool has_root = false;
  bool has_wrapped = false;
  std::vector<std::uint32_t> kek_versions;
};

Result<Listing> list_folder(const std::string& folder) {
  Listing listing;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    listing.has_root = listing.has_root || name == kRootFile;
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

Result<LockedKey> read_root(const std::string& path) {
  ASSIGN_OR_RETURN(std::string bytes, files::read_secret_file(path, kKeyFileBytesMax));
  if (bytes.size() != kKeyBytes) {
    wipe(bytes);
    return make_error(ErrorCode::kCorrupt,
                      path + " is not a root key of 32 bytes: restore it from its backup");
  }
  return LockedKey(bytes);
}

Result<LockedKey> read_kek(const std::string& path, std::uint32_t version, const LockedKey& root) {
  ASSIGN_OR_RETURN(const std::string wrapped, files::read_secret_file(path, kKeyFileBytesMax));
  const bool known = !wrapped.empty() && wrapped.front() == kWrappedVersion;
  auto bytes = known
                   ? aead_open(root.bytes(), kek_data(version), std::string_view(wrapped).substr(1))
                   : std::nullopt;
  if (!bytes.has_value() || bytes->size() != kKeyBytes) {
    return make_error(ErrorCode::kCorrupt,
                      path +
                          " does not open under the root key: one of the two is damaged or from "
                          "another shop; restore both from the same backup");
  }
  return LockedKey(*bytes);
}

Status create_kek(const std::string& path, std::uint32_t version, const LockedKey& root,
                  Random& random) {
  std::string key = random.bytes(kKeyBytes);
  const std::string wrapped =
      std::string(1, kWrappedVersion) + aead_seal(root.bytes(), kek_data(version), key, random);
  wipe(key);
  return files::write_file_atomically(path, wrapped, kSecretMode);
}

Status create_root(const std::string& path, Random& random) {
  std::string key = random.bytes(kKeyBytes);
  Status written = files::write_file_atomically(path, key, kSecretMode);
  wipe(key);
  return written;
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
  std::string folder;
  Random* random = nullptr;
  std::map<std::uint32_t, LockedKey> keks;  // never changes after open
  mutable std::mutex files_mutex;           // one writer of secret files at a time

  const LockedKey& current_kek() const { return keks.rbegin()->second; }
  std::uint32_t current_version() const { return keks.rbegin()->first; }

  // KEK version ‖ nonce ‖ ciphertext ‖ tag.
  std::string wrap(std::string_view data, std::string_view secret, Random& randomness) const {
    return u32_bytes(current_version()) +
           aead_seal(current_kek().bytes(), data, secret, randomness);
  }
  Result<std::string> unwrap(std::string_view data, std::string_view wrapped) const {
    if (wrapped.size() < 4) {
      return make_error(ErrorCode::kCorrupt, "the wrapped key is cut short");
    }
    const auto kek = keks.find(u32_value(wrapped.substr(0, 4)));
    if (kek == keks.end()) {
      return make_error(ErrorCode::kCorrupt,
                        kek_file(u32_value(wrapped.substr(0, 4))) + " is missing from " + folder);
    }
    auto secret = aead_open(kek->second.bytes(), data, wrapped.substr(4));
    if (!secret.has_value()) {
      return make_error(ErrorCode::kCorrupt,
                        "the wrapped key does not open under " + kek_file(kek->first));
    }
    return *std::move(secret);
  }

  std::string secret_path(std::string_view purpose) const {
    return folder + "/" + std::string(kSecretPrefix) + std::string(purpose) +
           std::string(kWrappedSuffix);
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

Result<std::unique_ptr<Vault>> Vault::open(const std::string& folder, Random& random) {
  CHECK(sodium_init() >= 0);
  RETURN_IF_ERROR(files::make_directories(folder, kFolderMode));
  ASSIGN_OR_RETURN(Listing listing, list_folder(folder));
  const std::string root_path = folder + "/" + std::string(kRootFile);
  if (!listing.has_root) {
    if (listing.has_wrapped) {
      return make_error(ErrorCode::kCorrupt,
                        root_path +
                            " is missing while wrapped keys are there: without it nobody "
                            "can read them; restore it from its backup. Nothing was changed");
    }
    RETURN_IF_ERROR(create_root(root_path, random));
  }
  ASSIGN_OR_RETURN(const LockedKey root, read_root(root_path));
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
        create_kek(folder + "/" + kek_file(kFirstVersion), kFirstVersion, root, random));
    listing.kek_versions.push_back(kFirstVersion);
  }
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->random = &random;
  for (const std::uint32_t version : listing.kek_versions) {
    ASSIGN_OR_RETURN(LockedKey kek, read_kek(folder + "/" + kek_file(version), version, root));
    impl->keks.emplace(version, std::move(kek));
  }
  return std::unique_ptr<Vault>(new Vault(std::move(impl)));
}

NewCustomerKey Vault::new_customer_key(const CustomerId& id, Random& random) const {
  std::string key = random.bytes(kKeyBytes);
  std::string wrapped = impl_->wrap(customer_data(id), key, random);
  return NewCustomerKey{CustomerKey(std::move(key)), std::move(wrapped), impl_->current_version()};
}

Result<CustomerKey> Vault::unwrap(const CustomerId& id, std::string_view wrapped) const {
  auto key = impl_->unwrap(customer_data(id), wrapped);
  if (!key.has_value()) {
    return std::unexpected(std::move(key).error().with_context("the data key of " + id.str()));
  }
  if (key->size() != kKeyBytes) {
    return make_error(ErrorCode::kCorrupt, "the data key of " + id.str() + " has a wrong size");
  }
  return CustomerKey(*std::move(key));
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

Result<std::string> Vault::read_purpose_secret(std::string_view purpose) const {
  RETURN_IF_ERROR(check_purpose(purpose));
  const std::lock_guard lock(impl_->files_mutex);
  return impl_->read_secret(purpose);
}

}  // namespace dermaga::vault
