#include "assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dermaga::storefront {
namespace {

using testing::HasSubstr;

class AssetsTest : public testing::Test {
 protected:
  AssetsTest() : folder_(testing::TempDir() + "storefront_assets_test") {
    std::filesystem::create_directories(folder_);
  }
  ~AssetsTest() override { std::filesystem::remove_all(folder_); }

  Result<Assets> load_manifest(std::string_view text) {
    std::ofstream(folder_ + "/manifest.json") << text;
    return Assets::load(folder_);
  }

  const std::string folder_;
};

TEST_F(AssetsTest, ReadsHashedNames) {
  const auto assets =
      load_manifest(R"({"src/main.ts":{"file":"main-A_b1.js","isEntry":true},"other":{"file":"x"},)"
                    R"("src/storefront.css":{"file":"s/style-2.css","src":"x"},)"
                    R"("src/images/icon.svg":{"file":"icon-3.svg"}})");
  ASSERT_TRUE(assets.has_value()) << assets.error().message();
  EXPECT_EQ(assets->script, "/assets/app/main-A_b1.js");
  EXPECT_EQ(assets->style, "/assets/app/s/style-2.css");
  EXPECT_EQ(assets->icon, "/assets/app/icon-3.svg");
}

TEST_F(AssetsTest, WithoutFolderThereAreNone) {
  const auto assets = Assets::load("");
  ASSERT_TRUE(assets.has_value());
  EXPECT_EQ(assets->script, "");
}

TEST_F(AssetsTest, SaysWhatIsWrongWithAManifest) {
  EXPECT_EQ(Assets::load(folder_).error().code(), ErrorCode::kNotFound);
  for (const std::string_view text :
       {"", "[]", "{}", R"({"src/main.ts":"x"})", R"({"src/main.ts":{"file":1}})",
        R"({"src/main.ts":{"file":"../../etc/passwd"}})", R"({"src/main.ts":{"file":"/x"}})",
        R"({"src/main.ts":{"file":"a b"}})", R"({"src/main.ts":{"file":""}})"}) {
    const auto assets = load_manifest(text);
    ASSERT_FALSE(assets.has_value()) << text;
    EXPECT_THAT(assets.error().message(), HasSubstr("manifest.json")) << text;
  }
}

}  // namespace
}  // namespace dermaga::storefront
