#include "adapter/registry/csv.h"

#include <gtest/gtest.h>

namespace sekisho::registry {
namespace {

using Fields = std::vector<std::string>;

struct Row {
  const char* name;
  std::string text;
  std::vector<Fields> lines;
  std::vector<bool> wrong;
};

class ReadCsv : public testing::TestWithParam<Row> {};

TEST_P(ReadCsv, LineByLine) {
  const auto lines = read_csv(GetParam().text);
  ASSERT_EQ(lines.size(), GetParam().lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].fields, GetParam().lines[i]) << i;
    EXPECT_EQ(!lines[i].error.empty(), GetParam().wrong[i]) << i << " " << lines[i].error;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ReadCsv,
    testing::Values(
        Row{"Empty", "", {}, {}}, Row{"BlankLines", "\n \r\n\t\n", {}, {}},
        Row{"Plain", "a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}, {false, false}},
        Row{"NoLastLineFeed", "a,b", {{"a", "b"}}, {false}},
        Row{"CarriageReturns", "a,b\r\nc\r\n", {{"a", "b"}, {"c"}}, {false, false}},
        Row{"EmptyFields", ",,\n", {{"", "", ""}}, {false}},
        Row{"ByteOrderMark",
            "\xEF\xBB\xBF"
            "a\n",
            {{"a"}},
            {false}},
        Row{"Quoted", "\"a,b\",\"say \"\"no\"\"\",\"\"\n", {{"a,b", "say \"no\"", ""}}, {false}},
        Row{"QuoteNotClosed", "\"a,b\nc,d\n", {{"a,b"}, {"c", "d"}}, {true, false}},
        Row{"TextAfterQuote", "\"a\"b,c\n", {{"ab", "c"}}, {true}},
        Row{"QuoteInside", "a\"b,c\n", {{"a\"b", "c"}}, {true}},
        Row{"ControlCharacter", std::string("a\0b\n", 4), {{std::string("a\0b", 3)}}, {true}},
        Row{"LoneCarriageReturn", "a\rb\n", {{"a\rb"}}, {true}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReadCsvNumbers, CountTheLinesOfTheFile) {
  const auto lines = read_csv("a\n\nb\r\nc");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1].number, 3u);
  EXPECT_EQ(lines[1].raw, "b");
  EXPECT_EQ(lines[2].number, 4u);
}

}  // namespace
}  // namespace sekisho::registry
