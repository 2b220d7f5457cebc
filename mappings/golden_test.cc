#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "connectors/ssmix2/name.h"
#include "fhir/data_category.h"
#include "mappings/engine.h"
#include "mappings/settings.h"

// Mapping tests are folders: testdata/<profile>/<case>.in is a message (UTF-8, a line a segment; a
// first line "@name" is the name of its file in the storage), <case>.out.json what it becomes and
// <case>.issues.json what was found. SEKISHO_UPDATE_GOLDEN=1 rewrites both; review the difference.
namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;
using fhir::Json;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Json texts(const std::vector<std::string>& list) {
  Json::Array out;
  for (const std::string& text : list) {
    out.push_back(Json(text));
  }
  return Json(std::move(out));
}

Json sets_json(const fhir::ReleaseSets& sets) {
  static constexpr const char* kRules[] = {"needs",    "carried-by-patient", "carried-by-referrers",
                                           "union-of", "no-subject-needed",  "never-released"};
  fhir::CategoryVocabulary vocabulary;
  Json::Array needs;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (sets.needs.contains(fhir::CategorySet::one(bit))) {
      needs.push_back(Json(vocabulary.code_of(bit)));
    }
  }
  Json out;
  out.set("rule", kRules[static_cast<std::size_t>(sets.rule)]);
  out.set("needs", Json(std::move(needs)));
  out.set("subjects", texts(sets.subjects));
  out.set("flags", Json::integer(sets.flags));
  out.set("date", sets.data_date ? Json(fhir::to_text(*sets.data_date)) : Json());
  return out;
}

Json issue_json(const fhir::Issue& issue) {
  return Json::object({{"severity", fhir::name_of(issue.severity)},
                       {"code", issue.code},
                       {"expression", issue.expression},
                       {"source", issue.source},
                       {"diagnostics", issue.diagnostics}});
}

Json resources_json(const Result& result) {
  Json::Array out;
  for (const MappedResource& made : result.resources) {
    Json one = Json::object({{"rule", made.rule}});
    if (made.deleted) {
      one.set("deleted", made.type + "/" + made.id);
    } else {
      one.set("body", made.body);
      one.set("sets", sets_json(made.sets));
    }
    out.push_back(std::move(one));
  }
  return Json(std::move(out));
}

Json findings_json(const Result& result) {
  Json::Array rejected, issues, unmapped;
  for (const RejectedResource& one : result.rejected) {
    rejected.push_back(Json::object({{"rule", one.rule}, {"issue", issue_json(one.issue)}}));
  }
  for (const fhir::Issue& issue : result.issues) {
    issues.push_back(issue_json(issue));
  }
  for (const UnmappedCode& code : result.unmapped) {
    unmapped.push_back(Json(code.lookup + " " + code.code));
  }
  return Json::object({{"rejected", Json(std::move(rejected))},
                       {"issues", Json(std::move(issues))},
                       {"unread", texts(result.unread)},
                       {"unmapped", Json(std::move(unmapped))}});
}

Settings test_settings() {
  return settings_for(fhir::IdKey(std::string(32, 'k'), "1318814790"), "1318814790", "例病院",
                      {{"uninformedCodes", "1,2"}}, "test");
}

struct Case {
  std::string profile;
  std::string name;
  fs::path path;  // without extension
};

std::vector<Case> cases() {
  std::vector<Case> out;
  for (const auto& folder : fs::directory_iterator(SEKISHO_SOURCE_DIR "/mappings/testdata")) {
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().extension() == ".in") {
        fs::path path = file.path();
        out.push_back(
            {folder.path().filename().string(), path.stem().string(), path.replace_extension()});
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const Case& a, const Case& b) { return a.path < b.path; });
  return out;
}

const Pack& pack() {
  static const Pack base = Pack::base();
  return base;
}

Result run(const Case& one) {
  std::string text = read(fs::path(one.path).concat(".in"));
  std::optional<connectors::ssmix2::Name> name;
  if (text.starts_with('@')) {
    std::size_t end = text.find('\n');
    name = connectors::ssmix2::parse_name(text.substr(1, end - 1));
    text.erase(0, end + 1);
  }
  connectors::hl7v2::Parsed parsed =
      connectors::hl7v2::parse(text, connectors::hl7v2::Encoding::kUtf8);
  std::string data_type = one.profile;
  std::transform(data_type.begin(), data_type.end(), data_type.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const Profile* profile = parsed.messages.size() != 1
                               ? nullptr
                               : pack().find(parsed.messages.front().type(), data_type);
  if (profile == nullptr) {
    ADD_FAILURE() << one.path << " is not one message that a base profile accepts";
    return {};
  }
  return profile->run(
      {parsed.messages.front(), data_type, name ? &*name : nullptr, data_type + " #1", "source"},
      test_settings());
}

void compare_or_write(const fs::path& path, const Json& made) {
  std::string text = fhir::write_json_pretty(made) + "\n";
  if (std::getenv("SEKISHO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text, read(path)) << path << ": run with SEKISHO_UPDATE_GOLDEN=1 and review";
}

class Golden : public testing::TestWithParam<Case> {};

TEST_P(Golden, MapsAsWritten) {
  const Case& one = GetParam();
  Result result = run(one);
  compare_or_write(fs::path(one.path).concat(".out.json"), resources_json(result));
  compare_or_write(fs::path(one.path).concat(".issues.json"), findings_json(result));
}

INSTANTIATE_TEST_SUITE_P(All, Golden, testing::ValuesIn(cases()), [](const auto& row) {
  std::string name = row.param.profile + "_" + row.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-'; }, '_');
  return name;
});

TEST(GoldenCases, MakeAResourceByEveryRuleOfEveryBaseProfile) {
  std::set<std::string> made, known;
  for (const Case& one : cases()) {
    for (const MappedResource& resource : run(one).resources) {
      if (!resource.deleted) {
        made.insert(one.profile + " " + resource.rule);
      }
    }
  }
  for (const Profile& profile : pack().profiles()) {
    for (const std::string& rule : profile.rule_names()) {
      known.insert(profile.id().substr(profile.id().rfind('.') + 1) + " " + rule);
    }
  }
  EXPECT_EQ(made, known);
}

// What the tests cannot see by example: nothing of a message's values may stand in an Issue.
TEST(GoldenCases, PutNoValueOfARecordIntoAnIssue) {
  for (const Case& one : cases()) {
    std::string found = fhir::write_json(findings_json(run(one)));
    for (const char* value : {"関所", "セキショ", "SEKISHO", "0000123", "19850412", "1985-04-12",
                              "例町", "054-000", "胃炎", "検体不良", "測定不能"}) {
      EXPECT_EQ(found.find(value), std::string::npos) << one.path << " shows " << value;
    }
  }
}

}  // namespace
}  // namespace sekisho::mappings
