#include "spool_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dermaga::supervisor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SpoolNumbersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    data_ = ::testing::TempDir() + "spool_numbers";
    std::filesystem::remove_all(data_);
    std::filesystem::create_directories(data_ + "/run");
  }
  void TearDown() override { std::filesystem::remove_all(data_); }
  void make_spool(int number) const {
    std::filesystem::create_directories(spool_folder(data_, number) + "/orders");
  }
  std::string data_;
};

TEST_F(SpoolNumbersTest, OneUnlessSaidOtherwise) {
  EXPECT_EQ(find_spools(data_, {}).serving, 1);
  EXPECT_EQ(find_spools(data_, 3).serving, 3);
  EXPECT_THAT(find_spools(data_, 3).draining, IsEmpty());
}

TEST_F(SpoolNumbersTest, AsManyAsAtTheLastStart) {
  ASSERT_TRUE(remember_spools(data_, 2).has_value());
  EXPECT_EQ(find_spools(data_, {}).serving, 2);
  ASSERT_TRUE(remember_spools(data_, 0).has_value());
  EXPECT_EQ(find_spools(data_, {}).serving, 0);
  std::ofstream(data_ + "/run/spools") << "many";
  EXPECT_EQ(find_spools(data_, {}).serving, 1);
  std::ofstream(data_ + "/run/spools") << "77";
  EXPECT_EQ(find_spools(data_, {}).serving, 1);
}

TEST_F(SpoolNumbersTest, ThoseThatAreTooManyDrain) {
  make_spool(1);
  make_spool(2);
  make_spool(4);
  EXPECT_THAT(find_spools(data_, 1).draining, ElementsAre(2, 4));
  EXPECT_THAT(find_spools(data_, 0).draining, ElementsAre(1, 2, 4));
  EXPECT_THAT(find_spools(data_, 4).draining, IsEmpty());
}

}  // namespace
}  // namespace dermaga::supervisor
