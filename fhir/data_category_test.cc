#include "fhir/data_category.h"

#include <gtest/gtest.h>

#include "fhir/error.h"

namespace sekisho::fhir {
namespace {

CategorySet all_listed() {
  CategorySet set;
  for (unsigned bit = 0; bit < 18; ++bit) {
    set |= CategorySet::one(bit);
  }
  return set;
}

TEST(CategoryVocabulary, HasTheClosedListInItsOrder) {
  const std::vector<std::string> order = {"D1", "D2", "D3", "I1", "I2", "I3", "I4", "I5", "I6",
                                          "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"};
  const CategoryVocabulary vocabulary;
  EXPECT_EQ(vocabulary.codes(all_listed()), order);
  for (unsigned bit = 0; bit < order.size(); ++bit) {
    EXPECT_EQ(vocabulary.of(order[bit]), CategorySet::one(bit));
    EXPECT_EQ(vocabulary.code_of(bit), order[bit]);
  }
  EXPECT_EQ(category::I4, vocabulary.of("I4"));
  EXPECT_EQ(category::E9, vocabulary.of("E9"));
}

TEST(CategoryVocabulary, PutsSiteCodesLastByCodePoint) {
  const CategoryVocabulary vocabulary({"X-b", "X-あ", "X-a"});
  CategorySet set = category::E9 | category::D1;
  for (const char* code : {"X-a", "X-b", "X-あ"}) {
    ASSERT_TRUE(vocabulary.of(code));
    set |= *vocabulary.of(code);
  }
  EXPECT_EQ(vocabulary.codes(set), (std::vector<std::string>{"D1", "E9", "X-a", "X-b", "X-あ"}));
  EXPECT_EQ(vocabulary.codes(set | CategorySet::none()).back(), "none");
}

TEST(CategoryVocabulary, KeepsTheBitsOfSiteCodesWhenOneIsAdded) {
  const CategoryVocabulary before({"X-b"});
  const CategoryVocabulary after({"X-b", "X-a"});
  EXPECT_EQ(before.of("X-b"), CategorySet::one(18));
  EXPECT_EQ(after.of("X-b"), before.of("X-b"));
  EXPECT_EQ(after.of("X-a"), CategorySet::one(19));
}

TEST(CategoryVocabulary, GivesNoSetForNoneAndUnknownCodes) {
  const CategoryVocabulary vocabulary({"X-a"});
  for (const char* code : {"none", "", "D0", "d1", "D1 ", "X-", "X-b"}) {
    EXPECT_FALSE(vocabulary.of(code)) << code;
  }
  EXPECT_EQ(vocabulary.code_of(63), "none");
}

TEST(CategoryVocabulary, RefusesBadSiteCodes) {
  std::vector<std::string> many;
  for (int i = 0; i < 45; ++i) {
    many.push_back("X-" + std::to_string(i));
  }
  EXPECT_EQ(CategoryVocabulary(many).of("X-44"), CategorySet::one(62));
  many.push_back("X-45");
  for (const std::vector<std::string>& codes :
       {many, {"Y-a"}, {"X-"}, {""}, {"none"}, {"X-a", "X-b", "X-a"}}) {
    try {
      CategoryVocabulary refused(codes);
      FAIL() << "accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kConfig);
    }
  }
}

TEST(CategoryVocabularyDeathTest, ChecksThatABitHasACode) {
  EXPECT_DEATH(CategoryVocabulary().code_of(18), "does not have");
}

TEST(CategorySet, KeepsNoneApartFromEveryCode) {
  EXPECT_TRUE(CategorySet::none().has_none());
  EXPECT_FALSE(all_listed().has_none());
  EXPECT_FALSE(CategorySet::one(62).has_none());
  EXPECT_FALSE(all_listed().contains(CategorySet::none()));
  EXPECT_FALSE(all_listed().meets(CategorySet::none()));
  EXPECT_TRUE(all_listed().contains(category::I4 | category::I5));
  EXPECT_FALSE(category::I4.contains(category::I4 | category::I5));
  EXPECT_TRUE(category::I4.meets(category::I4 | category::I5));
  EXPECT_TRUE(CategorySet().empty());
}

}  // namespace
}  // namespace sekisho::fhir
