#include <gtest/gtest.h>

#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {
namespace {

struct Row {
  const char* name;
  std::string raw;
  std::string text;
};

class Unescapes : public testing::TestWithParam<Row> {};
TEST_P(Unescapes, Once) { EXPECT_EQ(unescape(GetParam().raw, {}), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    All, Unescapes,
    testing::Values(Row{"Nothing", "7.20", "7.20"},
                    Row{"Separators", "a\\F\\b\\S\\c\\T\\d\\R\\e", "a|b^c&d~e"},
                    Row{"Escape", "10\\E\\20", "10\\20"},
                    Row{"DoubledOnce", "\\E\\F\\E\\", "\\F\\"},
                    Row{"Truncation", "long\\P\\", "long#"},
                    Row{"Lines", "a\\.br\\b\\.sp\\c\\.sp3\\d", "a\nb\nc\n\n\nd"},
                    Row{"Styles", "\\H\\bold\\N\\ \\.in2\\x\\.ti-3\\y\\.fi\\z\\.nf\\", "bold xyz"},
                    Row{"Skip", "a\\.sk3\\b", "a   b"}, Row{"Hex", "a\\X0D0A\\b\\X41\\", "a\r\nbA"},
                    Row{"HexAdjacent", "\\X41\\\\X42\\", "AB"}, Row{"HexUtf8", "\\XE6BCA2\\", "漢"},
                    Row{"HexOddIsKept", "\\X0D0\\", "\\X0D0\\"},
                    Row{"HexHalfCharacterIsKept", "\\XE6BC\\", "\\XE6BC\\"},
                    Row{"HexNulIsKept", "\\X00\\", "\\X00\\"},
                    Row{"CharsetSwitchIsKept", "\\C2842\\a\\M2442\\", "\\C2842\\a\\M2442\\"},
                    Row{"UnknownIsKept", "a \\Z99\\ b", "a \\Z99\\ b"},
                    Row{"UnknownDoesNotOpenTheNext", "\\Z99\\F\\F\\", "\\Z99\\F|"},
                    Row{"Unclosed", "4\\5 re.", "4\\5 re."},
                    Row{"StrayBeforeARealOne", "4\\5 re. \\F\\", "4\\5 re. |"},
                    Row{"OnlyOne", "\\", "\\"}, Row{"TwoAlone", "\\\\", "\\\\"},
                    Row{"HugeCount", "\\.sp99999999999999999999\\", std::string(20, '\n')}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Unescape, UsesTheMessagesOwnSeparators) {
  Separators separators;
  separators.field = '@';
  separators.component = '~';
  separators.repetition = '&';
  separators.escape = '#';
  separators.subcomponent = '!';
  EXPECT_EQ(unescape("a#F##S##R##T##E#\\F\\", separators), "a@~&!#\\F\\");
}

TEST(IsNull, OnlyForTwoQuotes) {
  EXPECT_TRUE(is_null("\"\""));
  EXPECT_FALSE(is_null(""));
  EXPECT_FALSE(is_null("\"x\""));
}

}  // namespace
}  // namespace sekisho::connectors::hl7v2
