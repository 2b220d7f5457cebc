#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fhir/error.h"
#include "mappings/engine.h"
#include "mappings/pack_check.h"
#include "mappings/pack_tests.h"
#include "mappings/settings.h"
#include "tests/support/shared_data.h"

// What a hospital or a vendor adds: a profile that extends another one, a pack of its own, tests
// beside it.
namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;
using fhir::Json;

constexpr std::string_view kParent = R"({ "kind": "mapping-profile", "format": 1, "id": "base.t",
  "version": "1.2.0",
  "source": { "type": "hl7v2", "accept": [{ "message": "OUL^R22" }],
    "groups": { "MESSAGE": { "holds": ["MSH", "PID"] },
                "RESULT": { "start": ["OBX"], "holds": ["OBX", "NTE"] } } },
  "vars": { "word": "='parent'" },
  "rules": [
    { "name": "first", "create": "Basic", "key": ["=PID-3"],
      "body": { "author": "=$word", "code": { "text": "=PID-8", "coding": [{ "code": "x" }] } } },
    { "name": "result", "forEach": "RESULT", "when": "OBX-2 = 'NM'", "create": "Observation",
      "key": ["=PID-3", "=OBX-3"],
      "body": { "status": "final", "code": { "text": "=OBX-3.2" }, "issued": "=OBX-14",
                "value[x]": { "$switch": "=OBX-2", "NM": { "valueQuantity": { "value": "=OBX-5 | decimal" } } } } }
  ],
  "ignored": ["MSH-*"] })";

constexpr std::string_view kMessage =
    "MSH|^~\\&|H|S|G|R|20261120093000||OUL^R22|1|P|2.5\r"
    "PID|1||0042||||19700101|M\r"
    "OBX|1|NM|A^Alpha||1.70|g|||||F|||20261101\r"
    "NTE|1|L|seen\r"
    "OBX|2|NM|B^Beta||2|g|||||F\r"
    "OBX|3|ST|C^Gamma||x|g|||||F\r";

std::optional<ProfileText> parent_only(const std::string& id) {
  if (id != "base.t") {
    return std::nullopt;
  }
  return ProfileText{std::string(kParent), "base.map.json",
                     [](const std::string&) { return std::string(); }};
}

Profile child(const std::string& members, const std::string& extends = "base.t@^1") {
  ProfileText text;
  text.text = R"({ "kind": "mapping-profile", "format": 1, "id": "v.t", "version": "1",
  "extends": ")" +
              extends + "\"" + (members.empty() ? "" : ",\n" + members) + "}";
  text.file = "v.map.json";
  return Profile::compile(text, parent_only);
}

std::string complaint(const std::string& members, const std::string& extends = "base.t@^1") {
  try {
    child(members, extends);
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kConfig);
    return e.text();
  }
  return "compiled";
}

// "result: {..}" for each resource, without resourceType, id and meta.
std::string mapped(const Profile& profile, std::string_view bytes = kMessage) {
  auto parsed = connectors::hl7v2::parse(bytes, connectors::hl7v2::Encoding::kUtf8);
  Settings settings =
      settings_for(fhir::IdKey(std::string(32, 'k'), "f"), "1318814790", "Example", {}, "");
  Result result = profile.run({parsed.messages.at(0), "", nullptr, "t", ""}, settings);
  std::string out;
  for (const MappedResource& made : result.resources) {
    Json body = made.body;
    for (const char* own : {"resourceType", "id", "meta"}) {
      body.erase(own);
    }
    out += made.rule + ": " + fhir::write_json(body) + "\n";
  }
  return out;
}

TEST(Extends, ChangesNothingThatIsNotMentioned) {
  EXPECT_EQ(mapped(child("")),
            R"(first: {"author":"parent","code":{"text":"M","coding":[{"code":"x"}]}}
result: {"status":"final","code":{"text":"Alpha"},"issued":"20261101","valueQuantity":{"value":1.70}}
result: {"status":"final","code":{"text":"Beta"},"valueQuantity":{"value":2}}
)");
}

