#include "adapter/decision/case_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "fhir/json.h"

namespace sekisho::decision {
namespace {

std::string shared_file(const std::string& name) {
  const char* root = std::getenv("SEKISHO_SHARED");
  return (root != nullptr ? std::string(root) : std::string(SEKISHO_SOURCE_DIR "/../shared")) +
         "/" + name;
}

TEST(DecideCases, AnswersEveryCaseOfTheSpecification) {
  std::ifstream file(shared_file("spec/release-cases.json"));
  if (!file) {
    GTEST_SKIP() << "the library beside the project is not there (SEKISHO_SHARED)";
  }
  std::stringstream text;
  text << file.rdbuf();
  const auto results = decide_cases(text.str());
  EXPECT_GE(results.size(), 121u);
  for (const CaseResult& result : results) {
    EXPECT_FALSE(result.expected) << result.id << ": expected " << *result.expected << ", got "
                                  << name_of(result.reason);
  }
}

// A small world of its own: one client, one permit, one patient.
const char* const kWorld = R"({
  "env": {"sources": [{"name": "local", "required": true, "last_sync": "2026-11-20T09:59:00+09:00",
                       "max_age_s": 86400}]},
  "request": {"now": "2026-11-20T10:00:00+09:00", "client": "C", "permit": "P", "purpose": "HRESCH",
              "mode": "M0", "category": "I1", "subjects": ["A"]},
  "clients": {"C": {"certified": ["anon"]}, "D": {}},
  "permits": {"P": {"client": "C", "track": "anon", "mode": "M0", "purposes": ["HRESCH"],
                    "categories": ["I1", "X-b", "X-a"],
                    "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}},
  "filings": [{"client": "C", "track": "anon", "accepted": true, "start": "2026-01-01",
               "items": ["I1", "X-a", "X-b"]}],
  "patients": {"A": {"birth": "1970-01-01"}},
  "notices": [{"patient": "A", "client": "C", "track": "anon", "date": "2026-05-01",
               "party": "self", "items": ["I1", "X-a"]}],
  "optouts": [],
  "cases": []
})";

// The world with one case that holds `members`.
std::string world_with(const std::string& members) {
  std::string text = kWorld;
  const std::string cases = "\"cases\": []";
  text.replace(text.find(cases), cases.size(),
               "\"cases\": [{\"id\": \"c\"" + (members.empty() ? "" : ", " + members) + "}]");
  return text;
}

struct Row {
  const char* name;
  const char* members;
  Reason reason;
};

class CaseFileReads : public testing::TestWithParam<Row> {};

TEST_P(CaseFileReads, AsTheSpecificationSays) {
  const auto results = decide_cases(world_with(GetParam().members));
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(name_of(results[0].reason), name_of(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    All, CaseFileReads,
    testing::Values(
        Row{"Defaults", "", Reason::kOk},
        Row{"TokenOfTheClient", R"("request": {"token_sub": "C"})", Reason::kOk},
        Row{"TokenOfAnother", R"("request": {"token_sub": "D"})", Reason::kClientBinding},
        Row{"PermitReplacedWhole",
            R"("permits": {"P": {"client": "C", "mode": "M0", "purposes": ["HRESCH"]}})",
            Reason::kPermitNotValid},
        Row{"FilingAppended",
            R"("filings": [{"client": "C", "track": "anon", "accepted": false, "items": []}])",
            Reason::kOk},
        Row{"NoticeAppended",
            R"("notices": [{"patient": "A", "client": "C", "track": "anon", "date": "2026-11-01"}])",
            Reason::kOk},
        Row{"RefusalsOfOneIdBothStand",
            R"("optouts": [{"id": "O", "patients": ["A"]},
                           {"id": "O", "status": "withdrawn", "patients": ["A"]}])",
            Reason::kOptout},
        Row{"RefusalWithoutStatus", R"("optouts": [{"id": "O", "patients": ["A"]}])",
            Reason::kOptout},
        Row{"UnknownTrackCoversAll",
            R"("optouts": [{"id": "O", "patients": ["A"], "tracks": ["pseudo", "both"]}])",
            Reason::kOptout},
        Row{"OtherTrack", R"("optouts": [{"id": "O", "patients": ["A"], "tracks": ["pseudo"]}])",
            Reason::kOk},
        Row{"UnknownRecipientCoversAll",
            R"("optouts": [{"id": "O", "patients": ["A"], "recipients": ["nobody"]}])",
            Reason::kOptout},
        Row{"OtherRecipient", R"("optouts": [{"id": "O", "patients": ["A"], "recipients": ["D"]}])",
            Reason::kOk},
        Row{"UnknownCategoryCoversAll",
            R"("optouts": [{"id": "O", "patients": ["A"], "categories": ["I2", "Z9"]}])",
            Reason::kOptout},
        Row{"OtherCategory", R"("optouts": [{"id": "O", "patients": ["A"], "categories": ["I2"]}])",
            Reason::kOk},
        Row{"UnknownNeededCategory", R"("request": {"category": ["I1", "Z9"]})",
            Reason::kPermitCategory},
        Row{"NoneIsNoCategory", R"("request": {"category": "none"})", Reason::kPermitCategory},
        Row{"UnknownFlag", R"("request": {"flags": ["SEALED"]})", Reason::kDataUndelivered},
        Row{"UnknownWaitRuleIsLater",
            R"("env": {"wait_rule": "none"}, "patients": {"A": {"birth": "1970-01-01"}},
               "notices": [], "request": {"now": "2026-11-20T10:00:00+09:00"})",
            Reason::kOk},
        Row{"UnreadableDeathIsBeforeAnyNotice",
            R"("patients": {"A": {"birth": "1970-01-01", "deceased": "2026"}})",
            Reason::kDeceasedNotNotified},
        Row{"DeathWithoutDay", R"("patients": {"A": {"birth": "1970-01-01", "deceased": true}})",
            Reason::kDeceasedNotNotified},
        Row{"AliveSaidOutright", R"("patients": {"A": {"birth": "1970-01-01", "deceased": false}})",
            Reason::kOk},
        Row{"PartialBirthIsUnknown", R"("patients": {"A": {"birth": "1970"}})",
            Reason::kGuardianNotNotified},
        Row{"SiteCategory", R"("request": {"category": "X-a"})", Reason::kOk},
        Row{"SiteCategoryNotNotified", R"("request": {"category": "X-b"})", Reason::kNotNotified},
        Row{"CarriedWinsOverCategory",
            R"("request": {"category": "E9", "carried_by": ["E9", "X-a"]})", Reason::kOk},
        Row{"CarriedByNothing", R"("request": {"carried_by": []})", Reason::kPermitCategory},
        Row{"CohortAll",
            R"("permits": {"P": {"client": "C", "track": "anon", "mode": "M0", "cohort": "all",
               "data_period": "any", "purposes": ["HRESCH"], "categories": ["I1"],
               "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}})",
            Reason::kOk},
        Row{"PeriodUnreadable",
            R"("permits": {"P": {"client": "C", "track": "anon", "mode": "M0",
               "data_period": ["2026", "2027-01-01"], "purposes": ["HRESCH"], "categories": ["I1"],
               "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}},
               "request": {"data_date": "2026-06-01"})",
            Reason::kPermitPeriod},
        Row{"FractionOverTheSkew", R"("env": {"clock_skew_s": 60.001})", Reason::kSysClock},
        Row{"SourceNeverRead", R"("env": {"sources": [{"name": "x", "required": true}]})",
            Reason::kSysRegistryStale},
        Row{"SourceReadAMinuteAhead",
            R"("env": {"sources": [{"name": "x", "required": true, "max_age_s": 60,
               "last_sync": "2026-11-20T10:01:00+09:00"}]})",
            Reason::kOk},
        Row{"SourceReadFurtherAhead",
            R"("env": {"sources": [{"name": "x", "required": true, "max_age_s": 60,
               "last_sync": "2026-11-20T10:01:00.001+09:00"}]})",
            Reason::kSysRegistryStale},
        Row{"SourceExactlyAtItsAge",
            R"("env": {"sources": [{"name": "x", "required": true, "max_age_s": 60,
               "last_sync": "2026-11-20T09:59:00+09:00"}]})",
            Reason::kOk},
        Row{"BaselineAskedOfKnownClientsOnly",
            R"("env": {"baseline_attested": false}, "request": {"client": "nobody"})",
            Reason::kClientUnknown}),
    [](const auto& row) { return std::string(row.param.name); });

