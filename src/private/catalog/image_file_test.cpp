#include "image_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dermaga::catalog {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

struct FactsCase {
  std::string name;
  std::string bytes;
  std::string content_type;
  int width;
  int height;
};

TEST(ImageFacts, AreReadFromTheBytes) {
  const std::vector<FactsCase> cases = {
      {"png", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xF0"s, "image/png", 320, 240},
      {"png cut short", "\x89PNG\r\n\x1A\n"s, "image/png", 0, 0},
      {"gif", "GIF89a\x40\x01\xF0\0"s, "image/gif", 320, 240},
      {"jpeg", "\xFF\xD8\xFF\xE0\0\x04xx\xFF\xC2\0\x11\x08\0\xF0\x01\x40\x03xxxx"s, "image/jpeg",
       320, 240},
      {"jpeg without a frame", "\xFF\xD8\xFF\xD9"s, "image/jpeg", 0, 0},
      {"webp lossy", "RIFFxxxxWEBPVP8 xxxxxxx\x9D\x01\x2A\x40\x01\xF0\0"s, "image/webp", 320, 240},
      {"webp lossless", "RIFFxxxxWEBPVP8Lxxxx\x2F\x3F\xC1\x3B\0"s, "image/webp", 320, 240},
      {"webp extended", "RIFFxxxxWEBPVP8Xxxxxxxxx\x3F\x01\0\xEF\0\0"s, "image/webp", 320, 240},
      {"webp unknown chunk", "RIFFxxxxWEBPABCD"s, "image/webp", 0, 0},
      {"avif",
       "\0\0\0\x20"
       "ftypavif"s,
       "image/avif", 0, 0},
      {"svg", "<svg xmlns=\"x\" width=\"320\" height=\"240px\"/>", "image/svg+xml", 320, 240},
      {"svg with a prologue",
       "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- drawn -->\n<svg width=\"99999999\"></svg>",
       "image/svg+xml", 0, 0},
      {"an id that looks like an event", "<svg><path id=\"one\" d=\"on\"/></svg>", "image/svg+xml",
       0, 0},
  };
  for (const FactsCase& test : cases) {
    SCOPED_TRACE(test.name);
    const auto facts = image_facts(test.bytes);
    ASSERT_TRUE(facts.has_value()) << facts.error().message();
    EXPECT_EQ(facts->content_type, test.content_type);
    EXPECT_EQ(facts->width_px, test.width);
    EXPECT_EQ(facts->height_px, test.height);
  }
}

TEST(ImageFacts, RefusesWhatIsNoSafePicture) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not a picture"},
      {"plain text", "not a picture"},
      {"<html><svg></svg></html>", "not a picture"},
      {"<svg", "not a picture"},
      {"<?xml version", "not a picture"},
      {"<svg><SCRIPT>alert(1)</SCRIPT></svg>", "<script"},
      {"<svg><foreignObject/></svg>", "<foreignobject"},
      {"<svg onload=\"alert(1)\"/>", "onload"},
      {"<svg><a\nonclick = 'x'/></svg>", "onclick"},
      {"<svg><a href=\"javascript:x\"/></svg>", "javascript:"},
      {"<svg>\xFF</svg>", "UTF-8"},
      {"<svg>" + std::string(std::size_t{1} << 20, ' ') + "</svg>", "1 MiB"},
  };
  for (const auto& [bytes, reason] : cases) {
    SCOPED_TRACE(bytes.substr(0, 60));
    const auto facts = image_facts(bytes);
    ASSERT_FALSE(facts.has_value());
    EXPECT_THAT(facts.error().message(), HasSubstr(reason));
  }
}

TEST(ReadImageFile, StaysInsideItsFolder) {
  namespace fs = std::filesystem;
  char name[] = "/tmp/dermaga-image-XXXXXX";
  ASSERT_NE(::mkdtemp(name), nullptr);
  const std::string root = name;
  fs::create_directories(root + "/shop/pictures");
  std::ofstream(root + "/secret") << "s";
  std::ofstream(root + "/shop/pictures/a.png") << "a";
  fs::create_symlink("../secret", root + "/shop/link");
  fs::create_symlink("pictures/a.png", root + "/shop/inside");

  EXPECT_EQ(read_image_file(root + "/shop", "pictures/a.png").value_or(""), "a");
  EXPECT_EQ(read_image_file(root + "/shop", "pictures/../inside").value_or(""), "a");
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"../secret", "outside"},
      {"pictures/../../secret", "outside"},
      {"link", "outside"},
      {"/etc/hostname", "relative"},
      {"pictures\\a.png", "relative"},
      {"missing.png", "cannot be found"},
      {"pictures", "is not a file"},
      {std::string("a\0b", 3), "relative"},
      {std::string(2'000, 'a'), "relative"}};
  for (const auto& [path, reason] : refused) {
    SCOPED_TRACE(path.substr(0, 60));
    const auto bytes = read_image_file(root + "/shop", path);
    ASSERT_FALSE(bytes.has_value());
    EXPECT_THAT(bytes.error().message(), HasSubstr(reason));
  }
  fs::resize_file(root + "/shop/pictures/a.png", kImageBytesMax + 1);
  EXPECT_THAT(read_image_file(root + "/shop", "pictures/a.png").error().message(),
              HasSubstr("10 MiB"));
  fs::remove_all(root);
}

}  // namespace
}  // namespace dermaga::catalog
