#include "csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dermaga::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<CsvRecord> read_all(std::string_view text) {
  CsvReader reader(text);
  std::vector<CsvRecord> records;
  CsvRecord record;
  while (reader.next(record)) {
    records.push_back(record);
  }
  return records;
}

struct GoodCase {
  std::string name;
  std::string text;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::int64_t> lines;
};

TEST(Csv, ReadsWhatRfc4180Allows) {
  const std::vector<GoodCase> cases = {
      {"empty", "", {}, {}},
      {"only a mark", "\xEF\xBB\xBF", {}, {}},
      {"no last line end", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}, {1, 2}},
      {"CRLF and a mark",
       "\xEF\xBB\xBF"
       "a,b\r\n1,2\r\n",
       {{"a", "b"}, {"1", "2"}},
       {1, 2}},
      {"lone CR", "a\rb\r", {{"a"}, {"b"}}, {1, 2}},
      {"empty fields", ",\n\"\",\n", {{"", ""}, {"", ""}}, {1, 2}},
      {"blank lines", "\n\na\n\r\nb\n", {{"a"}, {"b"}}, {3, 5}},
      {"quoted comma and quote", "\"a,\"\"b\"\"\",c\n", {{"a,\"b\"", "c"}}, {1}},
      {"quoted line breaks",
       "\"a\nb\",c\n\"x\r\ny\"\nz\n",
       {{"a\nb", "c"}, {"x\r\ny"}, {"z"}},
       {1, 3, 5}},
      {"quoted lone CR", "\"a\rb\"\nz\n", {{"a\rb"}, {"z"}}, {1, 3}},
      {"spaces stay", " a , b \n", {{" a ", " b "}}, {1}},
      {"ragged rows", "a\nb,c\n", {{"a"}, {"b", "c"}}, {1, 2}},
  };
  for (const GoodCase& test : cases) {
    SCOPED_TRACE(test.name);
    std::vector<std::vector<std::string>> rows;
    std::vector<std::int64_t> lines;
    for (const CsvRecord& record : read_all(test.text)) {
      EXPECT_EQ(record.problem, "");
      rows.push_back(record.fields);
      lines.push_back(record.line);
    }
    EXPECT_EQ(rows, test.rows);
    EXPECT_EQ(lines, test.lines);
  }
}

struct BadCase {
  std::string name;
  std::string text;
  std::string problem;
};

TEST(Csv, ReportsABadRecordAndGoesOn) {
  std::string wide(kCsvColumnsMax, ',');
  const std::vector<BadCase> cases = {
      {"quote inside", "a\"b,c", "inside an unquoted field"},
      {"text after quote", "\"a\"b,c", "follows a closing"},
      {"not UTF-8", "a,\xFF,c", "not UTF-8"},
      {"long field", std::string(kCsvFieldBytesMax + 1, 'x'), "longer than"},
      {"many columns", wide, "more than 512 columns"},
  };
  for (const BadCase& test : cases) {
    SCOPED_TRACE(test.name);
    const auto records = read_all("h\n" + test.text + "\ngood,row\n");
    ASSERT_EQ(records.size(), 3U);
    EXPECT_THAT(records[1].problem, HasSubstr(test.problem));
    EXPECT_EQ(records[1].line, 2);
    EXPECT_TRUE(records[1].fields.empty());
    EXPECT_THAT(records[2].fields, ElementsAre("good", "row"));
    EXPECT_EQ(records[2].line, 3);
  }
}

TEST(Csv, AnOpenQuoteTakesTheRest) {
  const auto records = read_all("h\na,\"b\nc,d\n");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_THAT(records[1].problem, HasSubstr("never closed"));
  EXPECT_EQ(records[1].line, 2);
}

TEST(Csv, TakesTheWidestRowAndTheLongestField) {
  const auto wide = read_all(std::string(kCsvColumnsMax - 1, ','));
  EXPECT_EQ(wide[0].fields.size(), kCsvColumnsMax);
  const auto long_field = read_all(std::string(kCsvFieldBytesMax, 'x'));
  EXPECT_EQ(long_field[0].problem, "");
}

}  // namespace
}  // namespace dermaga::catalog