TEST(Extends, MergesABodyByPropertyAndNullRemoves) {
  EXPECT_EQ(mapped(child(R"("override": { "first": { "body": {
      "code": { "text": "=base | lower", "coding": null, "version": "2" }, "author": null } } },
    "disable": ["result"])")),
            "first: {\"code\":{\"text\":\"m\",\"version\":\"2\"}}\n");
}

TEST(Extends, LetsBaseStandForWhatTheParentHas) {
  EXPECT_EQ(mapped(child(R"("vars": { "word": "=join('+', base, 'child') " },
    "override": { "result": { "when": "base and OBX-3.1 != 'B'", "body": {
      "value[x]": { "$if": "OBX-5 = '2'", "$then": { "valueString": "two" }, "$else": "=base" },
      "note": [{ "text": "=NTE-3 | text" }] } } })")),
            R"(first: {"author":"parent+child","code":{"text":"M","coding":[{"code":"x"}]}}
result: {"status":"final","code":{"text":"Alpha"},"issued":"20261101","valueQuantity":{"value":1.70},"note":[{"text":"seen"}]}
)");
}

TEST(Extends, TakesAnUnconditionalParentAsTrue) {
  EXPECT_EQ(mapped(child(R"("override": { "first": { "when": "base and PID-8 = 'F'" } },
    "disable": ["result"])")),
            "");
}

TEST(Extends, AddsRulesAfterTheOnesThatTheyComplete) {
  EXPECT_EQ(
      mapped(child(R"("rules": [
    { "name": "note", "after": "result", "forEach": "RESULT.NTE", "into": "result",
      "body": { "note": [{ "text": "=NTE-3 | text" }] } },
    { "name": "early", "after": "late", "create": "Basic", "key": ["=PID-3", "='e'"], "body": { "author": "e" } },
    { "name": "late", "create": "Basic", "key": ["=PID-3", "='l'"], "body": { "author": "l" } }
  ], "disable": ["first"])")),
      R"(result: {"status":"final","code":{"text":"Alpha"},"issued":"20261101","valueQuantity":{"value":1.70},"note":[{"text":"seen"}]}
result: {"status":"final","code":{"text":"Beta"},"valueQuantity":{"value":2}}
late: {"author":"l"}
early: {"author":"e"}
)");
}

TEST(Extends, GoesThroughSeveralProfiles) {
  auto find = [](const std::string& id) -> std::optional<ProfileText> {
    if (id == "mid.t") {
      return ProfileText{
          R"({ "kind": "mapping-profile", "format": 1, "id": "mid.t", "version": "3",
        "extends": "base.t@^1.2", "disable": ["result"],
        "override": { "first": { "body": { "author": "=join('-', base, 'mid') "
    }
  } } })",
          "mid.map.json",
          {}};
    }
    return parent_only(id);
  };
  Profile last = Profile::compile(
      ProfileText{
          R"({ "kind": "mapping-profile", "format": 1, "id": "last.t", "version": "1",
        "extends": "mid.t",
        "override": { "first": { "body": { "code": null, "author": "=join('-', base, 'last') " }
  }
  }
  })",
          "last.map.json",
          {}},
      find);
  EXPECT_EQ(mapped(last), "first: {\"author\":\"parent-mid-last\"}\n");
  EXPECT_EQ(last.parents(), (std::vector<std::string>{"mid.t", "base.t"}));
  EXPECT_NE(last.digest(), child("").digest());
}

struct Refused {
  const char* name;
  std::string members;
  const char* because;
  std::string extends = "base.t@^1";
};
class ExtendsRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ExtendsRefuses, WithThePlaceWhereItWasWritten) {
  std::string found = complaint(GetParam().members, GetParam().extends);
  EXPECT_EQ(found.substr(0, std::string_view(GetParam().because).size()), GetParam().because)
      << found;
}

