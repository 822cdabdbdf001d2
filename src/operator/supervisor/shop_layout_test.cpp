#include "shop_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

namespace dermaga::supervisor {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

ShopLayout layout(const UpOptions& options) {
  return {options, "/opt/dermaga/bin"};
}

TEST(ShopLayout, CommandsCarryTheOptions) {
  const auto shop = layout({.data = "/srv/shop/",
                            .port_base = 9000,
                            .config_file = "/etc/shop.toml",
                            .store = "postgres://h/d",
                            .edges = 2,
                            .spools = 2,
                            .assets = "/tmp",
                            .samples = "/samples"});
  EXPECT_THAT(shop.init_command(),
              ElementsAre("/opt/dermaga/bin/dermaga-core", "init", "--data", "/srv/shop",
                          "--port-base", "9000", "--edges", "2", "--spools", "2", "--config",
                          "/etc/shop.toml", "--store", "postgres://h/d"));
  EXPECT_THAT(layout({.data = "/srv/shop", .assets = "/tmp"}).init_command(),
              Not(Contains("--assets")));  // no build yet
  EXPECT_THAT(
      shop.import_commands()[0],
      ElementsAre("/opt/dermaga/bin/dermaga-core", "import", "/samples/products.csv", "--data",
                  "/srv/shop", "--config", "/etc/shop.toml", "--store", "postgres://h/d"));
  EXPECT_EQ(shop.import_commands()[1][2], "/samples/translations.csv");
  const auto programs = shop.programs();
  ASSERT_EQ(programs.size(), 5U);
  EXPECT_EQ(programs[0].name, "core");
  EXPECT_THAT(programs[0].command,
              ElementsAre("/opt/dermaga/bin/dermaga-core", "serve", "--data", "/srv/shop",
                          "--port-base", "9000", "--edges", "2", "--spools", "2", "--config",
                          "/etc/shop.toml", "--store", "postgres://h/d"));
  EXPECT_EQ(programs[0].health_port, 9010);
  EXPECT_EQ(programs[2].name, "spool-2");
  EXPECT_THAT(programs[2].command,
              ElementsAre("/opt/dermaga/bin/dermaga-spool", "serve", "--data",
                          "/srv/shop/public/spool-2", "--port-base", "9000", "--number", "2"));
  EXPECT_EQ(programs[2].health_port, 9012);
  EXPECT_EQ(programs[4].name, "edge-2");
  EXPECT_THAT(
      programs[4].command,
      ElementsAre("/opt/dermaga/bin/dermaga-edge", "serve", "--data", "/srv/shop/public/edge-2",
                  "--port-base", "9000", "--number", "2", "--spool", "spool-1=127.0.0.1:9006",
                  "--spool", "spool-2=127.0.0.1:9007", "--assets", "/tmp"));
  EXPECT_EQ(programs[4].health_port, 9022);
  EXPECT_EQ(programs[4].log_file, "/srv/shop/public/edge-2/log/edge.out");
}

TEST(ShopLayout, ANewShopTakesTheBuildThatIsThere) {
  const std::string build = ::testing::TempDir() + "shop_layout_build";
  std::filesystem::create_directories(build);
  std::ofstream(build + "/manifest.json") << "{}";
  const auto command = layout({.data = "/srv/shop", .assets = build}).init_command();
  ASSERT_GE(command.size(), 2U);
  EXPECT_THAT(std::vector(command.end() - 2, command.end()), ElementsAre("--assets", build));
  std::filesystem::remove_all(build);
}

TEST(ShopLayout, ANewSampleShopHasSettingsOfItsOwn) {
  EXPECT_EQ(layout({.data = "/d", .samples = "/samples/catalog"}).sample_settings(),
            "/samples/shop.toml");
  EXPECT_EQ(layout({.data = "/d"}).sample_settings(), "");
  EXPECT_EQ(layout({.data = "/d", .config_file = "/own.toml", .samples = "/samples/catalog"})
                .sample_settings(),
            "");
}

TEST(ShopLayout, WithoutBuildBesideItNothingIsAssumed) {
  const auto shop = layout({.data = "/srv/shop", .spools = 0});
  EXPECT_THAT(shop.import_commands(), IsEmpty());
  EXPECT_EQ(shop.programs()[1].command.size(), 8U);
}

TEST(ShopLayout, RelativeDataBecomesAbsolute) {
  EXPECT_EQ(layout({.data = "a/../b"}).data().front(), '/');
  EXPECT_TRUE(layout({.data = "a/../b"}).data().ends_with("/b"));
}

TEST(ShopLayout, PortsAreDistinctAndAddressesNamed) {
  const auto shop = layout({.data = "/srv/shop", .port_base = 9000, .edges = 3, .spools = 4});
  std::set<int> ports;
  for (const PortUse& use : shop.ports()) {
    EXPECT_TRUE(ports.insert(use.port).second) << use.purpose;
  }
  EXPECT_EQ(ports, (std::set<int>{9000, 9001, 9003, 9005, 9006, 9007, 9008, 9009, 9010, 9011, 9012,
                                  9013, 9014, 9021, 9022, 9023}));
  EXPECT_THAT(
      layout({.data = "/d", .port_base = 9000}).addresses(),
      ElementsAre(Pair("storefront", "https://localhost:9003"),
                  Pair("storefront_http", "http://127.0.0.1:9000"),
                  Pair("admin", "https://localhost:9001"), Pair("link", "127.0.0.1:9005"),
                  Pair("core_internal", "http://127.0.0.1:9010"), Pair("spool_1", "127.0.0.1:9006"),
                  Pair("spool_1_internal", "http://127.0.0.1:9011"),
                  Pair("edge_1_internal", "http://127.0.0.1:9021")));
}

TEST(ShopLayout, ASpoolTooManyDrainsAndEdgesDoNotKnowIt) {
  const std::string data = ::testing::TempDir() + "draining";
  std::filesystem::create_directories(data + "/public/spool-3/orders");
  const auto shop = layout({.data = data, .port_base = 9000, .edges = 1, .spools = 1});
  const auto programs = shop.programs();
  ASSERT_EQ(programs.size(), 4u);
  EXPECT_THAT(programs[0].command, AllOf(Contains("--spools"), Contains("3")));
  EXPECT_FALSE(programs[1].ends);
  EXPECT_EQ(programs[2].name, "spool-3");
  EXPECT_TRUE(programs[2].ends);
  EXPECT_THAT(programs[2].command, Contains("--drain"));
  EXPECT_THAT(programs[3].command, Not(Contains("spool-3=127.0.0.1:9008")));
  std::filesystem::remove_all(data);
}

TEST(ShopLayout, TwoShopsThirtyPortsApartDoNotMeet) {
  std::set<int> ports;
  for (const int base : {9000, 9030}) {
    for (const PortUse& use :
         layout({.data = "/d", .port_base = base, .edges = 5, .spools = 4}).ports()) {
      EXPECT_TRUE(ports.insert(use.port).second) << use.port;
    }
  }
}

}  // namespace
}  // namespace dermaga::supervisor
