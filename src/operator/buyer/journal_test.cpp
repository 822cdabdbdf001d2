#include "journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <thread>
#include <vector>

namespace dermaga::buyer {
namespace {

std::multiset<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::multiset<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.insert(line);
  }
  return lines;
}

class JournalTest : public testing::Test {
 protected:
  ~JournalTest() override { ::unlink(path_.c_str()); }
  std::string path_ = "/tmp/dermaga-journal-" + std::to_string(::getpid());
};

TEST_F(JournalTest, ADurableLineIsInTheFile) {
  const auto journal = Journal::open(path_).value();
  ASSERT_TRUE(journal->append_durably("one").has_value());
  EXPECT_EQ(lines_of(path_), (std::multiset<std::string>{"one"}));
}

TEST_F(JournalTest, AppendsToWhatIsThereAndLosesNothing) {
  Journal::open(path_).value()->append("first");
  {
    const auto journal = Journal::open(path_).value();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&journal, t] {
        for (int i = 0; i < 50; ++i) {
          const std::string line = std::to_string(t) + "-" + std::to_string(i);
          if (i % 2 == 0) {
            ASSERT_TRUE(journal->append_durably(line).has_value());
          } else {
            journal->append(line);
          }
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
  const auto lines = lines_of(path_);
  EXPECT_EQ(lines.size(), 201u);
  EXPECT_EQ(lines.count("first"), 1u);
  EXPECT_EQ(lines.count("3-49"), 1u);
}

TEST(Journal, AFullDiskIsAnError) {
  const auto journal = Journal::open("/dev/full").value();
  const Status kept = journal->append_durably("line");
  ASSERT_FALSE(kept.has_value());
  EXPECT_EQ(kept.error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace dermaga::buyer