INSTANTIATE_TEST_SUITE_P(
    All, ExtendsRefuses,
    testing::Values(
        Refused{"AnUnknownProfile", "", "v.map.json:2:14 /extends: there is no profile \"no\"",
                "no"},
        Refused{"AnotherVersion", "",
                "v.map.json:2:14 /extends: the profile \"base.t\" has version 1.2.0",
                "base.t@^1.3"},
        Refused{"AnotherMajorVersion", "",
                "v.map.json:2:14 /extends: the profile \"base.t\" has version 1.2.0", "base.t@^2"},
        Refused{"Itself", "", "v.map.json:2:14 /extends: the profile \"v.t\" extends itself",
                "v.t"},
        Refused{"AnUnknownRule", R"("override": { "none": { "when": "base" } })",
                "v.map.json:3:23 /override/none: the profile that this one extends has no rule"},
        Refused{"AnotherPartOfARule", R"("override": { "first": { "key": ["=PID-3"] } })",
                "v.map.json:3:33 /override/first/key: an override has \"when\" and \"body\""},
        Refused{"AnUnknownRuleToDisable", R"("disable": ["none"])",
                "v.map.json:3:13 /disable/0: the profile that this one extends has no rule"},
        Refused{"AnUnknownKey", R"("rule": [])", "v.map.json:3:9 /rule: \"rule\" is not known"},
        Refused{"AnErrorInTheOverride",
                R"("override": { "result": { "body": { "issued": "=SPM-3" } } })",
                "v.map.json:3:47 /override/result/body/issued: SPM is not in scope"},
        Refused{"AVariableThatOnlySomeRulesCanHave", R"("vars": { "word": "=OBX-2" })",
                "v.map.json:3:19 /vars/word: OBX is not in scope"},
        Refused{
            "AReferenceToADisabledRule",
            R"("rules": [{ "name": "r", "after": "first", "create": "Basic", "key": ["=PID-3", "='r'"], "body": { "author": "=ref('first') " }
}], "disable": ["first"])",
            "v.map.json:3:35 /rules/0/after: no rule \"first\""},
        Refused{"BaseWhereNothingIsOverridden",
                R"("override": { "first": { "body": { "created": "=base" } } })",
                "v.map.json:3:47 /override/first/body/created: there is no \"base\" here"},
        Refused{
            "RulesInACircle",
            R"("rules": [{ "name": "a", "after": "b", "create": "Basic", "key": ["=PID-3"], "body": { "author": "a" } },
    { "name": "b", "after": "a", "create": "Basic", "key": ["=PID-3"], "body": { "author": "a" } }])",
            "v.map.json:3:35 /rules/0/after: the rules follow each other in a circle"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Extends, SaysTheParentsPlaceWhereTheParentBreaks) {
  EXPECT_EQ(complaint(R"("source": { "groups": { "MESSAGE": { "holds": ["MSH", "PID"] } } })"),
            "base.map.json:10:36 /rules/1/forEach: \"RESULT\" is no group or segment of MESSAGE");
}

// A pack in a folder of its own, made for each test.
class PackFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("sekisho_pack_") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    write("profiles/base.map.json", std::string(kParent));
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }
  std::string findings() {
    std::string out;
    for (const PackFinding& finding : check_pack(folder_.string())) {
      std::string text = finding.text;
      for (std::size_t at = 0; (at = text.find(folder_.string())) != std::string::npos;) {
        text.replace(at, folder_.string().size() + 1, "");
      }
      out += (finding.error ? "error " : "warning ") + text + "\n";
    }
    return out;
  }
  std::vector<std::string> failures(const PackTest& test) {
    try {
      return test.run();
    } catch (const fhir::Error& e) {
      return {e.text()};
    }
  }

  fs::path folder_;
};

TEST_F(PackFolder, OfAProfileAndItsParentTheProfileMaps) {
  write("profiles/zz.map.json", R"({ "kind": "mapping-profile", "format": 1, "id": "v.t",
    "version": "1", "extends": "base.t", "disable": ["result"] })");
  Pack pack = Pack::load(folder_.string());
  EXPECT_EQ(pack.find("OUL^R22", "OML-11")->id(), "v.t");
  EXPECT_EQ(Pack::compile_file((folder_ / "profiles/zz.map.json").string()).id(), "v.t");
  EXPECT_EQ(findings(), "");
}

