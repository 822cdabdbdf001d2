#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "catalog_view/document.h"
#include "result/result.h"

namespace dermaga::edge_node {

// The files of the web build, read and compressed once at start. Immutable.
class AppAssets {
 public:
  static constexpr std::size_t kFilesMax = 1'000;
  static constexpr std::size_t kFileBytesMax = 8 * 1024 * 1024;

  // An empty folder name means none. Files whose name begins with a dot, the build's manifest and
  // source maps are left out; an unknown kind of file is an error that names it.
  static Result<AppAssets> load(const std::string& folder);

  // By path below the folder; null when there is none.
  const catalog_view::Document* find(std::string_view path) const;
  std::size_t size() const { return documents_.size(); }

 private:
  std::unordered_map<std::string, std::unique_ptr<const catalog_view::Document>> documents_;
};

}  // namespace dermaga::edge_node
