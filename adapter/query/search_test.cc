#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "adapter/query/cursor.h"
#include "adapter/query/query.h"
#include "adapter/query/test_store.h"

namespace sekisho::query {
namespace {

using fhir::CategorySet;
namespace category = fhir::category;
using Ids = std::vector<std::string>;
using Parameters = std::vector<std::pair<std::string, std::string>>;

// Patients 0 "p" and 2 "q" are permitted, 1 "x" refused.
const std::vector<CategorySet> kPermitted = {
    category::I1 | category::I5, {}, category::I1 | category::I5};
const char* const kNames[] = {"p", "x", "q"};

struct Sample {
  std::string id;
  std::uint32_t patient;
  std::string code, system, effective, status;
  std::int64_t last_updated;
};

TestRow observation(const Sample& sample) {
  TestRow row{"Observation", sample.id, sample.patient, category::I5};
  row.last_updated = sample.last_updated;
  row.text = R"({"resourceType":"Observation","id":")" + sample.id + R"(","status":")" +
             sample.status + R"(","identifier":[{"system":"urn:lab","value":"n-)" + sample.id +
             R"("}],"category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{)" +
             (sample.system.empty() ? "" : R"("system":")" + sample.system + R"(",)") +
             R"("code":")" + sample.code + R"("}]},"subject":{"reference":"Patient/)" +
             kNames[sample.patient] + R"("},)" + sample.effective + "}";
  return row;
}

constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kUpdated = 1'767'225'600'000;  // 2026-01-01T00:00Z

const std::vector<Sample> kSamples = {
    {"o1", 0, "GLU", "urn:jlac", R"("effectiveDateTime":"2026-01-01")", "final", kUpdated},
    {"o2", 0, "HBA", "urn:jlac", R"("effectiveDateTime":"2026-01-02T09:00:00+09:00")", "final",
     kUpdated + kDay},
    {"o3", 0, "GLU", "", R"("effectivePeriod":{"start":"2026-01-01","end":"2026-01-03"})",
     "preliminary", kUpdated + 2 * kDay},
    {"o4", 2, "GLU", "urn:local", R"("effectiveDateTime":"2026-02")", "final", kUpdated},
    {"o5", 2, "a|b,c", "urn:local", R"("effectivePeriod":{"start":"2026-03-01"})", "final",
     kUpdated},
    {"ox", 1, "GLU", "urn:jlac", R"("effectiveDateTime":"2026-01-01")", "final", kUpdated},
};

class Search : public testing::Test {
 protected:
  Search() : store_(name()) {
    for (const std::uint32_t number : {0u, 1u, 2u}) {
      store_.put_patient(number, kNames[number], category::I1 | category::I5);
    }
    for (const Sample& sample : kSamples) {
      store_.put_indexed(observation(sample));
    }
  }

  static std::string name() {
    std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::replace(name.begin(), name.end(), '/', '_');
    return name;
  }

  SearchPlan plan(const Parameters& parameters, const std::string& type = "Observation") {
    SearchSettings settings;
    settings.base_url = "https://h/fhir";
    auto plan = search_plan(type, parameters, settings);
    EXPECT_TRUE(std::holds_alternative<SearchPlan>(plan));
    return std::get<SearchPlan>(plan);
  }
  SearchResult page_after(const SearchPlan& plan, const std::string& after) {
    if (!reader_) {
      reader_ = std::make_unique<Reader>(store_.file());
    }
    return search(*reader_, visibility_, plan, after);
  }
  SearchResult run(const Parameters& parameters, const std::string& type = "Observation") {
    return page_after(plan(parameters, type), "");
  }
  static Ids ids(const SearchResult& result) {
    Ids ids;
    for (const Shown& match : result.matches) {
      ids.push_back(match.id);
    }
    return ids;
  }

  TestStore store_;
  Visibility visibility_ = release::Masks::of(kPermitted);
  std::unique_ptr<Reader> reader_;
};

struct Case {
  const char* name;
  Parameters parameters;
  Ids expected;
  const char* type = "Observation";
};

