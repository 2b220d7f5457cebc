#include "adapter/query/search_plan.h"

#include <gtest/gtest.h>

#include "fhir/date_time.h"

namespace sekisho::query {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

SearchSettings settings() {
  SearchSettings settings;
  settings.base_url = "https://hospital.example:8443/fhir";
  settings.page_size = 50;
  settings.max_page_size = 500;
  return settings;
}

std::variant<SearchPlan, fhir::Issues> plan_of(const Parameters& parameters,
                                               std::string_view type = "Observation") {
  return search_plan(type, parameters, settings());
}

SearchPlan good(const Parameters& parameters, std::string_view type = "Observation") {
  auto plan = plan_of(parameters, type);
  const auto* issues = std::get_if<fhir::Issues>(&plan);
  EXPECT_EQ(issues, nullptr) << (issues == nullptr ? "" : issues->front().diagnostics);
  return issues == nullptr ? std::get<SearchPlan>(plan) : SearchPlan();
}

struct Refused {
  const char* name;
  Parameters parameters;
  const char* code;
  std::string_view type = "Observation";
};

class SearchPlanRefuses : public testing::TestWithParam<Refused> {};

TEST_P(SearchPlanRefuses, WithAnIssue) {
  const auto plan = plan_of(GetParam().parameters, GetParam().type);
  const auto* issues = std::get_if<fhir::Issues>(&plan);
  ASSERT_NE(issues, nullptr);
  ASSERT_EQ(issues->size(), 1u);
  EXPECT_EQ(issues->front().code, GetParam().code);
  EXPECT_NE(issues->front().diagnostics, "");
  EXPECT_EQ(issues->front().diagnostics.find("MARKER"), std::string::npos)
      << "a value is said back: " << issues->front().diagnostics;
}

INSTANTIATE_TEST_SUITE_P(
    All, SearchPlanRefuses,
    testing::Values(
        Refused{"UnknownParameter", {{"colour", "MARKER"}}, "not-supported"},
        Refused{"UnknownParameterEmpty", {{"colour", ""}}, "not-supported"},
        Refused{"ParameterOfAnotherType", {{"onset-date", "2026"}}, "not-supported"},
        Refused{"OtherCase", {{"Code", "MARKER"}}, "not-supported"},
        Refused{"NameThatIsNoName", {{"MARKER=<b>", "x"}}, "not-supported"},
        Refused{"Modifier", {{"code:not", "MARKER"}}, "not-supported"},
        Refused{"ModifierMissing", {{"date:missing", "true"}}, "not-supported"},
        Refused{"ModifierOfId", {{"_id:not", "MARKER"}}, "not-supported"},
        Refused{"ModifierOnPatient", {{"patient:Patient", "MARKER"}}, "not-supported"},
        Refused{"OtherTypeModifier", {{"subject:Group", "MARKER"}}, "not-supported"},
        Refused{"Chain", {{"subject.identifier", "MARKER"}}, "not-supported"},
        Refused{"ReverseChain", {{"_has:Observation:patient:code", "MARKER"}}, "not-supported"},
        Refused{"Include", {{"_include", "Observation:patient"}}, "not-supported"},
        Refused{"Sort", {{"_sort", "date"}}, "not-supported"},
        Refused{"Summary", {{"_summary", "count"}}, "not-supported"},
        Refused{"Query", {{"_query", "MARKER"}}, "not-supported"},
        Refused{"DateInWords", {{"date", "23 May 2009"}}, "value"},
        Refused{"DateThatIsNone", {{"date", "2026-02-30"}}, "value"},
        Refused{"UnknownPrefix", {{"date", "ap2026"}}, "value"},
        Refused{"PrefixAlone", {{"date", "ge"}}, "value"},
        Refused{"OneBadDateOfTwo", {{"date", "2026,MARKER"}}, "value"},
        Refused{"LastUpdatedInWords", {{"_lastUpdated", "yesterday"}}, "value"},
        Refused{"CountNegative", {{"_count", "-1"}}, "value"},
        Refused{"CountFraction", {{"_count", "1.5"}}, "value"},
        Refused{"CountWord", {{"_count", "MARKER"}}, "value"},
        Refused{"CountHuge", {{"_count", "99999999999999999999"}}, "value"},
        Refused{"CountTwice", {{"_count", "1"}, {"_count", "2"}}, "value"},
        Refused{"TotalUnknown", {{"_total", "MARKER"}}, "value"},
        Refused{"TotalTwice", {{"_total", "none"}, {"_total", "none"}}, "value"},
        Refused{"CursorTwice", {{"_cursor", "a"}, {"_cursor", "b"}}, "value"},
        Refused{"TokenOfTwoPipes", {{"code", "a|b|MARKER"}}, "value"},
        Refused{"PipeAlone", {{"code", "|"}}, "value"},
        Refused{"BrokenEscape", {{"code", "MARKER\\"}}, "value"},
        Refused{"UnknownEscape", {{"code", "a\\n"}}, "value"},
        Refused{"EmptyInList", {{"code", "a,,b"}}, "value"},
        Refused{"CommaAlone", {{"_id", ","}}, "value"},
        Refused{"ReferenceThatIsNone", {{"subject", "not a reference MARKER"}}, "value"},
        Refused{"TooManyValues",
                {{"code",
                  [] {
                    std::string all = "0";
                    for (int i = 1; i <= 256; ++i) {
                      all += "," + std::to_string(i);
                    }
                    return all;
                  }()}},
                "too-costly"},
        Refused{"TooManyParameters", Parameters(65, {"code", "a"}), "too-costly"},
        Refused{"AThousandParameters", Parameters(1000, {"code", "MARKER"}), "too-costly"},
        Refused{"LongToken", {{"code", std::string(100'000, 'x')}}, "too-costly"},
        Refused{"LongId", {{"_id", std::string(100'000, 'x')}}, "too-costly"},
        Refused{"LongReference", {{"patient", std::string(100'000, 'x')}}, "value"},
        Refused{"LongDate", {{"date", std::string(100'000, '2')}}, "value"},
        Refused{"LongCount", {{"_count", std::string(100'000, '1')}}, "value"},
        Refused{"LongTotal", {{"_total", std::string(100'000, 'x')}}, "value"},
        Refused{"LongName", {{std::string(100'000, 'x'), "MARKER"}}, "not-supported"},
        Refused{"LongWithEscapes",
                {{"code", std::string(12'000, '%')}, {"status", "final"}},
                "too-costly"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SearchPlan, SaysEveryFindingAtOnce) {
  const auto plan = plan_of({{"colour", "red"}, {"date", "x"}, {"code", "a"}});
  ASSERT_TRUE(std::holds_alternative<fhir::Issues>(plan));
  EXPECT_EQ(std::get<fhir::Issues>(plan).size(), 2u);
}

TEST(SearchPlan, IgnoresEmptyValuesOfKnownParameters) {
  const SearchPlan plan = good({{"code", ""}, {"_id", ""}, {"_count", ""}, {"date", ""}});
  EXPECT_TRUE(plan.tokens.empty());
  EXPECT_TRUE(plan.ids.empty());
  EXPECT_TRUE(plan.dates.empty());
  EXPECT_EQ(plan.count, 50u);
  EXPECT_EQ(plan.query, "");
}

TEST(SearchPlan, ReadsTokenForms) {
  const SearchPlan plan = good({{"code", "c,s|c,|c,s|,a\\|b\\,c\\$d\\\\"}});
  ASSERT_EQ(plan.tokens.size(), 1u);
  const auto& any = plan.tokens.front().any;
  ASSERT_EQ(any.size(), 5u);
  EXPECT_FALSE(any[0].system);
  EXPECT_EQ(any[0].code, "c");
  EXPECT_EQ(any[1].system, "s");
  EXPECT_EQ(any[1].code, "c");
  EXPECT_EQ(any[2].system, "");
  EXPECT_EQ(any[2].code, "c");
  EXPECT_EQ(any[3].system, "s");
  EXPECT_FALSE(any[3].code);
  EXPECT_FALSE(any[4].system);
  EXPECT_EQ(any[4].code, "a|b,c$d\\");
}

TEST(SearchPlan, RepeatsAreAndedCommasOred) {
  const SearchPlan plan = good({{"code", "a,b"}, {"code", "c"}, {"_id", "x,y"}, {"_id", "y"}});
  ASSERT_EQ(plan.tokens.size(), 2u);
  EXPECT_EQ(plan.tokens[0].any.size(), 2u);
  EXPECT_EQ(plan.tokens[1].any.size(), 1u);
  EXPECT_EQ(plan.ids, (std::vector<std::vector<std::string>>{{"x", "y"}, {"y"}}));
}

TEST(SearchPlan, ReadsReferenceForms) {
  const SearchPlan plan = good({{"patient", "p"},
                                {"subject", "Patient/p"},
                                {"subject:Patient", "p"},
                                {"patient", "https://hospital.example:8443/fhir/Patient/p"},
                                {"patient", "https://elsewhere.example/fhir/Patient/p"},
                                {"subject", "Group/p"},
                                {"patient", "Practitioner/p"}});
  EXPECT_EQ(plan.patients,
            (std::vector<std::vector<std::string>>{{"p"}, {"p"}, {"p"}, {"p"}, {""}, {""}, {""}}));
}

TEST(SearchPlan, ReadsDatesInJapanWhereTheyNameNoZone) {
  const SearchPlan plan = good({{"date", "2026-01-02"}, {"_lastUpdated", "sa2026-01-02T00:00Z"}});
  ASSERT_EQ(plan.dates.size(), 2u);
  EXPECT_TRUE(plan.dates[0].parameter);
  EXPECT_EQ(plan.dates[0].any[0].prefix, SearchPlan::Prefix::kEq);
  EXPECT_EQ(fhir::to_text(plan.dates[0].any[0].begin), "2026-01-01T15:00:00.000Z");
  EXPECT_EQ(fhir::to_text(plan.dates[0].any[0].end), "2026-01-02T15:00:00.000Z");
  EXPECT_FALSE(plan.dates[1].parameter);
  EXPECT_EQ(plan.dates[1].any[0].prefix, SearchPlan::Prefix::kSa);
  EXPECT_EQ(fhir::to_text(plan.dates[1].any[0].end), "2026-01-02T00:01:00.000Z");
}

TEST(SearchPlan, CutsCountAtItsLimitAndSaysSo) {
  EXPECT_EQ(good({{"_count", "7"}}).count, 7u);
  const SearchPlan capped = good({{"_count", "100000"}});
  EXPECT_EQ(capped.count, 500u);
  EXPECT_EQ(capped.query, "_count=500");
  const SearchPlan none = good({{"_count", "0"}});
  EXPECT_TRUE(none.count_only);
  EXPECT_EQ(none.query, "_count=0");
}

TEST(SearchPlan, TakesWhatALinkCanHold) {
  const std::string most(12 * 1024 - std::string("code=").size(), 'x');
  EXPECT_EQ(good({{"code", most}}).query.size(), 12u * 1024);
  EXPECT_TRUE(std::holds_alternative<fhir::Issues>(plan_of({{"code", most + "x"}})));
}

TEST(SearchPlan, ReadsTotal) {
  EXPECT_EQ(good({}).total, SearchPlan::Total::kWhenCheap);
  EXPECT_EQ(good({{"_total", "none"}}).total, SearchPlan::Total::kNone);
  EXPECT_EQ(good({{"_total", "accurate"}}).total, SearchPlan::Total::kAccurate);
  EXPECT_EQ(good({{"_total", "estimate"}}).total, SearchPlan::Total::kAccurate);
}

TEST(SearchPlan, SaysBackWhatItUsesEncodedAndWithoutTheCursor) {
  const SearchPlan plan =
      good({{"code", "http://x|a b"}, {"_cursor", "z"}, {"status", ""}, {"status", "最"}});
  EXPECT_EQ(plan.query, "code=http%3A%2F%2Fx%7Ca%20b&status=%E6%9C%80");
  EXPECT_EQ(plan.cursor, "z");
}

}  // namespace
}  // namespace sekisho::query
