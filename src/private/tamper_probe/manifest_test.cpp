#include "tamper_probe/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "fake_storefront.h"

namespace dermaga::tamper_probe {
namespace {

using ::testing::HasSubstr;

TEST(ManifestTest, ReadsWhatEdgesServe) {
  const FakeStorefront shop;
  const auto manifest = read_build(shop.build_folder()).value();
  EXPECT_EQ(manifest.script, "main-1.js");
  EXPECT_EQ(manifest.style, "style-1.css");
  EXPECT_EQ(manifest.icon, "pictures/icon-1.svg");
  ASSERT_EQ(manifest.files.size(), 4U);
  EXPECT_EQ(manifest.files.at("checkout-1.js"), encoding::hex(digest::sha256("seal()")));
}

TEST(ManifestTest, RefusesWhatIsNoBuild) {
  const FakeStorefront shop;
  EXPECT_FALSE(read_build(shop.root + "/nothing").has_value());
  EXPECT_THAT(read_build(shop.root).error().message(), HasSubstr("is not a build"));
  std::filesystem::remove(shop.build_folder() + "/main-1.js");
  EXPECT_THAT(read_build(shop.build_folder()).error().message(), HasSubstr("main-1.js"));
  std::ofstream(shop.build_folder() + "/main-1.js") << "x";
  EXPECT_TRUE(read_build(shop.build_folder()).has_value());
  std::ofstream(shop.build_folder() + "/odd name.js") << "x";
  EXPECT_THAT(read_build(shop.build_folder()).error().message(), HasSubstr("odd name"));
}

TEST(ManifestTest, IsSignedByteForByte) {
  const FakeStorefront shop;
  auto manifest = read_build(shop.build_folder()).value();
  manifest.accepted_at = parse_rfc3339("2026-11-22T08:30:00Z").value();
  manifest.accepted_by = "host:ani";
  manifest.reason = "release \"1.2\"";
  const auto key = digest::SigningKey::generate();
  const std::string file = to_file(manifest, key);
  const auto read = from_file(file, key.public_key()).value();
  EXPECT_EQ(read.accepted_at, manifest.accepted_at);
  EXPECT_EQ(read.accepted_by, manifest.accepted_by);
  EXPECT_EQ(read.reason, manifest.reason);
  EXPECT_EQ(read.script, manifest.script);
  EXPECT_EQ(read.style, manifest.style);
  EXPECT_EQ(read.icon, manifest.icon);
  EXPECT_EQ(read.files, manifest.files);
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(from_file(changed, key.public_key()).error().code(), ErrorCode::kCorrupt) << i;
  }
  EXPECT_FALSE(from_file(file, digest::SigningKey::generate().public_key()).has_value());
  EXPECT_FALSE(from_file("", key.public_key()).has_value());
  EXPECT_FALSE(from_file(file + "\n", key.public_key()).has_value());
}

}  // namespace
}  // namespace dermaga::tamper_probe