TEST_F(PackFolder, LoadsEveryProfileOrNone) {
  EXPECT_EQ(Pack::load(folder_.string()).profiles().size(), 1u);
  write("profiles/z.map.json", "{}");
  EXPECT_THROW(Pack::load(folder_.string()), fhir::Error);
}

TEST_F(PackFolder, DoesNotFollowALookupOutOfThePack) {
  write("profiles/z.map.json", R"({ "kind": "mapping-profile", "format": 1, "id": "v.t",
    "version": "1", "extends": "base.t",
    "lookups": { "l": { "conceptMap": "concept_maps/l.json", "unmapped": "omit" } } })");
  fs::create_directories(folder_ / "concept_maps");
  fs::create_symlink("/etc/hostname", folder_ / "concept_maps/l.json");
  try {
    Pack::load(folder_.string());
    FAIL();
  } catch (const fhir::Error& e) {
    EXPECT_NE(e.text().find("leads out of the pack"), std::string::npos) << e.text();
  }
}

TEST(Pack, SaysThatAFolderIsNoPack) { EXPECT_THROW(Pack::load("/nowhere"), fhir::Error); }

TEST_F(PackFolder, IsToldEverythingThatIsWrongAtOnce) {
  write("profiles/a.map.json", "{ \"kind\": \"mapping-profile\",\n }");
  write("profiles/b.map.json",
        R"({ "kind": "mapping-profile", "format": 1, "id": "base.t", "version": "1" })");
  std::string other(kParent);
  other.replace(other.find("base.t"), 6, "else.t");
  write("profiles/c.map.json", other);
  write("concept_maps/unused.json", "{}");
  write("testdata/nobody/x.in", "");
  EXPECT_EQ(findings(), R"(error profiles/a.map.json:2:2 Missing a name for object member.
error profiles/b.map.json:1:1 /: "source" is missing
error profiles/base.map.json: the id "base.t" is that of profiles/b.map.json too; each profile of a pack has its own
error profiles/c.map.json: accepts what profiles/base.map.json accepts; name message or SS-MIX2 type more narrowly
warning concept_maps/unused.json: no profile of the pack names it in its lookups
warning testdata/nobody: no profile of the pack has this name, so these cases are never run
)");
}

