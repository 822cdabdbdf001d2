#include "shop/store_place.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dermaga::shop {
namespace {

class StorePlace : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-place-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    std::filesystem::create_directories(folder_ + "/private/store");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void put(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ + "/private/store/" + file) << text;
  }
  std::string place(std::string_view wanted) const {
    const auto found = store_place(Paths(folder_), wanted);
    return found.has_value() ? *found : "refused: " + found.error().message();
  }

  std::string folder_;
};

TEST_F(StorePlace, SettingsComeFirstThenTheFolderThenSqlite) {
  EXPECT_EQ(place(""), "sqlite");
  EXPECT_EQ(place("postgres://a/x"), "postgres://a/x");
  EXPECT_FALSE(has_store(Paths(folder_)).value());
  put("url", "postgres://b/x\n");
  EXPECT_TRUE(has_store(Paths(folder_)).value());
  EXPECT_EQ(place(""), "postgres://b/x");
  EXPECT_EQ(place("postgres://b,c/x"), "postgres://b,c/x");  // another host came
}

TEST_F(StorePlace, AnotherEngineThanTheShopsIsRefused) {
  put("core.db", "");
  EXPECT_EQ(place(""), "sqlite");
  EXPECT_EQ(place("sqlite"), "sqlite");
  EXPECT_TRUE(place("postgres://a/x").starts_with("refused: ")) << place("postgres://a/x");
  std::filesystem::remove(folder_ + "/private/store/core.db");
  put("url", "postgres://b/x\n");
  EXPECT_TRUE(place("sqlite").starts_with("refused: ")) << place("sqlite");
}

TEST_F(StorePlace, APasswordIsRefusedAndNotRepeated) {
  for (const std::string_view url :
       {"postgres://u:zanzibar@a/x", "postgres://u@a/x?password=zanzibar"}) {
    EXPECT_TRUE(place(url).starts_with("refused: ")) << url;
    EXPECT_EQ(place(url).find("zanzibar"), std::string::npos) << place(url);
  }
}

}  // namespace
}  // namespace dermaga::shop