class SearchFinds : public Search, public testing::WithParamInterface<Case> {};

TEST_P(SearchFinds, These) {
  const SearchResult result = run(GetParam().parameters, GetParam().type);
  EXPECT_EQ(ids(result), GetParam().expected);
  EXPECT_EQ(result.total, GetParam().expected.size());
  EXPECT_FALSE(result.more);
}

INSTANTIATE_TEST_SUITE_P(
    All, SearchFinds,
    testing::Values(
        Case{"AllThatAreShown", {}, {"o1", "o2", "o3", "o4", "o5"}},
        Case{"PatientsThatAreShown", {}, {"p", "q"}, "Patient"},
        Case{"NoneOfATypeWithoutRows", {}, {}, "Encounter"}, Case{"Id", {{"_id", "o2"}}, {"o2"}},
        Case{"IdList", {{"_id", "o4,o2,ox,none"}}, {"o2", "o4"}},
        Case{"IdRepeated", {{"_id", "o1,o2"}, {"_id", "o2,o3"}}, {"o2"}},
        Case{"IdDenied", {{"_id", "ox"}}, {}},
        Case{"IdOfPatientDenied", {{"_id", "x"}}, {}, "Patient"},
        Case{"IdOtherCase", {{"_id", "O2"}}, {}},
        Case{"Code", {{"code", "GLU"}}, {"o1", "o3", "o4"}},
        Case{"CodeOtherCase", {{"code", "glu"}}, {}},
        Case{"CodeWithSystem", {{"code", "urn:jlac|GLU"}}, {"o1"}},
        Case{"CodeWithoutSystem", {{"code", "|GLU"}}, {"o3"}},
        Case{"SystemAlone", {{"code", "urn:jlac|"}}, {"o1", "o2"}},
        Case{"SystemUnknown", {{"code", "urn:none|GLU"}}, {}},
        Case{"CodeEscaped", {{"code", "a\\|b\\,c"}}, {"o5"}},
        Case{"CodeEither", {{"code", "HBA,urn:local|GLU"}}, {"o2", "o4"}},
        Case{"CodeBoth", {{"code", "GLU"}, {"code", "HBA"}}, {}},
        Case{"Category", {{"category", "laboratory"}, {"code", "HBA"}}, {"o2"}},
        Case{"Status", {{"status", "preliminary"}}, {"o3"}},
        Case{"StatusWithItsSystem",
             {{"status", "http://hl7.org/fhir/observation-status|preliminary"}},
             {"o3"}},
        Case{"Identifier", {{"identifier", "urn:lab|n-o2"}}, {"o2"}},
        Case{"IdentifierOfDenied", {{"identifier", "urn:lab|n-ox"}}, {}},
        Case{"Patient", {{"patient", "p"}}, {"o1", "o2", "o3"}},
        Case{"PatientWithType", {{"patient", "Patient/q"}}, {"o4", "o5"}},
        Case{"PatientWithUrl", {{"patient", "https://h/fhir/Patient/q"}}, {"o4", "o5"}},
        Case{"PatientElsewhere", {{"patient", "https://g/fhir/Patient/q"}}, {}},
        Case{"PatientDenied", {{"patient", "x"}}, {}},
        Case{"PatientUnknown", {{"patient", "none"}}, {}},
        Case{"PatientEither", {{"patient", "q,x,p"}}, {"o1", "o2", "o3", "o4", "o5"}},
        Case{"PatientBoth", {{"patient", "q"}, {"patient", "p"}}, {}},
        Case{"Subject", {{"subject:Patient", "q"}, {"code", "GLU"}}, {"o4"}},
        Case{"SubjectGroup", {{"subject", "Group/q"}}, {}},
        Case{"PatientAndId", {{"patient", "p"}, {"_id", "o4,o1"}}, {"o1"}},
        Case{"DateDay", {{"date", "2026-01-01"}}, {"o1"}},
        Case{"DateEq", {{"date", "eq2026-01"}}, {"o1", "o2", "o3"}},
        Case{"DateNe", {{"date", "ne2026-01"}}, {"o4", "o5"}},
        Case{"DateGt", {{"date", "gt2026-01-03"}}, {"o4", "o5"}},
        Case{"DateGtInside", {{"date", "gt2026-01-02"}}, {"o3", "o4", "o5"}},
        Case{"DateLt", {{"date", "lt2026-01-02"}}, {"o1", "o3"}},
        Case{"DateGe", {{"date", "ge2026-01-02"}}, {"o2", "o3", "o4", "o5"}},
        Case{"DateLe", {{"date", "le2026-01-01"}}, {"o1"}},
        Case{"DateSa", {{"date", "sa2026-01-01"}}, {"o2", "o4", "o5"}},
        Case{"DateEb", {{"date", "eb2026-01-02"}}, {"o1"}},
        Case{"DateInstant", {{"date", "2026-01-02T00:00:00Z"}}, {"o2"}},
        Case{"DateMinutes", {{"date", "2026-01-02T09:00"}}, {"o2"}},
        Case{"DateRange", {{"date", "ge2026-01-02"}, {"date", "lt2026-02-01"}}, {"o2", "o3"}},
        Case{"DateEither", {{"date", "2026-01-01,2026-02"}}, {"o1", "o4"}},
        Case{"DateOfOpenPeriod", {{"date", "gt2030"}}, {"o5"}},
        Case{"LastUpdatedDay", {{"_lastUpdated", "2026-01-02"}}, {"o2"}},
        Case{"LastUpdatedGe", {{"_lastUpdated", "ge2026-01-02"}}, {"o2", "o3"}},
        Case{"LastUpdatedGt", {{"_lastUpdated", "gt2026-01-02T00:00:00.000Z"}}, {"o3"}},
        Case{"LastUpdatedLt", {{"_lastUpdated", "lt2026-01-02"}}, {"o1", "o4", "o5"}},
        Case{"LastUpdatedLe", {{"_lastUpdated", "le2026-01-02"}}, {"o1", "o2", "o4", "o5"}},
        Case{"LastUpdatedNe", {{"_lastUpdated", "ne2026-01-01"}}, {"o2", "o3"}},
        Case{"LastUpdatedSa", {{"_lastUpdated", "sa2026-01-02"}}, {"o3"}},
        Case{"LastUpdatedEb", {{"_lastUpdated", "eb2026-01-02"}}, {"o1", "o4", "o5"}},
        Case{"LastUpdatedEither", {{"_lastUpdated", "2026-01-02,2026-01-03"}}, {"o2", "o3"}},
        Case{"Everything",
             {{"patient", "p"},
              {"code", "GLU"},
              {"date", "2026-01-01"},
              {"status", "final"},
              {"_lastUpdated", "2026-01-01"},
              {"_id", "o1,o3"}},
             {"o1"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Search, CountsOnly) {
  const SearchResult result = run({{"_count", "0"}, {"_total", "none"}});
  EXPECT_TRUE(result.matches.empty());
  EXPECT_EQ(result.total, 5u);
  EXPECT_FALSE(result.more);
}

TEST_F(Search, LeavesTheTotalOutWhereNoneIsAsked) { EXPECT_FALSE(run({{"_total", "none"}}).total); }

TEST_F(Search, WalksEachMatchOnceWithTheSameTotal) {
  for (const char* size : {"1", "2", "3", "4"}) {
    const SearchPlan paged = plan({{"_count", size}});
    Ids walked;
    SearchResult page;
    do {
      page = page_after(paged, walked.empty() ? "" : walked.back());
      EXPECT_EQ(page.total, 5u);
      EXPECT_LE(page.matches.size(), paged.count);
      for (const std::string& id : ids(page)) {
        walked.push_back(id);
      }
    } while (page.more);
    EXPECT_EQ(walked, (Ids{"o1", "o2", "o3", "o4", "o5"})) << size;
  }
}

TEST_F(Search, FillsPagesAfterTheMask) {
  visibility_ = release::Masks::of({{}, {}, category::I5});
  const SearchResult page = run({{"_count", "2"}});
  EXPECT_EQ(ids(page), (Ids{"o4", "o5"}));
  EXPECT_FALSE(page.more);
}

TEST_F(Search, LosesAndRepeatsNothingWhileRowsComeAndGo) {
  const SearchPlan paged = plan({{"_count", "2"}});
  const SearchResult first = page_after(paged, "");
  ASSERT_EQ(ids(first), (Ids{"o1", "o2"}));
  Sample added = kSamples[0];
  added.id = "o0";  // before the border: a later search will find it
  store_.put_indexed(observation(added));
  added.id = "o31";
  store_.put_indexed(observation(added));
  store_.database().execute(
      "UPDATE resource SET deleted = 1, version = 2 WHERE id IN ('o2', 'o4')");
  Ids rest = ids(page_after(paged, "o2"));
  EXPECT_EQ(rest, (Ids{"o3", "o31"}));
  EXPECT_EQ(ids(page_after(paged, "o31")), Ids{"o5"});
}

TEST_F(Search, DecidesEachPageAnew) {
  const SearchPlan paged = plan({{"_count", "1"}});
  EXPECT_EQ(ids(page_after(paged, "")), Ids{"o1"});
  visibility_ = release::Masks::of({{}, {}, category::I5});
  const SearchResult second = page_after(paged, "o1");
  EXPECT_EQ(ids(second), Ids{"o4"});
  EXPECT_EQ(second.total, 2u);
}

TEST_F(Search, CountsNothingThatIsWithheld) {
  for (const char* id : {"c1", "c2", "c3"}) {
    TestRow row{"Condition", id, 0, category::I1};
    row.plain = false;
    row.text = std::string(R"({"resourceType":"Condition","id":")") + id +
               R"(","subject":{"reference":"Patient/)" + (id[1] == '2' ? "nobody" : "p") + R"("}})";
    store_.put_indexed(row);
  }
  const SearchResult result = run(Parameters{{"_count", "1"}}, "Condition");
  EXPECT_EQ(result.total, 2u);
  EXPECT_EQ(ids(result), Ids{"c1"});
  EXPECT_EQ(ids(run(Parameters{{"_id", "c2"}}, "Condition")), Ids{});
}

TEST_F(Search, DropsReferencesInMatches) {
  TestRow row = observation(kSamples[0]);
  row.id = "o9";
  row.plain = false;
  row.text = R"({"resourceType":"Observation","id":"o9","focus":[{"reference":"Patient/x"}]})";
  store_.put_indexed(row);
  const SearchResult result = run({{"_id", "o9"}});
  ASSERT_EQ(result.matches.size(), 1u);
  EXPECT_EQ(result.matches[0].text, R"({"resourceType":"Observation","id":"o9"})");
}

TEST_F(Search, TakesTheSameStepsForDeniedAndUnknown) {
  const auto steps = [&](const Parameters& parameters, const char* type) {
    run(parameters, type);
    reader_->take_look_up_steps();
    reader_->take_search_steps();
    run(parameters, type);
    return std::pair(reader_->take_look_up_steps(), reader_->take_search_steps());
  };
  EXPECT_EQ(steps({{"_id", "ox"}}, "Observation"), steps({{"_id", "none"}}, "Observation"));
  EXPECT_EQ(steps({{"_id", "x"}}, "Patient"), steps({{"_id", "none"}}, "Patient"));
  EXPECT_EQ(steps({{"patient", "x"}}, "Observation"), steps({{"patient", "none"}}, "Observation"));
  EXPECT_EQ(steps({{"subject", "x"}, {"code", "GLU"}}, "Observation"),
            steps({{"subject", "none"}, {"code", "GLU"}}, "Observation"));
}

TEST_F(Search, ThrowsWhereAMatchCannotBeRead) {
  TestRow row = observation(kSamples[0]);
  row.id = "o9";
  row.plain = false;
  store_.put_indexed(row);
  store_.database().execute("UPDATE resource SET text = '{' WHERE id = 'o9'");
  EXPECT_THROW(run(Parameters{}), fhir::Error);
  EXPECT_EQ(ids(run({{"_id", "o1"}})), Ids{"o1"}) << "the connection stays good";
}

TEST_F(Search, LeavesOutATotalThatIsNotCheapUnlessAsked) {
  store_.database().execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
      "INSERT INTO resource SELECT NULL, type, 'z' || i, version, last_updated, deleted, rule, "
      "patient, more_patients, needs, carried, flags, data_date, plain, text FROM resource, n "
      "WHERE id = 'o1'");
  EXPECT_FALSE(run({{"_count", "1"}}).total);
  EXPECT_EQ(run({{"_count", "1"}, {"_total", "accurate"}}).total, 50005u);
  EXPECT_EQ(run({{"_count", "0"}}).total, 50005u);
  visibility_ = release::Masks::of({{}, {}, category::I5});
  EXPECT_EQ(run({{"_count", "1"}}).total, 2u) << "what is denied makes nothing dear";
}

