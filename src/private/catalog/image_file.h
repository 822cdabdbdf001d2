#pragma once

#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::catalog {

inline constexpr std::uint64_t kImageBytesMax = std::uint64_t{10} << 20;

struct ImageFacts {
  std::string content_type;
  int width_px = 0;  // 0: unknown
  int height_px = 0;
};

// What a picture is, by its bytes and not by its name: PNG, JPEG, WebP, GIF, AVIF or SVG.
// kInvalidArgument for anything else, and for an SVG that could run script or load from elsewhere.
Result<ImageFacts> image_facts(std::string_view bytes);

// Reads a picture named by a product file: `path` is relative to `folder` and, links resolved,
// stays inside it. Every error's message is fit for an import report.
Result<std::string> read_image_file(const std::string& folder, const std::string& path);

}  // namespace dermaga::catalog
