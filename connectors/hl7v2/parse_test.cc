#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/hl7v2/message.h"
#include "tests/support/exact_bytes.h"

namespace sekisho::connectors::hl7v2 {
namespace {

using namespace std::string_literals;

Parsed read(std::string_view bytes, Encoding encoding = Encoding::kAuto, ParseLimits limits = {}) {
  const tests::ExactBytes exact(bytes);
  return parse(exact.view(), encoding, limits);
}

std::vector<std::string> codes(const Parsed& parsed) {
  std::vector<std::string> result;
  for (const fhir::Issue& issue : parsed.issues) {
    result.push_back(issue.code);
  }
  return result;
}

// "MSH PID PV1 / MSH PID": the segments of all messages.
std::string shape(const Parsed& parsed) {
  std::string text;
  for (const Message& message : parsed.messages) {
    text += text.empty() ? "" : "/ ";
    for (const Segment& segment : message.segments) {
      text += segment.name().empty() ? "? " : std::string(segment.name()) + " ";
    }
  }
  return text.empty() ? text : text.substr(0, text.size() - 1);
}

const std::string kHead = "MSH|^~\\&|H|S|G|R|20260101||ADT^A08|1|P|2.5";

struct Framing {
  const char* name;
  std::string bytes;
  std::string shape;
  std::vector<std::string> codes;
};

class Frames : public testing::TestWithParam<Framing> {};

TEST_P(Frames, AreStripped) {
  const Parsed parsed = read(GetParam().bytes);
  EXPECT_EQ(shape(parsed), GetParam().shape);
  EXPECT_EQ(codes(parsed), GetParam().codes);
}

const std::string kNoHeader = "message.no-header";

INSTANTIATE_TEST_SUITE_P(
    Lines, Frames,
    testing::Values(
        Framing{"CarriageReturns", kHead + "\rPID|1\rPV1|1\r", "MSH PID PV1", {}},
        Framing{"LineFeeds", kHead + "\nPID|1\nPV1|1\n", "MSH PID PV1", {}},
        Framing{"Both", kHead + "\r\nPID|1\r\nPV1|1\r\n", "MSH PID PV1", {}},
        Framing{"Mixed", kHead + "\rPID|1\nPV1|1\r\nOBX|1", "MSH PID PV1 OBX", {}},
        Framing{"NoFinalTerminator", kHead + "\rPID|1", "MSH PID", {}},
        Framing{"MllpEndLeftIn", kHead + "\rPID|1\r\x1C", "MSH PID", {}},
        Framing{"MllpWhole", "\x0B" + kHead + "\rPID|1\r\x1C\r", "MSH PID", {}},
        Framing{"TwoFrames",
                "\x0B" + kHead + "\rPID|1\r\x1C\r\x0B" + kHead + "\rPID|2\r\x1C\r",
                "MSH PID / MSH PID",
                {}},
        Framing{"TwoFramesWithoutCr",
                kHead + "\rPID|1\x1C" + kHead + "\rPID|2",
                "MSH PID / MSH PID",
                {}},
        Framing{"ByteOrderMark", "\xEF\xBB\xBF" + kHead + "\rPID|1", "MSH PID", {}},
        Framing{"BlankLines", "\r\n\r\n" + kHead + "\r\r\r \t\rPID|1\r\r", "MSH PID", {}},
        Framing{"NulPadding", kHead + "\rPID|1\r" + std::string(512, '\0'), "MSH PID", {}},
        Framing{"NulInside", kHead + "\rPID|a\0b\r"s, "MSH PID", {"framing.nul"}},
        Framing{"LineFeedInsideAField",
                kHead + "\rNTE|1||first line\nsecond line\rPID|1",
                "MSH NTE PID",
                {"framing.line-feed"}},
        Framing{"ShortNamesInLineFeeds",
                kHead + "\nPI|1\nZ|2\nAL1\n",
                "MSH PI Z AL1",
                {"segment.name", "segment.name"}},
        Framing{
            "GarbageBefore", "POST /in HTTP/1.1\r\n" + kHead + "\rPID|1", "MSH PID", {kNoHeader}},
        Framing{"GarbageOnTheLine", "00042" + kHead + "\rPID|1", "MSH PID", {"framing.garbage"}},
        Framing{"IndentedSegments", " " + kHead + "\r  PID|1", "MSH PID", {}},
        Framing{"AfterTheFrameEnd", kHead + "\rPID|1\r\x1C\rPID|2\r", "MSH PID", {kNoHeader}},
        Framing{"Empty", "", "", {"message.none"}},
        Framing{"OnlyBlanks", "\r\n \0\x1C"s, "", {"message.none"}},
        Framing{"Binary", "\xFF\xD8"s, "", {kNoHeader}},
        Framing{"Utf16", "\xFF\xFEM\0S\0H\0"s, "", {"charset.unsupported"}}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Segments, Frames,
    testing::Values(
        Framing{"LowerCase", kHead + "\rpid|1\r", "MSH PID", {"segment.case"}},
        Framing{"LowerCaseHeader", "msh|^~\\&|||||||ADT^A08\rPID|1", "MSH PID", {"segment.case"}},
        Framing{
            "ShortNames", kHead + "\rP|1\rPI|1\r", "MSH P PI", {"segment.name", "segment.name"}},
        Framing{
            "NoName", kHead + "\r|1\rsome words\r", "MSH ? ?", {"segment.name", "segment.name"}},
        Framing{"Unknown", kHead + "\rZZ9|1\rPID|1\rPID|2", "MSH ZZ9 PID PID", {}},
        Framing{"BareNames", kHead + "\rPID|1\rAL1\rMSH\rMSH", "MSH PID AL1 MSH MSH", {}},
        Framing{"HeaderAlone", "MSH", "", {kNoHeader}}, Framing{"HeaderCut1", "M", "", {kNoHeader}},
        Framing{"HeaderCut2", "MS", "", {kNoHeader}},
        Framing{"HeaderCut4", "MSH|", "", {"message.header"}},
        Framing{"HeaderCut5", "MSH|^~", "", {"message.header"}},
        Framing{"HeaderWithoutType", "MSH|^~\\&\rPID|1", "MSH PID", {}}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Batches, Frames,
    testing::Values(
        Framing{"Whole",
                "FHS|^~\\&\rBHS|^~\\&\r" + kHead + "\rPID|1\r" + kHead + "\rPID|2\rBTS|2\rFTS|1\r",
                "MSH PID / MSH PID",
                {}},
        Framing{"WrongCounts",
                "FHS|^~\\&\rBHS|^~\\&\r" + kHead + "\rPID|1\rBTS|7\rFTS|3\r",
                "MSH PID",
                {"batch.count", "batch.count"}},
        Framing{"NoTrailers",
                "FHS|^~\\&\rBHS|^~\\&\r" + kHead + "\rPID|1\r",
                "MSH PID",
                {"batch.not-closed", "batch.not-closed"}},
        Framing{"BatchWithoutMessages", "BHS|^~\\&\rBTS|0\r", "", {"message.none"}},
        Framing{"CutMessageInTheMiddle",
                "BHS|^~\\&\r" + kHead + "\rPID|1\rMSH|^~\r" + kHead + "\rPID|3\rBTS|3\r",
                "MSH PID / MSH PID",
                {"message.header"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Parse, KeepsALineFeedInsideItsField) {
  const Parsed parsed = read(kHead + "\rNTE|1||first line\nsecond line|x\r");
  EXPECT_EQ(parsed.messages[0].segments[1].field(3), "first line\nsecond line");
  EXPECT_EQ(parsed.messages[0].segments[1].field(4), "x");
}

struct HeaderCase {
  const char* name;
  std::string header;
  std::string separators;  // field, component, repetition, escape, subcomponent
  std::size_t problems;
};

class Headers : public testing::TestWithParam<HeaderCase> {};

TEST_P(Headers, GiveTheSeparators) {
  const Parsed parsed = read(GetParam().header + "\rPID" + GetParam().header[3] + "1");
  ASSERT_EQ(parsed.messages.size(), 1u);
  const Separators& s = parsed.messages[0].separators;
  EXPECT_EQ((std::string{s.field, s.component, s.repetition, s.escape, s.subcomponent}),
            GetParam().separators);
  EXPECT_EQ(parsed.issues.size(), GetParam().problems);
  EXPECT_EQ(parsed.messages[0].type(), "ADT^A08");
}

INSTANTIATE_TEST_SUITE_P(
    All, Headers,
    testing::Values(HeaderCase{"Usual", "MSH|^~\\&|||||||ADT^A08^ADT_A01", "|^~\\&", 0},
                    HeaderCase{"WithoutStructure", "MSH|^~\\&|||||||ADT^A08", "|^~\\&", 0},
                    HeaderCase{"FiveCharacters", "MSH|^~\\&#|||||||ADT^A08", "|^~\\&", 0},
                    HeaderCase{"OtherSubcomponent", "MSH|^~\\}|||||||ADT^A08", "|^~\\}", 0},
                    HeaderCase{"EscapeLeftOut", "MSH|^~&|||||||ADT^A08", "|^~\\&", 1},
                    HeaderCase{"Two", "MSH|^~|||||||ADT^A08", "|^~\\&", 1},
                    HeaderCase{"Twice", "MSH|^^\\&|||||||ADT^A08", "|^~\\&", 1},
                    HeaderCase{"Letters", "MSH|^A\\&|||||||ADT^A08", "|^~\\&", 1},
                    HeaderCase{"OtherField", "MSH^~|\\&^^^^^^^ADT~A08", "^~|\\&", 0},
                    HeaderCase{"AllOther", "MSH@~&#\\@@@@@@@ADT~A08", "@~&#\\", 0},
                    HeaderCase{"YenSign", "MSH|^~¥&|||||||ADT^A08", "|^~\\&", 0},
                    HeaderCase{"FullWidthBackslash", "MSH|^~＼&|||||||ADT^A08", "|^~\\&", 0}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Parse, ReadsAYenSignAsEscapeOnlyWhereTheHeaderDoes) {
  const Parsed yen = read("MSH|^~¥&|||||||ADT^A08\rNTE|1||a¥F¥b");
  EXPECT_EQ(unescape(yen.messages[0].segments[1].field(3), yen.messages[0].separators), "a|b");
  const Parsed usual = read(kHead + "\rNTE|1||¥1,000");
  EXPECT_EQ(unescape(usual.messages[0].segments[1].field(3), usual.messages[0].separators),
            "¥1,000");
}

TEST(Parse, DecodesBeforeItSplits) {
  const Parsed parsed = read(
      "MSH|^~\\&|||||||ADT^A08||||||||~ISO IR87\r"
      "PID|||1||\x1B$B|b66\x1B(B^\x1B$BB@O:\x1B(B^^^^^L^I~\x1B(I@6\x1B(B\r");
  const Segment& pid = parsed.messages[0].segments[1];
  EXPECT_EQ(pid.raw(5, 1, 1), "髙橋");
  EXPECT_EQ(pid.raw(5, 1, 2), "太郎");
  EXPECT_EQ(pid.raw(5, 1, 8), "I");
  EXPECT_EQ(pid.raw(5, 2), "ﾀｶ");
  EXPECT_TRUE(parsed.issues.empty());
}

TEST(Parse, BeginsEachSegmentInAscii) {
  const Parsed parsed =
      read("MSH|^~\\&|||||||ADT^A08||||||||~ISO IR87\rPID|||1||\x1B$B4A;z\rPV1|1|O\r");
  EXPECT_EQ(shape(parsed), "MSH PID PV1");
  EXPECT_EQ(parsed.messages[0].segments[1].field(5), "漢字");
  EXPECT_EQ(parsed.messages[0].segments[2].field(2), "O");
  EXPECT_EQ(codes(parsed), std::vector<std::string>{"charset.left-open"});
}

TEST(Parse, NamesTheByteThatIsNoText) {
  const std::string head = "MSH|^~\\&|||||||ADT^A08||||||||~ISO IR87\r";
  const Parsed parsed = read(head + "PID|\x1B$B4A\"/\x1B(B|x\r");
  EXPECT_EQ(parsed.messages[0].segments[1].field(1), "漢�");
  EXPECT_EQ(parsed.messages[0].segments[1].field(2), "x");
  ASSERT_EQ(codes(parsed), std::vector<std::string>{"charset.undecodable"});
  EXPECT_EQ(parsed.issues[0].source, "message 1 segment 2");
  EXPECT_NE(parsed.issues[0].diagnostics.find("byte " + std::to_string(head.size() + 9) + " "),
            std::string::npos);
}

TEST(Parse, CountsAFloodOfUndecodableBytesInsteadOfListingIt) {
  const Parsed parsed = read(kHead + "\rPID|" + std::string(5000, '\xFF'), Encoding::kUtf8);
  EXPECT_EQ(parsed.issues.size(), 21u);
  EXPECT_NE(parsed.issues.back().diagnostics.find("4980"), std::string::npos);
}

struct CharsetCase {
  const char* name;
  std::string label;
  std::string family;
  std::string text;
  std::vector<std::string> codes;
};

class Charsets : public testing::TestWithParam<CharsetCase> {};

TEST_P(Charsets, AreChosenByLabelOrByTheBytes) {
  const Parsed parsed = read("MSH|^~\\&|||||||ADT^A08|||||||||" + GetParam().label + "\rPID|||1||" +
                             GetParam().family + "^x\r");
  EXPECT_EQ(parsed.messages[0].segments[1].raw(5, 1, 1), GetParam().text);
  EXPECT_EQ(parsed.messages[0].segments[1].raw(5, 1, 2), "x");
  EXPECT_EQ(codes(parsed), GetParam().codes);
}

const std::string kJisKanji = "\x1B$B4A;z\x1B(B";
const std::string kSjisKanji = "\x8A\xBF\x8E\x9A";
const std::string kEucKanji = "\xB4\xC1\xBB\xFA";

INSTANTIATE_TEST_SUITE_P(
    All, Charsets,
    testing::Values(
        CharsetCase{"Label", "~ISO IR87", kJisKanji, "漢字", {}},
        CharsetCase{"LabelWithoutBlank", "~ISOIR87", kJisKanji, "漢字", {}},
        CharsetCase{"NoLabel", "", kJisKanji, "漢字", {}},
        CharsetCase{"Cp932ByLabel", "Shift_JIS", kSjisKanji, "漢字", {}},
        CharsetCase{"Cp932UnderIr87", "~ISO IR87", kSjisKanji, "漢字", {"charset.label"}},
        CharsetCase{"EucUnderIr87", "~ISO IR87", kEucKanji, "漢字", {"charset.label"}},
        CharsetCase{"Utf8UnderIr87", "~ISO IR87", "漢字", "漢字", {"charset.label"}},
        CharsetCase{"JisUnderUtf8", "UNICODE UTF-8", kJisKanji, "漢字", {"charset.label"}},
        CharsetCase{"StrayHighByteUnderIr87",
                    "~ISO IR87",
                    kJisKanji + "\xB6",
                    "漢字�",
                    {"charset.undecodable"}},
        CharsetCase{"Utf8WithoutLabel", "", "漢字", "漢字", {}},
        CharsetCase{"EucWithoutLabel", "", kEucKanji, "漢字", {}},
        CharsetCase{"UnknownLabel", "ISO IR 999", kSjisKanji, "漢字", {"charset.label"}},
        CharsetCase{"UnknownLabelOverAscii", "ISO IR 999", "KANJI", "KANJI", {}},
        CharsetCase{"Latin1ByLabel", "8859/1", "Jos\xE9", "José", {}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Parse, TakesTheEncodingThatTheCallerNames) {
  const Parsed parsed =
      read("MSH|^~\\&|||||||ADT^A08||||||||~ISO IR87\rPID|" + kSjisKanji, Encoding::kCp932);
  EXPECT_EQ(parsed.messages[0].segments[1].field(1), "漢字");
  EXPECT_TRUE(parsed.issues.empty());
}

TEST(Parse, RefusesWhatIsOverItsLimits) {
  ParseLimits limits;
  limits.max_bytes = 10;
  EXPECT_EQ(codes(read(kHead, Encoding::kAuto, limits)),
            std::vector<std::string>{"input.too-large"});
  limits.max_bytes = 1000;
  limits.max_segments = 2;
  const Parsed parsed =
      read(kHead + "\rPID|1\rPV1|1\r" + kHead + "\rPID|2\r", Encoding::kAuto, limits);
  EXPECT_EQ(shape(parsed), "MSH PID");  // the second message still goes through
  EXPECT_EQ(codes(parsed), std::vector<std::string>{"message.too-long"});
}

TEST(Parse, RefusesASegmentThatIsNothingButSeparators) {
  for (const char separator : {'|', '^', '~', '&'}) {
    const Parsed parsed =
        read(kHead + "\rOBX|" + std::string(60'000, separator) + "\r" + kHead + "\rPID|2");
    EXPECT_EQ(shape(parsed), "MSH PID");
    EXPECT_EQ(codes(parsed), std::vector<std::string>{"message.too-complex"});
  }
}

TEST(Parse, StopsListingWhatItFindsInAHopelessFile) {
  std::string flood;
  for (int i = 0; i < 20'000; ++i) {
    flood += "BHS|\r";
  }
  const Parsed parsed = read(flood);
  EXPECT_EQ(parsed.issues.size(), 10'001u);
  EXPECT_EQ(parsed.issues.back().code, "issues.more");
}

TEST(Parse, RefusesMoreMessagesThanItsLimit) {
  ParseLimits limits;
  limits.max_messages = 2;
  const std::string one = kHead + "\rPID|1\r";
  const Parsed parsed = read(one + one + one + one, Encoding::kAuto, limits);
  EXPECT_EQ(parsed.messages.size(), 2u);
  EXPECT_EQ(codes(parsed), std::vector<std::string>{"input.too-many-messages"});
}

TEST(Parse, CarriesAVeryLongField) {
  const std::string base64(700'000, 'A');
  const Parsed parsed = read(kHead + "\rOBX|1|ED|x||" + base64 + "||||||F\r");
  EXPECT_EQ(parsed.messages[0].segments[1].field(5).size(), base64.size());
  EXPECT_EQ(parsed.messages[0].segments[1].field(11), "F");
}

TEST(Parse, KeepsItsViewsWhenTheMessageMoves) {
  Parsed parsed = read("MSH|^~\\&|||||||A^B\rP|1\r");
  const Message moved = std::move(parsed.messages[0]);
  EXPECT_EQ(moved.type(), "A^B");
  EXPECT_EQ(moved.first("P")->field(1), "1");
  EXPECT_EQ(moved.first("PV1"), nullptr);
}

TEST(Parse, PutsNoContentIntoIssues) {
  const std::string marker = "HIMITSU";
  const std::vector<std::string> inputs{
      marker,
      kHead + "\r" + marker + "|1\r" + marker + "\r\nPID|" + marker + "\xFF\x1B$B" + marker,
      "MSH|" + marker,
      "x" + marker + kHead,
      "BHS|^~\\&\rBTS|" + marker,
      "MSH|^~\\&|||||||A^B|||||||||" + marker + "\rPID|\x8A\xBF"};
  for (const std::string& input : inputs) {
    const Parsed parsed = read(input);
    EXPECT_FALSE(parsed.issues.empty());
    for (const fhir::Issue& issue : parsed.issues) {
      EXPECT_EQ((issue.code + issue.source + issue.diagnostics + issue.expression).find(marker),
                std::string::npos)
          << issue.diagnostics;
    }
  }
}

}  // namespace
}  // namespace sekisho::connectors::hl7v2