TEST_F(PackFolder, RunsTheTestsBesideItsProfiles) {
  std::string lines = "\"";
  for (char c : kMessage) {
    lines += c == '\r' ? "\", \"" : (c == '\\' ? "\\\\" : std::string(1, c));
  }
  lines.resize(lines.size() - 3);
  write("profiles/base.test.json", R"({ "profile": "base.t", "cases": [
    { "name": "good", "input": { "text": [)" +
                                       lines + R"(] },
      "expect": [ { "rule": "result", "count": 2, "match": "subset",
                    "body": { "valueQuantity": { "value": 1.70 }, "note": "$absent" } },
                  { "rule": "first", "count": 1, "match": "exact",
                    "body": { "resourceType": "Basic", "author": "parent",
                              "code": { "text": "M", "coding": [{ "code": "x" }] } } } ],
      "issues": [], "unmapped": [] },
    { "name": "bad", "input": { "text": [)" +
                                       lines + R"(] },
      "expect": [ { "rule": "result", "count": 3, "body": { "valueQuantity": { "value": 1.7 } } } ],
      "issues": [{ "code": "date.invalid", "at": "OBX[1]-14" }], "unmapped": ["l A"] },
    { "name": "golden", "input": { "text": [)" +
                                       lines + R"(] },
      "expect": { "goldenFile": "golden/one.json", "ignore": ["/id", "/meta"] } } ] })");
  write("testdata/base/case.in", std::string(kMessage));

  std::vector<PackTest> tests = pack_tests(folder_.string(), false);
  ASSERT_EQ(tests.size(), 4u);
  EXPECT_EQ(failures(tests[0]).size(), 2u);  // no expected files yet
  EXPECT_EQ(failures(tests[1]), std::vector<std::string>());
  EXPECT_EQ(
      failures(tests[2]),
      (std::vector<std::string>{"rule result: made 2, expected 3",
                                "rule result: /valueQuantity/value: is 2, expected 1.7",
                                "issues: none is {\"code\":\"date.invalid\",\"at\":\"OBX[1]-14\"}",
                                "unmapped: \"l A\" is mapped or was not met"}));
  EXPECT_EQ(failures(tests[3]).size(), 1u);

  fs::create_directories(folder_ / "profiles/golden");
  for (const PackTest& test : pack_tests(folder_.string(), true)) {
    failures(test);
  }
  tests = pack_tests(folder_.string(), false);
  EXPECT_EQ(failures(tests[0]), std::vector<std::string>());
  EXPECT_EQ(failures(tests[3]), std::vector<std::string>());
  write("testdata/base/case.out.json", "[]");
  EXPECT_EQ(failures(tests[0]).size(), 1u);
}

// The example files of the specification, where the library is beside the project. They show
// syntax; where they differ from the specification's decisions, those win: an identifier must not
// hold $key, and a Specimen's key may not name ORC, which is not in its scope. The ConceptMaps that
// they name are written here.
class SpecificationExamples : public PackFolder {
 protected:
  void SetUp() override {
    PackFolder::SetUp();
    examples_ = tests::shared_data("spec/examples/mapping");
    if (examples_.empty()) {
      GTEST_SKIP() << "the library is not beside the project (SEKISHO_SHARED)";
    }
    fs::remove_all(folder_);
    std::string base = example("oml-11.map.json");
    replace(base, "\"=$key\"", "\"=$id\"");
    replace(base, "\"=$order\", \"=SPM-1\"]", "\"=SPM-1\"]");
    write("profiles/oml-11.map.json", base);
    write("profiles/vendor-x.oml-11.map.json", example("vendor-x.oml-11.map.json"));
    concept_map("v2-0085-observation-status", "F", "final");
    concept_map("v2-0078-interpretation", "H", "H");
    concept_map("v2-0001-gender", "M", "male");
    concept_map("vendor-x-lab-to-jlac10", "L1", "3A010000002327101");
  }
  static void replace(std::string& text, const std::string& from, const std::string& to) {
    std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  }
  std::string example(const std::string& name) {
    std::ifstream in(examples_ / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  void concept_map(const std::string& name, const std::string& from, const std::string& to) {
    write("concept_maps/" + name + ".json",
          R"({"resourceType": "ConceptMap", "group": [{"target": "http://t", "element": [
             {"code": ")" +
              from + R"(", "target": [{"code": ")" + to +
              R"("}]}], "unmapped": {"mode": "provided"}}]})");
  }

  fs::path examples_;
};

TEST_F(SpecificationExamples, CompileAndGiveWhatTheirTestsSay) {
  EXPECT_EQ(findings(), "");
  std::string tests = example("vendor-x.oml-11.test.json");
  std::size_t file = tests.find("../../../data");
  ASSERT_NE(file, std::string::npos);
  tests.replace(file, 8, (examples_ / "../../..").string());
  write("profiles/vendor-x.oml-11.test.json", tests);
  fs::create_directories(folder_ / "profiles/golden");
  ASSERT_EQ(pack_tests(folder_.string(), false).size(), 2u);
  EXPECT_EQ(failures(pack_tests(folder_.string(), false)[0]), std::vector<std::string>());
  EXPECT_EQ(failures(pack_tests(folder_.string(), true)[1]), std::vector<std::string>());
  std::ifstream in(folder_ / "profiles/golden/oml-11-0001.json", std::ios::binary);
  Json golden = fhir::parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_EQ(golden.get<Json::Array>()->size(), 5u);
}

// The vendor's file alone also fits the base profile that this program has.
TEST_F(SpecificationExamples, AdaptTheBaseProfileOfThisProgram) {
  fs::remove(folder_ / "profiles/oml-11.map.json");
  EXPECT_EQ(findings().find("error"), std::string::npos) << findings();
  Pack pack = Pack::load(folder_.string());
  EXPECT_EQ(pack.profiles().at(0).parents(), std::vector<std::string>{"base.ssmix2.oml-11"});
}

}  // namespace
}  // namespace sekisho::mappings
