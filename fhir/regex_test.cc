#include "fhir/regex.h"

#include <gtest/gtest.h>

#include "fhir/error.h"
#include "tests/support/exact_bytes.h"

namespace sekisho::fhir {
namespace {

using tests::ExactBytes;

TEST(Regex, MatchesTheWholeText) {
  const Regex regex("[0-9]{2}");
  EXPECT_TRUE(regex.matches(ExactBytes("12").view()));
  EXPECT_FALSE(regex.matches(ExactBytes("123").view()));
}

TEST(Regex, CountsCharactersNotBytes) {
  EXPECT_TRUE(Regex("..").matches("髙①"));
  EXPECT_TRUE(Regex("\\p{Han}+").matches("髙橋"));
}

TEST(Regex, ExtractsTheFirstGroupOrTheMatch) {
  EXPECT_EQ(Regex("([0-9]+)-([0-9]+)").extract("tel 03-1234"), "03");
  EXPECT_EQ(Regex("[0-9]+").extract("tel 03-1234"), "03");
  EXPECT_EQ(Regex("a|(b)").extract("a"), std::nullopt);
  EXPECT_EQ(Regex("x*").extract("abc"), "");
  EXPECT_EQ(Regex("(x)").extract("abc"), std::nullopt);
}

TEST(Regex, RunsInLinearTimeWhereBacktrackingWouldNot) {
  EXPECT_FALSE(Regex("(a*)*b").matches(std::string(100'000, 'a')));
}

TEST(Regex, RefusesAPatternWithTheReason) {
  for (const char* pattern : {"(", "[a", "a**", "(?=x)", "\\1"}) {
    try {
      Regex regex(pattern);
      FAIL() << "accepted " << pattern;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kConfig);
      EXPECT_NE(e.text().find(pattern), std::string::npos) << e.text();
    }
  }
}

}  // namespace
}  // namespace sekisho::fhir
