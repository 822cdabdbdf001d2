#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "supervisor/supervisor.h"

namespace dermaga::supervisor {
namespace {

using ::testing::HasSubstr;

Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "dermaga");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "others");
}

TEST(CommandLine, Defaults) {
  const auto up = std::get<UpOptions>(parse({"up"}));
  EXPECT_EQ(up.data, "var");
  EXPECT_EQ(up.port_base, 8440);
  EXPECT_EQ(up.edges, 1);
  EXPECT_EQ(up.spools, std::nullopt);
  EXPECT_FALSE(up.detach);
  EXPECT_FALSE(up.json);
  EXPECT_EQ(std::get<DownOptions>(parse({"down"})).data, "var");
  EXPECT_FALSE(std::get<StatusOptions>(parse({"status"})).json);
}

TEST(CommandLine, EveryOption) {
  const auto up = std::get<UpOptions>(parse(
      {"up", "--data", "d", "--port-base", "9000", "--config", "/dev/null", "--edges", "3",
       "--detach", "--json", "--store", "postgres://u@h/d", "--assets", "/tmp", "--samples", "/"}));
  EXPECT_EQ(up.data, "d");
  EXPECT_EQ(up.port_base, 9000);
  EXPECT_EQ(up.config_file, "/dev/null");
  EXPECT_EQ(up.edges, 3);
  EXPECT_TRUE(up.detach);
  EXPECT_TRUE(up.json);
  EXPECT_EQ(up.store, "postgres://u@h/d");
  EXPECT_EQ(up.assets, "/tmp");
  EXPECT_EQ(up.samples, "/");
  EXPECT_EQ(std::get<DownOptions>(parse({"down", "--data", "x"})).data, "x");
  EXPECT_TRUE(std::get<StatusOptions>(parse({"status", "--json"})).json);
}

TEST(CommandLine, WrongOnesAreToldWithExitCodeTwo) {
  const std::vector<std::vector<const char*>> cases = {
      {},
      {"upp"},
      {"up", "--port-base", "80"},
      {"up", "--port-base", "65500"},
      {"up", "--edges", "-1"},
      {"up", "--spools", "5"},
      {"up", "--edges", "x"},
      {"up", "--config", "/no/such/file"},
      {"up", "--store", "mysql://x"},
      {"up", "--store", "postgres://user:secret@host/shop"},
      {"up", "--store", "postgres://user@host/shop?password=secret"},
      {"up", "--nonsense"},
      {"down", "--json"},
  };
  for (const auto& arguments : cases) {
    const auto command = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<Message>(command));
    EXPECT_EQ(std::get<Message>(command).exit_code, 2);
    EXPECT_THAT(std::get<Message>(command).text, HasSubstr("see ./dermaga help"));
  }
}

TEST(CommandLine, HelpNamesTheOtherCommandsToo) {
  const auto help = std::get<Message>(parse({"--help"}));
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.text, HasSubstr("status"));
  EXPECT_THAT(help.text, HasSubstr("others"));
}

}  // namespace
}  // namespace dermaga::supervisor
