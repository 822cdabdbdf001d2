#include "root_key.h"

#include <utility>

#include "aead.h"
#include "files/files.h"
#include "root_move.h"
#include "vault/secret.h"

namespace dermaga::vault {

namespace {

constexpr RootKind kKinds[] = {RootKind::kFile, RootKind::kPassphrase, RootKind::kPkcs11};

class SealingRoot final : public RootKey {
 public:
  SealingRoot(LockedKey key, Random& random) : key_(std::move(key)), random_(random) {}

  Result<std::string> wrap(std::string_view associated, std::string_view key) override {
    return std::string(1, kSealedFormat) + aead_seal(key_.bytes(), associated, key, random_);
  }

  Result<LockedKey> unwrap(std::string_view associated, std::string_view wrapped) override {
    auto key = wrapped.starts_with(kSealedFormat)
                   ? aead_open(key_.bytes(), associated, wrapped.substr(1))
                   : std::nullopt;
    if (!key.has_value() || key->size() != kKeyBytes) {
      return make_error(ErrorCode::kCorrupt, "does not open");
    }
    return LockedKey(*key);
  }

 private:
  LockedKey key_;
  Random& random_;
};

}  // namespace

std::string_view name(RootKind kind) {
  switch (kind) {
    case RootKind::kFile:
      return "file";
    case RootKind::kPassphrase:
      return "passphrase";
    case RootKind::kPkcs11:
      return "pkcs11";
  }
  CHECK(false);
}

std::optional<RootKind> root_kind(std::string_view text) {
  for (const RootKind kind : kKinds) {
    if (name(kind) == text) {
      return kind;
    }
  }
  return std::nullopt;
}

std::string_view root_file(RootKind kind) {
  switch (kind) {
    case RootKind::kFile:
      return "root.key";
    case RootKind::kPassphrase:
      return "root.passphrase";
    case RootKind::kPkcs11:
      return "root.pkcs11";
  }
  CHECK(false);
}

Result<std::optional<RootKind>> root_of(const std::string& folder) {
  ASSIGN_OR_RETURN(std::optional<RootKind> found, decided_root_move(folder));
  if (found.has_value()) {
    return found;
  }
  for (const RootKind kind : kKinds) {
    ASSIGN_OR_RETURN(const bool is_there,
                     files::exists(folder + "/" + std::string(root_file(kind))));
    if (is_there && found.has_value()) {
      return make_error(ErrorCode::kCorrupt,
                        folder + " holds both " + std::string(root_file(*found)) + " and " +
                            std::string(root_file(kind)) +
                            ": only one of them is this shop's root. Nothing was changed");
    }
    if (is_there) {
      found = kind;
    }
  }
  return found;
}

std::string RootPlace::file() const {
  return folder + "/" + std::string(root_file(options.kind)) + std::string(suffix);
}

std::unique_ptr<RootKey> sealing_root(LockedKey key, Random& random) {
  return std::make_unique<SealingRoot>(std::move(key), random);
}

const std::string& RootPlace::apart_from() const {
  return options.apart_from.empty() ? folder : options.apart_from;
}

Result<std::unique_ptr<RootKey>> open_file_root(const RootPlace& place) {
  const std::string path = place.file();
  ASSIGN_OR_RETURN(const bool is_there, files::exists(path));
  if (!is_there && place.may_make) {
    std::string made = place.random.bytes(kKeyBytes);
    const Status written = files::write_file_atomically(path, made, kRootFileMode);
    wipe(made);
    RETURN_IF_ERROR(written);
  }
  ASSIGN_OR_RETURN(std::string bytes, files::read_secret_file(path, kRootFileBytesMax));
  if (bytes.size() != kKeyBytes) {
    wipe(bytes);
    return make_error(ErrorCode::kCorrupt,
                      path + " is not a root key of 32 bytes: restore it from its backup");
  }
  return sealing_root(LockedKey(bytes), place.random);
}

Result<std::unique_ptr<RootKey>> open_root(const RootPlace& place) {
  switch (place.options.kind) {
    case RootKind::kFile:
      return open_file_root(place);
    case RootKind::kPassphrase:
      return open_passphrase_root(place);
    case RootKind::kPkcs11:
      return open_pkcs11_root(place);
  }
  CHECK(false);
}

}  // namespace dermaga::vault
