#include "mappings/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "mappings/pack_tests.h"

// Every case of the base pack (docs/formats/mapping-profile.md, "Tests"). SEKISHO_UPDATE_GOLDEN=1
// rewrites what they expect; review the difference.
namespace sekisho::mappings {
namespace {

constexpr const char* kPack = SEKISHO_SOURCE_DIR "/mappings";

const std::vector<PackTest>& tests() {
  static const std::vector<PackTest> all =
      pack_tests(kPack, std::getenv("SEKISHO_UPDATE_GOLDEN") != nullptr);
  return all;
}

class Golden : public testing::TestWithParam<PackTest> {};

TEST_P(Golden, MapsAsWritten) {
  for (const std::string& failure : GetParam().run()) {
    ADD_FAILURE() << failure;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Golden, testing::ValuesIn(tests()), [](const auto& row) {
  std::string name = row.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '/'; }, '_');
  return name;
});

TEST(GoldenCases, MakeAResourceByEveryRuleOfEveryBaseProfile) {
  std::set<std::string> made, known;
  for (const PackTest& one : tests()) {
    for (const MappedResource& resource : one.map().resources) {
      if (!resource.deleted) {
        made.insert(one.profile + " " + resource.rule);
      }
    }
  }
  const Pack pack = Pack::load(kPack);
  for (const Profile& profile : pack.profiles()) {
    for (const std::string& rule : profile.rule_names()) {
      known.insert(profile.id() + " " + rule);
    }
  }
  EXPECT_EQ(made, known);
}

// What the tests cannot see by example: nothing of a message's values may stand in an Issue.
TEST(GoldenCases, PutNoValueOfARecordIntoAnIssue) {
  for (const PackTest& one : tests()) {
    std::string found = fhir::write_json(golden_findings(one.map()));
    for (const char* value : {"関所", "セキショ", "SEKISHO", "0000123", "19850412", "1985-04-12",
                              "例町", "054-000", "胃炎", "検体不良", "測定不能"}) {
      EXPECT_EQ(found.find(value), std::string::npos) << one.name << " shows " << value;
    }
  }
}

}  // namespace
}  // namespace sekisho::mappings
