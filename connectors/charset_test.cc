#include "connectors/charset.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <array>
#include <memory>

#include "tests/support/exact_bytes.h"

namespace sekisho::connectors {
namespace {

using namespace std::string_literals;

struct Text {
  std::string text;
  DecodeFindings findings;
};

Text read(std::string_view bytes, Encoding encoding) {
  const tests::ExactBytes exact(bytes);
  Text result;
  decode(exact.view(), encoding, result.text, result.findings);
  return result;
}

struct Row {
  const char* name;
  Encoding encoding;
  std::string bytes;
  std::string text;
};

class Decodes : public testing::TestWithParam<Row> {};

TEST_P(Decodes, ToText) {
  const Text result = read(GetParam().bytes, GetParam().encoding);
  EXPECT_EQ(result.text, GetParam().text);
  EXPECT_TRUE(result.findings.undecodable.empty());
  EXPECT_FALSE(result.findings.left_open);
}

constexpr Encoding kJis = Encoding::kIso2022Jp;

INSTANTIATE_TEST_SUITE_P(
    All, Decodes,
    testing::Values(Row{"Ascii", kJis, "PID|1||x\\F\\~&^", "PID|1||x\\F\\~&^"},
                    Row{"Kanji", kJis, "\x1B$B45<T\x1B(B^\x1B$BB@O:\x1B(B", "患者^太郎"},
                    Row{"KanjiWhoseBytesAreSeparators", kJis, "\x1B$B|b\x1B(B", "髙"},
                    Row{"OldKanjiSet", kJis, "\x1B$@4A;z\x1B(J", "漢字"},
                    Row{"FourByteDesignation", kJis, "\x1B$(B4A;z\x1B(B", "漢字"},
                    Row{"Jis1990Announcer", kJis, "\x1B&@\x1B$B4A;z\x1B(B", "漢字"},
                    Row{"NecRow13", kJis, "\x1B$B-!-j\x1B(B", "①㈱"},
                    Row{"NecSelectedIbm", kJis, "\x1B$Byu\x1B(B", "﨑"},
                    Row{"HalfWidthKana", kJis, "\x1B(I6E_\x1B(B", "ｶﾅﾟ"},
                    Row{"KanaByShiftOut", kJis,
                        "\x0E"
                        "6E\x0F"
                        "A",
                        "ｶﾅA"},
                    Row{"Jis0212", kJis, "\x1B$(D0!l?\x1B(B", "丂鷗"},
                    Row{"RomanIsReadAsAscii", kJis, "\x1B(J\\~a", "\\~a"},
                    Row{"SpaceAndTabInsideKanji", kJis, "\x1B$B4A \t;z\x1B(B", "漢 \t字"},
                    Row{"LineFeedReturnsToAscii", kJis, "\x1B$B4A\nPID", "漢\nPID"},
                    Row{"WaveDashFamily", kJis, "\x1B$B!A!]!B!q!r\"L!1!o!@\x1B(B",
                        "～－∥￠￡￢￣￥＼"},
                    Row{"Cp932", Encoding::kCp932, "\x8A\xBF\x8E\x9A|\xB6\xC5\\~", "漢字|ｶﾅ\\~"},
                    Row{"Cp932TrailBytesAreSeparators", Encoding::kCp932,
                        "\x83\x5C\x83\x7C\x83\x5E\x94\x5C", "ソポタ能"},
                    Row{"Cp932BothTakai", Encoding::kCp932, "\xFB\xFC\xEE\xE0", "髙髙"},
                    Row{"Cp932WaveDash", Encoding::kCp932, "\x81\x60\x81\x7C", "～－"},
                    Row{"EucJp", Encoding::kEucJp, "\xB4\xC1\xBB\xFA|\x8E\xB6\x8F\xB0\xA1\xFC\xE2",
                        "漢字|ｶ丂髙"},
                    Row{"Utf8", Encoding::kUtf8, "漢字𠮷é", "漢字𠮷é"},
                    Row{"Latin1", Encoding::kLatin1, "Jos\xE9", "José"}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadRow {
  const char* name;
  Encoding encoding;
  std::string bytes;
  std::string text;
  std::vector<std::size_t> offsets;
};

class Marks : public testing::TestWithParam<BadRow> {};

TEST_P(Marks, WhatTheEncodingDoesNotDefine) {
  const Text result = read(GetParam().bytes, GetParam().encoding);
  EXPECT_EQ(result.text, GetParam().text);
  EXPECT_EQ(result.findings.undecodable, GetParam().offsets);
}

INSTANTIATE_TEST_SUITE_P(
    All, Marks,
    testing::Values(
        BadRow{"CutCharacter", kJis, "a\x1B$B4", "a�", {4}},
        BadRow{"CutByEscape", kJis, "\x1B$B4\x1B(B|x", "�|x", {3}},
        BadRow{"EmptyCell", kJis, "\x1B$B\"/4A\x1B(B|", "�漢|", {3}},
        BadRow{"UnknownEscape", kJis, "\x1B[0m|", "�[0m|", {0}},
        BadRow{"EscapeAtTheEnd", kJis, "a\x1B", "a�", {1}},
        BadRow{"HighByte", kJis, "a\xB6|", "a�|", {1}},
        BadRow{"KanaBeyondItsTable", kJis, "\x1B(Iz\x1B(B|", "�|", {3}},
        BadRow{"Cp932LeadBeforeSeparator", Encoding::kCp932, "\x82|a\x85|", "�|a�|", {0, 3}},
        BadRow{"Cp932Undefined", Encoding::kCp932, "\x80\xA0\xFD\xFF", "����", {0, 1, 2, 3}},
        BadRow{"Cp932Cut", Encoding::kCp932, "\x8A", "�", {0}},
        BadRow{"EucCut", Encoding::kEucJp, "\xB4|\x8F\xB0", "�|��", {0, 2, 3}},
        BadRow{"Utf8Cut", Encoding::kUtf8, "\xE6\xBC|\xFF", "�|�", {0, 3}},
        BadRow{"Utf8Surrogate", Encoding::kUtf8, "\xED\xA0\x80", "���", {0, 1, 2}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Charset, CountsAllButKeepsOnlyTheFirstThousandOffsets) {
  const Text result = read(std::string(5000, '\xFF'), Encoding::kUtf8);
  EXPECT_EQ(result.findings.count, 5000u);
  EXPECT_EQ(result.findings.undecodable.size(), 1000u);
}

TEST(Charset, SaysWhenAKanjiRunIsNeverClosed) {
  EXPECT_TRUE(read("\x1B$B4A;z", kJis).findings.left_open);
  EXPECT_FALSE(read("\x1B$B4A;z\x1B(B", kJis).findings.left_open);
}

// The whole of both sets against ICU's own codec, which is the independent oracle here.
TEST(Charset, AgreesWithIcuInEveryCell) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, void (*)(UConverter*)> icu(ucnv_open("ISO-2022-JP-2", &status),
                                                               ucnv_close);
  ASSERT_TRUE(U_SUCCESS(status));
  ucnv_setToUCallBack(icu.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  int defined = 0;
  for (const std::string& escape : {"\x1B$B"s, "\x1B$(D"s}) {
    for (char first = 0x21; first < 0x7F; ++first) {
      for (char second = 0x21; second < 0x7F; ++second) {
        const std::string bytes = escape + first + second;
        std::array<UChar, 4> utf16{};
        status = U_ZERO_ERROR;
        const int length = ucnv_toUChars(icu.get(), utf16.data(), 4, bytes.data(),
                                         static_cast<int>(bytes.size()), &status);
        std::u16string expected(u"\xFFFD");
        if (U_SUCCESS(status)) {
          expected.assign(utf16.data(), static_cast<std::size_t>(length));
          ++defined;
        }
        const Text ours = read(bytes, kJis);
        const Text again = read(ours.text, Encoding::kUtf8);
        EXPECT_EQ(ours.findings.undecodable.empty(), U_SUCCESS(status) != 0) << bytes;
        EXPECT_EQ(again.text, ours.text);
        char32_t code = 0;
        for (const char c : ours.text) {
          const auto b = static_cast<unsigned char>(c);
          code = b >= 0xE0   ? b & 0x0Fu
                 : b >= 0xC0 ? b & 0x1Fu
                 : b < 0x80  ? b
                             : code * 64 + (b & 0x3F);
        }
        EXPECT_EQ(code, static_cast<char32_t>(expected[0])) << bytes;
      }
    }
  }
  EXPECT_GT(defined, 6'879 + 6'067 - 1);  // JIS X 0208 and 0212 whole, and the extensions
}

TEST(Charset, LeavesPlainAsciiAlone) {
  EXPECT_FALSE(needs_decoding(""));
  EXPECT_FALSE(needs_decoding("OBX|1|NM|3A010000002327101^TP^JC10||7.2|g/dL\t\n\x7F"));
  for (std::size_t at = 0; at < 40; ++at) {
    for (const char odd : {'\x1B', '\x0E', '\x80', '\xFF'}) {
      std::string text(40, 'a');
      text[at] = odd;
      EXPECT_TRUE(needs_decoding(text)) << at;
      EXPECT_EQ(has_high_byte(text), (odd & 0x80) != 0) << at;
    }
  }
}

struct Guess {
  const char* name;
  std::string bytes;
  Encoding encoding;
};

class Detects : public testing::TestWithParam<Guess> {};
TEST_P(Detects, ByTheBytes) { EXPECT_EQ(detect(GetParam().bytes), GetParam().encoding); }

INSTANTIATE_TEST_SUITE_P(
    All, Detects,
    testing::Values(
        Guess{"Escapes", "PID|\x1B$B4A;z\x1B(B", Encoding::kIso2022Jp},
        Guess{"EscapesAndAStrayHighByte", "PID|\x1B$B4A;z\x1B(B\xB6", Encoding::kIso2022Jp},
        Guess{"Utf8", "PID|患者^太郎", Encoding::kUtf8},
        Guess{"Utf8WithOneCutCharacter", "PID|患者^太郎^静岡県静\xE5\xB2", Encoding::kUtf8},
        Guess{"Cp932Kanji", "PID|\x8A\xB3\x8E\xD2^\x91\xBE\x98Y", Encoding::kCp932},
        Guess{"Cp932HalfWidthKanaOnly", "PID|\xB6\xC5\xDE^\xC0", Encoding::kCp932},
        Guess{"EucKanji", "PID|\xB4\xB5\xBC\xD4^\xC2\xC0\xCF\xBA", Encoding::kEucJp}),
    [](const auto& row) { return std::string(row.param.name); });

struct LabelRow {
  const char* name;
  const char* label;
  std::optional<Encoding> encoding;
};

class Labels : public testing::TestWithParam<LabelRow> {};
TEST_P(Labels, AreKnownAsSendersWriteThem) {
  EXPECT_EQ(encoding_of_label(GetParam().label, '~'), GetParam().encoding);
}

INSTANTIATE_TEST_SUITE_P(All, Labels,
                         testing::Values(LabelRow{"Guideline", "~ISO IR87", kJis},
                                         LabelRow{"WithoutBlank", "~ISOIR87", kJis},
                                         LabelRow{"WithAsciiFirst", "ASCII~ISO IR87~ISO IR159",
                                                  kJis},
                                         LabelRow{"Utf8", "UNICODE UTF-8", Encoding::kUtf8},
                                         LabelRow{"Utf8Short", "utf-8", Encoding::kUtf8},
                                         LabelRow{"ShiftJis", "Shift_JIS", Encoding::kCp932},
                                         LabelRow{"Euc", "EUC-JP", Encoding::kEucJp},
                                         LabelRow{"Latin1", "8859/1", Encoding::kLatin1},
                                         LabelRow{"Unknown", "ISO IR 999", std::nullopt},
                                         LabelRow{"Empty", "", std::nullopt}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sekisho::connectors