class CaseFileRefuses : public testing::TestWithParam<Row> {};

TEST_P(CaseFileRefuses, TheWholeFile) {
  try {
    decide_cases(world_with(GetParam().members));
    FAIL() << "the file was read";
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kInput);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, CaseFileRefuses,
    testing::Values(Row{"KeyOfCase", R"("opt_outs": [])", Reason::kOk},
                    Row{"KeyOfEnv", R"("env": {"registry": true})", Reason::kOk},
                    Row{"KeyOfSource", R"("env": {"sources": [{"age": 1}]})", Reason::kOk},
                    Row{"KeyOfRequest", R"("request": {"categories": []})", Reason::kOk},
                    Row{"KeyOfClient", R"("clients": {"C": {"name": "x"}})", Reason::kOk},
                    Row{"KeyOfPermit", R"("permits": {"P": {"class": "real"}})", Reason::kOk},
                    Row{"KeyOfFiling", R"("filings": [{"no": 1}])", Reason::kOk},
                    Row{"KeyOfPatient", R"("patients": {"A": {"name": "x"}})", Reason::kOk},
                    Row{"KeyOfNotice", R"("notices": [{"by": "x"}])", Reason::kOk},
                    Row{"KeyOfRefusal", R"("optouts": [{"reason": "x"}])", Reason::kOk},
                    Row{"KindOfValue", R"("env": {"chain_ok": "yes"})", Reason::kOk},
                    Row{"KindOfList", R"("request": {"subjects": "A"})", Reason::kOk},
                    Row{"KindOfDefaults", R"("clients": [])", Reason::kOk},
                    Row{"NoInstant", R"("request": {"now": "2026-11-20"})", Reason::kOk},
                    Row{"KeyTwice", R"("env": {}, "env": {})", Reason::kOk}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(DecideCases, RefusesAnUnknownKeyOfTheDefaultsWithoutAnyCase) {
  std::string text = kWorld;
  text.replace(text.find("\"certified\""), 11, "\"cert\"");
  EXPECT_THROW(decide_cases(text), fhir::Error);
  EXPECT_THROW(decide_cases("{"), fhir::Error);
  EXPECT_THROW(decide_cases("{}"), fhir::Error);
}

TEST(DecideCases, SaysWhereAnExpectationIsNotMet) {
  const auto results = decide_cases(world_with(R"("expect": ["DENY", "OPTOUT"])"));
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].expected, "DENY OPTOUT");
  EXPECT_EQ(to_json_line(results[0]), R"({"id":"c","outcome":"PERMIT","reason":"OK"})");
}

}  // namespace
}  // namespace sekisho::decision
