#include "tamper_probe/acceptance.h"

#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "files/files.h"

namespace dermaga::tamper_probe {

namespace {

constexpr std::string_view kKeyPurpose = "storefront-manifest-signing";
constexpr std::size_t kKeyBytes = 32;
constexpr std::uint64_t kFileBytesMax = 512 * 1024;
constexpr unsigned kFileMode = 0600;

}  // namespace

Acceptance::Acceptance(digest::SigningKey key, std::string file)
    : key_(std::move(key)), file_(std::move(file)) {}

Result<Acceptance> Acceptance::open(vault::Vault& vault, std::string manifest_file) {
  ASSIGN_OR_RETURN(std::string seed, vault.purpose_secret(kKeyPurpose, kKeyBytes));
  auto key = digest::SigningKey::from_seed(seed);
  vault::wipe(seed);
  if (!key.has_value()) {
    return std::unexpected(std::move(key).error());
  }
  return Acceptance(*std::move(key), std::move(manifest_file));
}

Result<Manifest> Acceptance::read() const {
  ASSIGN_OR_RETURN(const std::string bytes, files::read_file(file_, kFileBytesMax));
  return from_file(bytes, key_.public_key());
}

Status Acceptance::accept(const std::string& assets_folder, const Decision& decision,
                          audit::AuditLog& audit_log, const Clock& clock) const {
  ASSIGN_OR_RETURN(Manifest manifest, read_build(assets_folder));
  manifest.accepted_at = clock.now();
  manifest.accepted_by = decision.actor.name;
  manifest.reason = decision.reason;
  const std::string bytes = to_file(manifest, key_);
  RETURN_IF_ERROR(
      audit_log.record({.actor = decision.actor,
                        .action = "storefront.accept",
                        .subject = manifest.script,
                        .detail = std::to_string(manifest.files.size()) + " files, manifest " +
                                  encoding::hex(digest::sha256(bytes)),
                        .reason = decision.reason}));
  return files::write_file_atomically(file_, bytes, kFileMode);
}

Status Acceptance::accept_first(const std::string& assets_folder, audit::AuditLog& audit_log,
                                const Clock& clock) const {
  ASSIGN_OR_RETURN(const bool is_there, files::exists(file_));
  if (is_there) {
    return {};
  }
  return accept(
      assets_folder,
      {.actor = {.name = "core", .source = "init"}, .reason = "the build of the first start"},
      audit_log, clock);
}

}  // namespace dermaga::tamper_probe
