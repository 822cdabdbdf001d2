#include "arguments.h"

#include <gtest/gtest.h>

namespace dermaga::commands {
namespace {

TEST(Arguments, PlainWordsAndOptions) {
  const auto arguments =
      Arguments::parse({"stock", "adjust", "KOPI-1", "--by", "-3"}, 2, {"by", "set"}, 1);
  ASSERT_TRUE(arguments.has_value());
  EXPECT_EQ(arguments->plain(), (std::vector<std::string>{"KOPI-1"}));
  EXPECT_EQ(arguments->integer("by", -10, 10).value(), -3);
  EXPECT_EQ(arguments->integer("set", 0, 10).value(), std::nullopt);
  EXPECT_FALSE(arguments->required("set").has_value());
}

TEST(Arguments, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(Arguments::parse({"--bye", "1"}, 0, {"by"}, 0).has_value());
  EXPECT_FALSE(Arguments::parse({"--by"}, 0, {"by"}, 0).has_value());
  const auto arguments = Arguments::parse({"--by", "1x"}, 0, {"by"}, 0);
  ASSERT_TRUE(arguments.has_value());
  EXPECT_FALSE(arguments->integer("by", 0, 10).has_value());
  EXPECT_FALSE(Arguments::parse({"one"}, 0, {}, 0).has_value());
  EXPECT_FALSE(Arguments::parse({"one", "two"}, 0, {}, 1).has_value());
}

}  // namespace
}  // namespace dermaga::commands
