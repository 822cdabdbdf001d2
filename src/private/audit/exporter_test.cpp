#include "audit/exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audit/audit.h"
#include "test_store/test_store.h"

namespace dermaga::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExporterTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-export-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& subject) {
    auto transaction = store::Transaction::begin(*connection_).value();
    const Act acts[] = {{.actor = {.name = "host:root", .source = "test"},
                         .action = "stock.adjust",
                         .subject = subject}};
    ASSERT_TRUE(append(*connection_, acts, from_unix_ms(0)));
    ASSERT_TRUE(transaction.commit());
  }
  Result<Exporter> open(Sink sink) {
    return Exporter::open(*database_, folder_ + "/state", std::move(sink));
  }
  std::vector<std::string> lines_of(const std::string& file) const {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
      lines.push_back(line);
    }
    return lines;
  }

  std::string folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
};

TEST_F(ExporterTest, AFileGetsEveryEntryOnceAndInOrder) {
  const std::string file = folder_ + "/audit.jsonl";
  {
    auto exporter = open(file_sink(file)).value();
    EXPECT_EQ(exporter.run().value(), 0u);
    add("first");
    add("second");
    EXPECT_EQ(exporter.run().value(), 2u);
    EXPECT_EQ(exporter.run().value(), 0u);
  }
  add("third");
  std::filesystem::rename(file, file + ".1");  // rotated
  EXPECT_EQ(open(file_sink(file)).value().run().value(), 1u);
  EXPECT_THAT(lines_of(file + ".1"),
              ElementsAre(HasSubstr(R"({"sequence":0,"entry":{"action":"stock.adjust")"),
                          HasSubstr(R"("subject":"second"}})")));
  EXPECT_THAT(lines_of(file), ElementsAre(HasSubstr(R"({"sequence":2,)")));
}

TEST_F(ExporterTest, WhatTheSinkRefusedIsOfferedAgain) {
  add("first");
  int offered = 0;
  bool works = false;
  const auto sink = [&](std::span<const std::string> lines) -> Status {
    offered += static_cast<int>(lines.size());
    return works ? Status() : make_error(ErrorCode::kIo, "no room");
  };
  auto exporter = open(sink).value();
  EXPECT_FALSE(exporter.run().has_value());
  works = true;
  EXPECT_EQ(exporter.run().value(), 1u);
  EXPECT_EQ(offered, 2);
}

TEST_F(ExporterTest, MoreThanAPage) {
  auto transaction = store::Transaction::begin(*connection_).value();
  const std::vector<Act> acts(2'500, Act{.actor = {.name = "a", .source = "b"}, .action = "x"});
  ASSERT_TRUE(append(*connection_, acts, from_unix_ms(0)));
  ASSERT_TRUE(transaction.commit());
  std::size_t lines = 0;
  const auto count = [&lines](std::span<const std::string> some) -> Status {
    lines += some.size();
    return {};
  };
  EXPECT_EQ(open(count).value().run().value(), 2'500u);
  EXPECT_EQ(lines, 2'500u);
}

TEST_F(ExporterTest, AFileThatCannotBeWrittenAndAStateThatIsNoneAreNamed) {
  add("first");
  EXPECT_THAT(open(file_sink(folder_ + "/no/such/file")).value().run().error().message(),
              HasSubstr("/no/such/file"));
  std::ofstream(folder_ + "/state") << "many";
  EXPECT_THAT(open(syslog_sink()).error().message(), HasSubstr("/state"));
}

}  // namespace
}  // namespace dermaga::audit
