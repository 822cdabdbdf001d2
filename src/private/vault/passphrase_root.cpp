#include <sodium.h>

#include <utility>

#include "aead.h"
#include "files/files.h"
#include "root_key.h"
#include "vault/outside_secret.h"

namespace dermaga::vault {

namespace {

constexpr char kFormat = 1;
constexpr std::size_t kSaltBytes = 16;
static_assert(kSaltBytes == crypto_pwhash_argon2id_SALTBYTES);
constexpr std::uint32_t kPasses = 3;
constexpr std::uint32_t kMemoryKib = 256 * 1024;
// What a damaged or exchanged file cannot ask for.
constexpr std::uint32_t kPassesMax = 100;
constexpr std::uint32_t kMemoryKibMax = 4 * 1024 * 1024;
constexpr std::size_t kPassphraseBytesMin = 12;
constexpr std::size_t kHeadBytes = 1 + 4 + 4 + kSaltBytes;
constexpr std::size_t kFileBytes = kHeadBytes + kNonceBytes + kAeadTagBytes;

std::string check_data(std::string_view head) {
  return associated_data("dermaga.root-passphrase.v1", {head});
}

// head: format ‖ passes ‖ memory in KiB ‖ salt.
Result<LockedKey> derive(const SecretText& passphrase, std::string_view head) {
  const std::uint32_t passes = u32_value(head.substr(1, 4));
  const std::uint32_t memory_kib = u32_value(head.substr(5, 4));
  std::string key(kKeyBytes, '\0');
  const std::string_view text = passphrase.reveal();
  if (crypto_pwhash(reinterpret_cast<unsigned char*>(key.data()), key.size(), text.data(),
                    text.size(), reinterpret_cast<const unsigned char*>(head.substr(9).data()),
                    passes, std::size_t{memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return make_error(ErrorCode::kUnavailable,
                      "there is not enough memory to derive the root key from its passphrase: " +
                          std::to_string(memory_kib / 1024) + " MiB are needed");
  }
  return LockedKey(key);
}

Status make(const std::string& path, const SecretText& passphrase, Random& random) {
  const std::string head = std::string(1, kFormat) + u32_bytes(kPasses) + u32_bytes(kMemoryKib) +
                           random.bytes(kSaltBytes);
  ASSIGN_OR_RETURN(const LockedKey key, derive(passphrase, head));
  return files::write_file_atomically(
      path, head + aead_seal(key.bytes(), check_data(head), "", random), kRootFileMode);
}

Result<std::string> read(const std::string& path) {
  ASSIGN_OR_RETURN(std::string bytes, files::read_secret_file(path, kRootFileBytesMax));
  if (bytes.size() == kFileBytes && bytes.front() == kFormat) {
    const std::uint32_t passes = u32_value(std::string_view(bytes).substr(1, 4));
    const std::uint32_t memory_kib = u32_value(std::string_view(bytes).substr(5, 4));
    if (passes >= kPasses && passes <= kPassesMax && memory_kib >= kMemoryKib &&
        memory_kib <= kMemoryKibMax) {
      return bytes;
    }
  }
  return make_error(ErrorCode::kCorrupt, path + " is damaged: restore it from its backup");
}

}  // namespace

Result<std::unique_ptr<RootKey>> open_passphrase_root(const RootPlace& place) {
  const std::string& passphrase_file = place.options.passphrase_file;
  ASSIGN_OR_RETURN(const SecretText passphrase,
                   read_outside_secret({.path = passphrase_file,
                                        .apart_from = place.apart_from(),
                                        .what = "the passphrase of the root key"}));
  if (passphrase.reveal().size() < kPassphraseBytesMin) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the passphrase in " + passphrase_file + " has fewer than " +
                          std::to_string(kPassphraseBytesMin) +
                          " bytes; take six random words or more. Nothing was changed");
  }
  const std::string path = place.file();
  ASSIGN_OR_RETURN(const bool is_there, files::exists(path));
  if (!is_there && place.may_make) {
    RETURN_IF_ERROR(make(path, passphrase, place.random));
  }
  ASSIGN_OR_RETURN(const std::string bytes, read(path));
  const std::string_view head = std::string_view(bytes).substr(0, kHeadBytes);
  ASSIGN_OR_RETURN(LockedKey key, derive(passphrase, head));
  if (!aead_open(key.bytes(), check_data(head), std::string_view(bytes).substr(kHeadBytes))) {
    return make_error(ErrorCode::kForbidden,
                      "the passphrase in " + passphrase_file +
                          " is not the one that this shop's keys were made with (or " + path +
                          " is damaged). Nothing was changed");
  }
  return sealing_root(std::move(key), place.random);
}

}  // namespace dermaga::vault
