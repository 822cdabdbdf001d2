#include "root_move.h"

#include <filesystem>
#include <vector>

#include "files/files.h"
#include "root_key.h"

namespace dermaga::vault {

namespace {

// Holds the name of the new root.
constexpr std::string_view kDecision = "root.move";

std::string decision_file(const std::string& folder) {
  return folder + "/" + std::string(kDecision);
}

Result<std::vector<std::string>> staged(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (std::string name = it->path().filename().string(); name.ends_with(kStagedSuffix)) {
      found.push_back(std::move(name));
    }
  }
  if (error) {
    return make_error(ErrorCode::kIo, "list " + folder + ": " + error.message());
  }
  return found;
}

// What is not there any more was removed by another process that finishes the same move.
Status remove(const std::string& path) {
  std::error_code failure;
  std::filesystem::remove(path, failure);
  return failure ? make_errno_error("remove " + path, failure.value()) : Status();
}

Status put_in_place(const std::string& path) {
  std::error_code failure;
  std::filesystem::rename(path, path.substr(0, path.size() - kStagedSuffix.size()), failure);
  return failure && failure != std::errc::no_such_file_or_directory
             ? make_errno_error("rename " + path, failure.value())
             : Status();
}

}  // namespace

Status clear_staged(const std::string& folder) {
  ASSIGN_OR_RETURN(const auto names, staged(folder));
  for (const std::string& name : names) {
    RETURN_IF_ERROR(remove(folder + "/" + name));
  }
  return {};
}

Status decide_root_move(const std::string& folder, RootKind to) {
  return files::write_file_atomically(decision_file(folder), name(to), kRootFileMode);
}

Result<std::optional<RootKind>> decided_root_move(const std::string& folder) {
  const auto text = files::read_secret_file(decision_file(folder), kRootFileBytesMax);
  if (!text.has_value() && text.error().code() == ErrorCode::kNotFound) {
    return std::optional<RootKind>();
  }
  if (!text.has_value()) {
    return std::unexpected(text.error());
  }
  const auto to = root_kind(*text);
  if (!to.has_value()) {
    return make_error(ErrorCode::kCorrupt,
                      decision_file(folder) +
                          " is damaged: restore the folder from its backup. Nothing was changed");
  }
  return to;
}

Status finish_root_move(const std::string& folder) {
  ASSIGN_OR_RETURN(const auto to, decided_root_move(folder));
  if (!to.has_value()) {
    return {};
  }
  ASSIGN_OR_RETURN(const auto names, staged(folder));
  for (const std::string& name : names) {
    RETURN_IF_ERROR(put_in_place(folder + "/" + name));
  }
  const std::string root = folder + "/" + std::string(root_file(*to));
  ASSIGN_OR_RETURN(const bool is_there, files::exists(root));
  if (!is_there) {
    return make_error(ErrorCode::kCorrupt,
                      root +
                          " is missing while the root key moves there: restore the folder from "
                          "its backup");
  }
  for (const RootKind kind : {RootKind::kFile, RootKind::kPassphrase, RootKind::kPkcs11}) {
    if (kind != *to) {
      RETURN_IF_ERROR(remove(folder + "/" + std::string(root_file(kind))));
    }
  }
  RETURN_IF_ERROR(files::sync_directory(folder));
  RETURN_IF_ERROR(remove(decision_file(folder)));
  return files::sync_directory(folder);
}

}  // namespace dermaga::vault