// As much as a search may ask for is one statement still.
TEST_F(Search, TakesTheLargestSearch) {
  std::string values = "GLU";
  for (int i = 0; i < 40; ++i) {
    values += ",s|" + std::to_string(i % 10);
  }
  std::string days = "ge2000";
  for (int i = 0; i < 255; ++i) {
    days += ",ge20" + std::to_string(10 + i % 90);
  }
  Parameters most(20, {"code", values});
  most.insert(most.end(), 2, {"date", days});
  EXPECT_EQ(ids(run(most)), (Ids{"o1", "o3", "o4"}));
  most.insert(most.begin(), 1, {"_lastUpdated", days});
  most.pop_back();
  EXPECT_EQ(ids(run(most)), (Ids{"o1", "o3", "o4"}));
}

class Cursor : public Search {
 protected:
  static CursorKey key() {
    CursorKey key;
    key.key = std::string(32, 'k');
    key.asker = "client\npermit\nHRESCH";
    return key;
  }
};

TEST_F(Cursor, IsGoodForTheSameAskerAndSearchOnly) {
  SearchPlan asked = plan({{"code", "GLU"}, {"_count", "1"}});
  EXPECT_EQ(read_cursor(key(), asked), "");
  asked.cursor = make_cursor(key(), asked, "o1");
  EXPECT_EQ(read_cursor(key(), asked), "o1");

  CursorKey other = key();
  other.asker = "client\nother\nHRESCH";
  EXPECT_FALSE(read_cursor(other, asked));
  other = key();
  other.key = std::string(32, 'l');
  EXPECT_FALSE(read_cursor(other, asked));
  for (const Parameters& parameters :
       {Parameters{{"code", "HBA"}, {"_count", "1"}}, Parameters{{"code", "GLU"}, {"_count", "2"}},
        Parameters{{"code", "GLU"}}}) {
    SearchPlan changed = plan(parameters);
    changed.cursor = asked.cursor;
    EXPECT_FALSE(read_cursor(key(), changed));
  }
  SearchPlan other_type = plan({{"code", "GLU"}, {"_count", "1"}}, "Condition");
  other_type.cursor = asked.cursor;
  EXPECT_FALSE(read_cursor(key(), other_type));
}

TEST_F(Cursor, CannotBeForged) {
  SearchPlan asked = plan({});
  const std::string good = make_cursor(key(), asked, "o1");
  for (std::size_t i = 0; i < good.size(); ++i) {
    asked.cursor = good;
    asked.cursor[i] = asked.cursor[i] == '0' ? '1' : '0';
    EXPECT_FALSE(read_cursor(key(), asked)) << i;
    asked.cursor = good.substr(0, i);
    EXPECT_EQ(read_cursor(key(), asked).has_value(), i == 0) << i;
  }
  asked.cursor = good + "0";
  EXPECT_FALSE(read_cursor(key(), asked));
}

}  // namespace
}  // namespace sekisho::query
