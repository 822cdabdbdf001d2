#include <utility>

#include "aead.h"
#include "encoding/encoding.h"
#include "files/files.h"
#include "pkcs11_session.h"
#include "root_key.h"
#include "vault/outside_secret.h"

namespace dermaga::vault {

namespace {

constexpr std::string_view kKeyLabel = "dermaga-root";
constexpr char kFormat = 1;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kIvBytes = 12;
constexpr std::size_t kLabelBytesMax = 32;

class Pkcs11Root final : public RootKey {
 public:
  Pkcs11Root(std::unique_ptr<Pkcs11Session> session, CK_OBJECT_HANDLE key, Random& random)
      : session_(std::move(session)), key_(key), random_(random) {}

  Result<std::string> wrap(std::string_view associated, std::string_view key) override {
    ASSIGN_OR_RETURN(const std::string sealed,
                     session_->seal(key_, random_.bytes(kIvBytes), associated, key));
    return std::string(1, kPkcs11Format) + sealed;
  }

  Result<LockedKey> unwrap(std::string_view associated, std::string_view wrapped) override {
    if (!wrapped.starts_with(kPkcs11Format)) {
      return make_error(ErrorCode::kCorrupt, "it was not wrapped by a token");
    }
    auto key = session_->unseal(key_, associated, wrapped.substr(1));
    if (!key.has_value()) {
      return std::unexpected(std::move(key).error());
    }
    if (key->size() != kKeyBytes) {
      wipe(*key);
      return make_error(ErrorCode::kCorrupt, "it holds a key of another size");
    }
    return LockedKey(*key);
  }

 private:
  std::unique_ptr<Pkcs11Session> session_;
  CK_OBJECT_HANDLE key_;
  Random& random_;
};

// The id of the shop's key, as root.pkcs11 says it: format ‖ id ‖ the token's label.
Result<std::string> read_id(const std::string& path, const std::string& token) {
  ASSIGN_OR_RETURN(const std::string bytes, files::read_secret_file(path, kRootFileBytesMax));
  if (bytes.size() <= 1 + kIdBytes || bytes.size() > 1 + kIdBytes + kLabelBytesMax ||
      bytes.front() != kFormat) {
    return make_error(ErrorCode::kCorrupt, path + " is damaged: restore it from its backup");
  }
  const std::string label = bytes.substr(1 + kIdBytes);
  if (label != token) {
    return make_error(ErrorCode::kInvalidArgument,
                      path + " says that the root key is in the token \"" + label +
                          "\", the settings name \"" + token + "\". Nothing was changed");
  }
  return bytes.substr(1, kIdBytes);
}

}  // namespace

Result<std::unique_ptr<RootKey>> open_pkcs11_root(const RootPlace& place) {
  const RootOptions& options = place.options;
  const std::string path = place.file();
  if (options.pkcs11_module.empty() || options.pkcs11_token.empty()) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the settings do not name the PKCS#11 library and token of the root key");
  }
  ASSIGN_OR_RETURN(const bool is_there, files::exists(path));
  std::string id = place.random.bytes(kIdBytes);
  if (is_there || !place.may_make) {
    ASSIGN_OR_RETURN(id, read_id(path, options.pkcs11_token));
  }
  ASSIGN_OR_RETURN(const SecretText pin,
                   read_outside_secret({.path = options.pkcs11_pin_file,
                                        .apart_from = place.apart_from(),
                                        .what = "the PIN of the PKCS#11 token"}));
  ASSIGN_OR_RETURN(auto session, Pkcs11Session::open({.module = options.pkcs11_module,
                                                      .token = options.pkcs11_token,
                                                      .pin_file = options.pkcs11_pin_file,
                                                      .writes = place.may_make},
                                                     pin));
  ASSIGN_OR_RETURN(auto key, session->find_key(kKeyLabel, id));
  if (!key.has_value() && place.may_make) {
    // The name first: a key that was made just before a crash is found again by it.
    RETURN_IF_ERROR(files::write_file_atomically(
        path, std::string(1, kFormat) + id + options.pkcs11_token, kRootFileMode));
    RETURN_IF_ERROR(session->make_key(kKeyLabel, id));
    ASSIGN_OR_RETURN(key, session->find_key(kKeyLabel, id));
  }
  if (!key.has_value()) {
    return make_error(ErrorCode::kCorrupt,
                      "the PKCS#11 token \"" + options.pkcs11_token + "\" holds no key " +
                          std::string(kKeyLabel) + " with the id " + encoding::hex(id) +
                          ": without it nobody can read the shop; restore the token from its "
                          "backup. Nothing was changed");
  }
  return std::make_unique<Pkcs11Root>(std::move(session), *key, place.random);
}

}  // namespace dermaga::vault
