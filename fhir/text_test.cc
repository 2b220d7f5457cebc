#include "fhir/text.h"

#include <gtest/gtest.h>

#include "tests/support/exact_bytes.h"

namespace sekisho::fhir {
namespace {

using namespace std::string_view_literals;
using tests::ExactBytes;

TEST(Nfkc, MakesOneFormOfWidthsAndCompositions) {
  const std::pair<const char*, const char*>
      kRows[] = {{"", ""},           {"abc", "abc"}, {"ＡＢ１２", "AB12"}, {"ｶﾞｷﾞ", "ガギ"},
                 {"か\u3099", "が"}, {"①", "1"},     {"㈱", "(株)"},       {"　", " "},
                 {"\uFA19", "神"},  // CJK COMPATIBILITY IDEOGRAPH-FA19
                 {"髙", "髙"},       {"ｰ", "ー"}};
  for (const auto& [text, folded] : kRows) {
    EXPECT_EQ(nfkc(ExactBytes(text).view()), folded) << text;
  }
}

TEST(Katakana, ChangesKanaOnly) {
  const std::pair<const char*, const char*> kRows[] = {
      {"ひらがな", "ヒラガナ"}, {"ゔゝゞ", "ヴヽヾ"}, {"ｶﾞｸｾｲ", "ガクセイ"},     {"ｱ-ｲ", "ア-イ"},
      {"ＡＢ髙①", "ＡＢ髙①"},   {"ー・", "ー・"},     {"ﾊﾟﾝ ぱん", "パン パン"}, {"😀ｱ", "😀ア"}};
  for (const auto& [text, folded] : kRows) {
    EXPECT_EQ(katakana(ExactBytes(text).view()), folded) << text;
  }
}

TEST(Case, FollowsUnicodeWithoutALocale) {
  EXPECT_EQ(upper("straße é ａ i"), "STRASSE É Ａ I");
  EXPECT_EQ(lower("ÀÉ ＡI"), "àé ａi");
}

TEST(Trim, TakesAsciiAndIdeographicSpacesAtBothEnds) {
  EXPECT_EQ(trim("　 \t山田　太郎 \n　"), "山田　太郎");
  EXPECT_EQ(trim("　 "), "");
  EXPECT_EQ(trim("\u00A0x"), "\u00A0x");
}

TEST(TrimBlanks, TakesSpacesAndTabsAndNothingElse) {
  EXPECT_EQ(trim_blanks(" \t a b\t "), "a b");
  EXPECT_EQ(trim_blanks(" \t "), "");
  EXPECT_EQ(trim_blanks("\r\n\u3000"), "\r\n\u3000");
}

TEST(AsciiLower, LeavesAllOtherLettersAlone) {
  EXPECT_EQ(ascii_lower("Sekisho-PERMIT[Z]@"), "sekisho-permit[z]@");
  EXPECT_EQ(ascii_lower("ÀＡ"), "ÀＡ");
}

TEST(FoldForIdentity, MakesOneOfWhatDeskAndRecordWriteDifferently) {
  const char* const kSame[][6] = {
      {"ヤマダ タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ　たろう", "ヤマタ\u3099タロウ", "ヤマダ・タロウ",
       "ﾔﾏﾀﾞ･ﾀﾛｳ"},
      {"キョウコ", "キヨウコ", "ｷｮｳｺ", "きょうこ", "キ ョウコ", "きようこ"},
      {"ハットリ", "ハツトリ", "ﾊｯﾄﾘ", "はっとり", "はつとり", "ﾊﾂﾄﾘ"},
      {"サトー", "サト-", "ｻﾄｰ", "サト－", "サト―", "さと〜"},
      {"SMITH JOHN", "Smith John", "ｓｍｉｔｈ　ｊｏｈｎ", "Smith, John", "smith.john",
       "SmithJohn"},
      {"O'Brien", "O’BRIEN", "OBrien", "o‘brien", "O`Brien", "Ｏ＇ＢＲＩＥＮ"},
      {"MÜLLER ZOË", "Muller Zoe", "Müller Zoë", "mu\u0308ller zoe\u0308", "MULLERZOE",
       "Ｍｕｌｌｅｒ Ｚｏｅ"},
      {"１２３－４５", "123-45", "１２３−４５", "123‐45", "123–45", "123ー45"}};
  for (const auto& row : kSame) {
    for (const char* text : row) {
      EXPECT_EQ(fold_for_identity(ExactBytes(text).view()), fold_for_identity(row[0])) << text;
    }
  }
}

TEST(FoldForIdentity, KeepsDifferentNamesApart) {
  EXPECT_NE(fold_for_identity("カトウ"), fold_for_identity("ガトウ"));
  EXPECT_NE(fold_for_identity("サトウ"), fold_for_identity("サトー"));
  EXPECT_NE(fold_for_identity("高橋"), fold_for_identity("髙橋"));
  EXPECT_NE(fold_for_identity("Smith John"), fold_for_identity("Smyth John"));
  EXPECT_NE(fold_for_identity("ハハ"), fold_for_identity("ババ")) << "a sound mark is no accent";
}

TEST(Text, ReplacesIllFormedBytes) {
  EXPECT_EQ(nfkc(ExactBytes("a\xFF"sv).view()), "a\uFFFD");
  EXPECT_EQ(katakana(ExactBytes("\xE3\x81"sv).view()), "\uFFFD");
  EXPECT_EQ(upper(ExactBytes("\xF0"sv).view()), "\uFFFD");
  EXPECT_EQ(fold_for_identity(ExactBytes("\xC0"sv).view()), "\uFFFD");
}

TEST(IsValidUtf8, IsTheUnicodeStandardsTable) {
  for (const std::string_view good :
       {""sv, "a\0b"sv, "\x7F"sv, "é"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv,
        "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "髙①ｶﾅ😀"sv}) {
    EXPECT_TRUE(is_valid_utf8(ExactBytes(good).view())) << good;
  }
  for (const std::string_view bad :
       {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC3"sv, "\xE0\x9F\xBF"sv, "\xE3\x81"sv,
        "\xED\xA0\x80"sv, "\xF0\x8F\xBF\xBF"sv, "\xF0\x9F\x98"sv, "\xF4\x90\x80\x80"sv,
        "\xF5\x80\x80\x80"sv, "\xFF"sv, "a\xC3(b"sv, "\xE3\x81("sv}) {
    EXPECT_FALSE(is_valid_utf8(ExactBytes(bad).view()));
  }
}

}  // namespace
}  // namespace sekisho::fhir
