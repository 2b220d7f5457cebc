// What an answer is made of: errors, issues, OperationOutcome and Bundle.

#include <gtest/gtest.h>

#include "fhir/bundle.h"
#include "fhir/check.h"
#include "fhir/error.h"
#include "fhir/json.h"
#include "fhir/operation_outcome.h"

namespace sekisho::fhir {
namespace {

TEST(Error, IsBuiltFromTheOutsideIn) {
  try {
    within("connector \"lab\"", [] {
      return within("profile x.json",
                    []() -> int { throw Error(ErrorCode::kConfig, "rule 7: no entry; add it"); });
    });
    FAIL() << "not thrown";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "connector \"lab\": profile x.json: rule 7: no entry; add it");
    EXPECT_EQ(e.code(), ErrorCode::kConfig);
    EXPECT_EQ(name_of(e.code()), "config");
  }
  EXPECT_EQ(within("x", [] { return 7; }), 7);
}

TEST(CheckDeathTest, StaysOnAndSaysWhere) {
  check(true, "not reached");
  EXPECT_DEATH(check(false, "two is two"), "outcome_test.cc:[0-9]+: check failed: two is two");
}

TEST(OperationOutcome, SaysWhatAnIssueSays) {
  Issue issue;
  issue.severity = Issue::Severity::kWarning;
  issue.code = "value";
  issue.expression = "Observation.value";
  issue.source = "OML-11 #4411 OBX[3]-6";
  issue.diagnostics = "no \"unit\"";
  EXPECT_EQ(operation_outcome(Issues{issue}),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"value",)"
            R"("diagnostics":"OML-11 #4411 OBX[3]-6: no \"unit\"",)"
            R"("expression":["Observation.value"]}]})");
}

TEST(OperationOutcome, PutsAProjectsOwnCodeBesideAFhirOne) {
  EXPECT_EQ(
      operation_outcome("date.invalid", "x"),
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing",)"
      R"("details":{"text":"date.invalid"},"diagnostics":"x"}]})");
}

TEST(OperationOutcome, HasAnIssueEvenWithoutFindings) {
  EXPECT_EQ(parse_json(operation_outcome(Issues())).items("issue").size(), 1u);
}

TEST(Searchset, WritesResourcesAsTheyAre) {
  Searchset set;
  set.total = 2;
  set.self_link = "https://h/fhir/Patient?_id=\"a\"";
  set.next_link = "https://h/fhir?page=x";
  const std::string resource = R"({ "resourceType":"Patient", "id":"a" })";
  set.entries.push_back({"https://h/fhir/Patient/a", resource});
  set.entries.push_back({"https://h/fhir/Patient/b", R"({"resourceType":"Patient","id":"b"})"});
  EXPECT_EQ(
      write_searchset(set),
      R"({"resourceType":"Bundle","type":"searchset","total":2,"link":[)"
      R"({"relation":"self","url":"https://h/fhir/Patient?_id=\"a\""},)"
      R"({"relation":"next","url":"https://h/fhir?page=x"}],"entry":[)"
      R"({"fullUrl":"https://h/fhir/Patient/a","resource":{ "resourceType":"Patient", "id":"a" },)"
      R"("search":{"mode":"match"}},)"
      R"({"fullUrl":"https://h/fhir/Patient/b","resource":{"resourceType":"Patient","id":"b"},)"
      R"("search":{"mode":"match"}}]})");
}

TEST(Searchset, HasNoEmptyEntryListAndNoTotalThatWasNotAskedFor) {
  Searchset set;
  set.self_link = "s";
  EXPECT_EQ(
      write_searchset(set),
      R"({"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"s"}]})");
  set.self_link.clear();
  set.total = 0;
  EXPECT_EQ(write_searchset(set), R"({"resourceType":"Bundle","type":"searchset","total":0})");
}

}  // namespace
}  // namespace sekisho::fhir
