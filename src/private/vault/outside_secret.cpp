#include "vault/outside_secret.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "files/files.h"

namespace dermaga::vault {

namespace {

constexpr std::size_t kSecretBytesMax = 1024;

// Links followed, so that none leads into the folder unseen.
Result<bool> lies_in(const std::string& path, const std::string& folder) {
  std::error_code failure;
  const auto inner = std::filesystem::weakly_canonical(path, failure);
  if (failure) {
    return make_errno_error("look at " + path, failure.value());
  }
  const auto outer = std::filesystem::weakly_canonical(std::filesystem::absolute(folder), failure);
  if (failure) {
    return make_errno_error("look at " + folder, failure.value());
  }
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace

Result<SecretText> read_outside_secret(const OutsideSecret& secret) {
  const auto& [path, folder, subject] = secret;
  if (path.empty()) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the settings do not name the file of " + subject);
  }
  if (!path.starts_with('/')) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the file of " + subject + " must be named by an absolute path");
  }
  ASSIGN_OR_RETURN(const bool inside, lies_in(path, folder));
  if (inside) {
    return make_error(ErrorCode::kInvalidArgument, path + " lies in " + folder +
                                                       ": a copy of the folder would hold " +
                                                       subject + " too; put it elsewhere");
  }
  auto text = files::read_secret_file(path, kSecretBytesMax);
  if (!text.has_value()) {
    return std::unexpected(std::move(text).error().with_context(subject));
  }
  for (const char end : {'\n', '\r'}) {
    if (text->ends_with(end)) {
      text->pop_back();
    }
  }
  if (text->empty()) {
    return make_error(ErrorCode::kInvalidArgument, path + " is empty: it must hold " + subject);
  }
  return SecretText(*std::move(text));
}

}  // namespace dermaga::vault
