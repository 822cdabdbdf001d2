#include <filesystem>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "files/files.h"
#include "importer.h"

namespace dermaga::catalog {

Result<std::string> AssetIntake::take(const std::string& path) {
  if (const auto known = hash_by_path_.find(path); known != hash_by_path_.end()) {
    return known->second;
  }
  ASSIGN_OR_RETURN(const std::string bytes, read_image_file(source_folder_, path));
  auto facts = image_facts(bytes);
  if (!facts.has_value()) {
    return make_error(facts.error().code(),
                      "the picture '" + path + "': " + facts.error().message());
  }
  const std::string hash = encoding::hex(digest::sha256(bytes));
  const std::string file = assets_directory_ + "/" + hash;
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) {
    RETURN_IF_ERROR(files::make_directories(assets_directory_, 0700));
    RETURN_IF_ERROR(files::write_file_atomically(file, bytes, 0600));
  }
  taken_.emplace(hash, Taken{.facts = *std::move(facts),
                             .size_bytes = static_cast<std::int64_t>(bytes.size())});
  hash_by_path_.emplace(path, hash);
  return hash;
}

Status AssetIntake::save_rows(store::Connection& connection) {
  std::vector<store::Parameter> rows;
  for (const auto& [hash, taken] : taken_) {
    rows.insert(rows.end(), {std::string_view(hash), std::string_view(taken.facts.content_type),
                             taken.size_bytes, std::int64_t{taken.facts.width_px},
                             std::int64_t{taken.facts.height_px}});
  }
  if (!rows.empty()) {
    RETURN_IF_ERROR(connection.execute_many(
        "INSERT INTO assets (sha256, content_type, size_bytes, width_px, height_px) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sha256) DO NOTHING",
        5, rows));
  }
  taken_.clear();
  return {};
}

}  // namespace dermaga::catalog
