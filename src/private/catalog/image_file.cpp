#include "image_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "encoding/encoding.h"
#include "files/files.h"

namespace dermaga::catalog {

namespace {

constexpr std::size_t kSvgBytesMax = std::size_t{1} << 20;
constexpr std::int64_t kPixelsMax = 65'535;

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}
std::uint32_t big16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}
std::uint32_t big32(std::string_view bytes, std::size_t at) {
  return big16(bytes, at) << 16 | big16(bytes, at + 2);
}
std::uint32_t little16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}
std::uint32_t little24(std::string_view bytes, std::size_t at) {
  return little16(bytes, at) | byte_at(bytes, at + 2) << 16;
}

ImageFacts facts(std::string content_type, std::uint32_t width, std::uint32_t height) {
  const bool plausible = width <= kPixelsMax && height <= kPixelsMax && width > 0 && height > 0;
  return {.content_type = std::move(content_type),
          .width_px = plausible ? static_cast<int>(width) : 0,
          .height_px = plausible ? static_cast<int>(height) : 0};
}

// Walks the segments to the first start-of-frame.
ImageFacts jpeg_facts(std::string_view bytes) {
  std::size_t at = 2;
  while (at + 9 < bytes.size() && byte_at(bytes, at) == 0xFF) {
    const std::uint32_t marker = byte_at(bytes, at + 1);
    const bool frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) {
      return facts("image/jpeg", big16(bytes, at + 7), big16(bytes, at + 5));
    }
    at += marker == 0xFF ? 1 : 2 + big16(bytes, at + 2);
  }
  return facts("image/jpeg", 0, 0);
}

ImageFacts webp_facts(std::string_view bytes) {
  const std::string_view chunk = bytes.substr(12, 4);
  if (chunk == "VP8X") {
    return facts("image/webp", little24(bytes, 24) + 1, little24(bytes, 27) + 1);
  }
  if (chunk == "VP8L" && byte_at(bytes, 20) == 0x2F) {
    const std::uint32_t bits = little24(bytes, 21) | byte_at(bytes, 24) << 24;
    return facts("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
  }
  if (chunk == "VP8 ") {
    return facts("image/webp", little16(bytes, 26) & 0x3FFF, little16(bytes, 28) & 0x3FFF);
  }
  return facts("image/webp", 0, 0);
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

// `<svg …>` after an optional XML declaration, comments and white space.
std::optional<std::string_view> svg_tag(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.starts_with("<svg")) {
      const std::size_t end = text.find('>');
      return end == std::string_view::npos ? std::nullopt : std::optional(text.substr(0, end));
    }
    const std::string_view end = text.starts_with("<!--")    ? "-->"
                                 : text.starts_with("<?xml") ? "?>"
                                                             : "";
    const std::size_t found = end.empty() ? std::string_view::npos : text.find(end);
    if (found == std::string_view::npos) {
      return std::nullopt;
    }
    text.remove_prefix(found + end.size());
  }
}

std::uint32_t svg_length(std::string_view tag, std::string_view attribute) {
  const std::size_t found = tag.find(attribute);
  if (found == std::string_view::npos) {
    return 0;
  }
  std::uint32_t value = 0;
  for (const char c : tag.substr(found + attribute.size())) {
    if (c < '0' || c > '9' || value > kPixelsMax) {
      break;
    }
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

// Shown as a picture an SVG cannot run anything, opened by itself it could: so none that might.
Status check_svg(std::string_view bytes) {
  if (bytes.size() > kSvgBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, "an SVG picture may have at most 1 MiB");
  }
  if (!encoding::is_utf8(bytes)) {
    return make_error(ErrorCode::kInvalidArgument, "an SVG picture must be UTF-8");
  }
  const std::string text = lowered(bytes);
  constexpr std::array<std::string_view, 9> kRefused = {
      "<script", "<foreignobject",   "<!doctype", "<!entity", "javascript:",
      "<iframe", "<?xml-stylesheet", "@import",   "<handler"};
  for (const std::string_view refused : kRefused) {
    if (text.find(refused) != std::string::npos) {
      return make_error(ErrorCode::kInvalidArgument,
                        "the SVG picture contains " + std::string(refused) + ", which is refused");
    }
  }
  for (std::size_t at = text.find("on"); at != std::string::npos; at = text.find("on", at + 2)) {
    const bool begins =
        at > 0 && std::string_view(" \t\r\n\"'/").find(text[at - 1]) != std::string_view::npos;
    const std::size_t name_end =
        std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", at), text.size());
    const std::size_t equals = std::min(text.find_first_not_of(" \t\r\n", name_end), text.size());
    if (begins && name_end > at + 2 && equals < text.size() && text[equals] == '=') {
      return make_error(ErrorCode::kInvalidArgument,
                        "the SVG picture contains the event attribute " +
                            text.substr(at, name_end - at) + ", which is refused");
    }
  }
  return {};
}

}  // namespace

Result<ImageFacts> image_facts(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) {
    return facts("image/png", big32(bytes, 16), big32(bytes, 20));
  }
  if (bytes.starts_with("\xFF\xD8\xFF")) {
    return jpeg_facts(bytes);
  }
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) {
    return facts("image/gif", little16(bytes, 6), little16(bytes, 8));
  }
  if (bytes.starts_with("RIFF") && bytes.size() >= 16 && bytes.substr(8, 4) == "WEBP") {
    return webp_facts(bytes);
  }
  if (bytes.size() >= 12 &&
      (bytes.substr(4, 8) == "ftypavif" || bytes.substr(4, 8) == "ftypavis")) {
    return facts("image/avif", 0, 0);
  }
  const auto tag = svg_tag(bytes);
  if (!tag.has_value()) {
    return make_error(
        ErrorCode::kInvalidArgument,
        "not a picture that can be shown: PNG, JPEG, WebP, GIF, AVIF or SVG is needed");
  }
  RETURN_IF_ERROR(check_svg(bytes));
  return facts("image/svg+xml", svg_length(*tag, " width=\""), svg_length(*tag, " height=\""));
}

Result<std::string> read_image_file(const std::string& folder, const std::string& path) {
  namespace fs = std::filesystem;
  const auto refuse = [&path](std::string_view why) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the picture '" + path + "' " + std::string(why));
  };
  if (path.size() > 1'024 || path.starts_with('/') || path.find('\\') != std::string::npos ||
      path.find('\0') != std::string::npos) {
    return refuse("must be named by an https address or a path relative to the file's folder");
  }
  std::error_code failed;
  const fs::path base = fs::canonical(folder.empty() ? "." : folder, failed);
  const fs::path file = failed ? fs::path() : fs::canonical(base / path, failed);
  if (failed) {
    return refuse("cannot be found");
  }
  const fs::path inside = file.lexically_relative(base);
  if (inside.empty() || *inside.begin() == "..") {
    return refuse("lies outside the file's folder");
  }
  if (!fs::is_regular_file(file, failed)) {
    return refuse("is not a file");
  }
  auto bytes = files::read_file(file.string(), kImageBytesMax);
  if (!bytes.has_value()) {
    return refuse(bytes.error().code() == ErrorCode::kInvalidArgument ? "is larger than 10 MiB"
                                                                      : "cannot be read");
  }
  return bytes;
}

}  // namespace dermaga::catalog
