#include "reply_key.h"

#include "files/files.h"

namespace dermaga::buyer {

namespace {

constexpr std::uint64_t kKeyFileBytesMax = 4'096;
constexpr unsigned kKeyFileMode = 0600;

}  // namespace

Result<unsealing::Opener> load_reply_key(const std::string& path) {
  if (path.empty()) {
    return unsealing::Opener::generate();
  }
  auto kept = files::read_secret_file(path, kKeyFileBytesMax);
  if (kept.has_value()) {
    auto key = unsealing::Opener::from_jwk_json(*kept);
    if (!key.has_value()) {
      return std::unexpected(std::move(key).error().with_context(path));
    }
    return key;
  }
  if (kept.error().code() != ErrorCode::kNotFound) {
    return std::unexpected(std::move(kept).error());
  }
  ASSIGN_OR_RETURN(unsealing::Opener key, unsealing::Opener::generate());
  RETURN_IF_ERROR(files::write_file_atomically(path, key.to_private_jwk_json(), kKeyFileMode));
  return key;
}

}  // namespace dermaga::buyer
