#include <gtest/gtest.h>

#include "fhir/error.h"
#include "mappings/engine.h"

namespace sekisho::mappings {
namespace {

// A good profile whose parts the rows replace. Line 1 is empty, so that a row's place is easy to
// count in what it replaces.
std::string profile_with(std::string_view rules, std::string_view more = "") {
  return R"({ "kind": "mapping-profile", "format": 1, "id": "t", "version": "1",
  "source": { "type": "hl7v2", "accept": [{ "ssmix2": "OML-11" }],
    "groups": {
      "MESSAGE": { "holds": ["MSH"] },
      "PATIENT": { "start": ["PID"], "holds": ["PID"], "max": 1 },
      "SPECIMEN": { "start": ["SPM"], "holds": ["SPM"],
        "ORDER": { "start": ["OBR"], "holds": ["OBR"],
          "RESULT": { "start": ["OBX"], "holds": ["OBX", "NTE"] } } } } },
)" + std::string(more) +
         R"(
  "rules": )" +
         std::string(rules) + "\n}\n";
}

std::string rule(std::string_view members) {
  return R"([{ "name": "r", "create": "Observation", "key": ["=PID-3"], )" + std::string(members) +
         " }]";
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

// Each fragment uses the next one twice: 2^n templates.
std::string doubling_fragments(int count) {
  std::string out = "\"fragments\": {";
  for (int i = 0; i < count; ++i) {
    std::string next = "{\"$use\": \"f" + std::to_string(i + 1) + "\"}";
    out += "\"f" + std::to_string(i) + "\": {\"a\": " + next + ", \"b\": " + next + "}, ";
  }
  return out + "\"f" + std::to_string(count) + "\": {\"a\": \"=PID-3\"}},";
}

std::string chained_fragments(int count) {
  std::string out = "\"fragments\": {";
  for (int i = 0; i < count; ++i) {
    out += "\"f" + std::to_string(i) + "\": {\"$use\": \"f" + std::to_string(i + 1) + "\"}, ";
  }
  return out + "\"f" + std::to_string(count) + "\": {\"a\": \"=PID-3\"}},";
}

std::string complaint(const std::string& text) {
  Profile::Open open = [](const std::string& path) -> std::string {
    if (path == "concept_maps/bad.json") {
      return R"({"resourceType": "Patient"})";
    }
    if (path == "concept_maps/plain.json") {
      return R"({"resourceType": "ConceptMap", "group": [{"target": "http://x",
                 "element": [{"code": "A", "target": [{"code": "a"}]}]}]})";
    }
    if (path == "concept_maps/on.json") {
      return R"({"resourceType": "ConceptMap", "group": [{"element": [],
                 "unmapped": {"mode": "other-map", "url": "http://other"}}]})";
    }
    if (path == "concept_maps/no.json") {
      return "{\n ]";
    }
    throw fhir::Error(fhir::ErrorCode::kConfig, "no such file");
  };
  try {
    Profile::compile(text, "t.map.json", open);
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kConfig);
    return e.text();
  }
  return "compiled";
}

TEST(CompileProfile, TakesAGoodOne) {
  EXPECT_EQ(complaint(profile_with(rule(R"("body": { "status": "=OBX-11" })"))),
            "t.map.json:10:92 /rules/0/body/status: OBX is not in scope: neither the group that "
            "this rule walks nor one around it holds it");
  EXPECT_EQ(complaint(profile_with(
                rule(R"("forEach": "SPECIMEN.ORDER.RESULT", "body": { "status": "=OBX-11" })"))),
            "compiled");
}

struct Refused {
  const char* name;
  std::string text;
  const char* because;  // the start of the complaint after the file's name
};

class CompileRefuses : public testing::TestWithParam<Refused> {};

TEST_P(CompileRefuses, WithThePlaceAndTheReason) {
  std::string found = complaint(GetParam().text);
  EXPECT_EQ(found.substr(0, std::string_view(GetParam().because).size()), GetParam().because)
      << found;
}

const char* const kBody = R"("body": { "status": "final" })";

std::string each(std::string_view text) { return rule(text); }

INSTANTIATE_TEST_SUITE_P(
    All, CompileRefuses,
    testing::Values(
        Refused{"NoJson", "{ \"kind\": }", "t.map.json:1:11 "},
        Refused{"AnotherKind", R"({"kind": "x", "format": 1, "id": "t", "version": "1"})",
                "t.map.json:1:10 /kind: \"kind\" must be"},
        Refused{"ANewerFormat",
                R"({"kind": "mapping-profile", "format": 2, "id": "t", "version": "1"})",
                "t.map.json:1:39 /format: this program reads format 1"},
        Refused{"AnUnknownKey", profile_with(each(kBody), R"("rule": [],)"),
                "t.map.json:1:1 /: \"rule\" is not known here (known: kind,"},
        Refused{"AnUnknownKeyOfARule", profile_with(each(R"("if": "x", "body": {"a": "b"})")),
                "t.map.json:10:13 /rules/0: \"if\" is not known here"},
        Refused{"NoRules", profile_with("[]"),
                "t.map.json:10:12 /rules: a profile has at least one rule"},
        Refused{"AnUnknownGroup",
                profile_with(each(R"("forEach": "SPECIMEN.RESULT", "body": {"a": "b"})")),
                "t.map.json:10:83 /rules/0/forEach: \"RESULT\" is no group or segment of SPECIMEN"},
        Refused{"ASegmentOfAnInnerGroup",
                profile_with(each(R"("forEach": "SPECIMEN", "when": "OBX-3 exists", "body": {})")),
                "t.map.json:10:103 /rules/0/when: OBX is not in scope"},
        Refused{"AnUnknownFunction", profile_with(each(R"("body": {"status": "=PID-8 | up"})")),
                "t.map.json:10:91 /rules/0/body/status: \"up\" is no function, alias or segment "
                "(character 9 of the expression)"},
        Refused{"AnUnknownVariable", profile_with(each(R"("body": {"status": "=$x"})")),
                "t.map.json:10:91 /rules/0/body/status: there is no variable \"x\" in /vars"},
        Refused{"AVariableThatUsesItself",
                profile_with(each(R"("body": {"status": "=$x"})"), R"("vars": {"x": "=$x"},)"),
                "t.map.json:9:15 /vars/x: the variable \"x\" uses itself (used at "
                "/rules/0/body/status)"},
        Refused{"AVariableOutOfScope",
                profile_with(each(R"("body": {"status": "=$x"})"), R"("vars": {"x": "=OBX-1"},)"),
                "t.map.json:9:15 /vars/x: OBX is not in scope"},
        Refused{"AnUnknownFragment", profile_with(each(R"("body": {"a": {"$use": "x"}})")),
                "t.map.json:10:95 /rules/0/body/a/$use: there is no fragment \"x\""},
        Refused{"AFragmentThatUsesItself",
                profile_with(each(R"("body": {"a": {"$use": "x"}})"),
                             R"("fragments": {"x": {"b": {"$use": "x"}}},)"),
                "t.map.json:9:20 /fragments/x: the fragment \"x\" uses itself"},
        Refused{"AReferenceToALaterRule",
                profile_with(each(R"("body": {"subject": "=ref('p') "})")),
                "t.map.json:10:92 /rules/0/body/subject: no rule \"p\" that creates a resource "
                "stands before this one"},
        Refused{"AnUnfinishedExpression", profile_with(each(R"("body": {"a": "=(PID-8"})")),
                "t.map.json:10:86 /rules/0/body/a: \")\" is missing (character 7"},
        Refused{"WordsAfterTheExpression", profile_with(each(R"("body": {"a": "=PID-8 PID-7"})")),
                "t.map.json:10:86 /rules/0/body/a: nothing may follow here (character 7"},
        Refused{"ABadPattern", profile_with(each(R"("body": {"a": "=PID-8 matches '('"})")),
                "t.map.json:10:86 /rules/0/body/a: the pattern is no regular expression"},
        Refused{"TooFewArguments", profile_with(each(R"("body": {"a": "=PID-8 | before"})")),
                "t.map.json:10:86 /rules/0/body/a: \"before\" takes 2 values"},
        Refused{"TheRawKeyInAnIdentifier",
                profile_with(each(R"("body": {"identifier": {"value": "=$key"}})")),
                "t.map.json:10:105 /rules/0/body/identifier/value: $key is not for an identifier"},
        Refused{"TheKeyWhereAnotherRulesResourceIsCompleted",
                profile_with(
                    R"([{"name": "r", "create": "Patient", "key": ["=PID-3"], "body": {"a": "b"}},
  {"name": "s", "into": "r", "body": {"a": "=$id"}}])"),
                "t.map.json:11:44 /rules/1/body/a: $id is not known where a rule completes"},
        Refused{"ATooDeepExpression",
                profile_with(each(R"("body": {"a": "=)" + std::string(100, '(') + "\"}")),
                "t.map.json:10:86 /rules/0/body/a: the expression is nested too deeply"},
        Refused{"ATooDeepNegation",
                profile_with(each(R"("body": {"a": "=)" + repeated("not ", 100) + "PID-3\"}")),
                "t.map.json:10:86 /rules/0/body/a: the expression is nested too deeply"},
        Refused{
            "ATooLongExpression",
            profile_with(each(R"("body": {"a": "=PID-3)" + repeated(" or PID-3", 2000) + "\"}")),
            "t.map.json:10:86 /rules/0/body/a: the expression is longer than 128 parts"},
        Refused{"FragmentsThatGrowBeyondMeasure",
                profile_with(each(R"("body": {"$use": "f0"})"), doubling_fragments(40)),
                "t.map.json:9:"},
        Refused{"TooManyFragmentsInARow",
                profile_with(each(R"("body": {"$use": "f0"})"), chained_fragments(100)),
                "t.map.json:9:"},
        Refused{"WhereWithoutAComparison", profile_with(each(R"("body": {"a": "=PID-5 | where"})")),
                "t.map.json:10:86 /rules/0/body/a: \"where\" takes a comparison"},
        Refused{"AnOrdinalOfTheMessage", profile_with(each(R"("body": {"a": "=ordinal(PID-3) "})")),
                "t.map.json:10:86 /rules/0/body/a: ordinal takes fields of the group"},
        Refused{"AnOverrideOfNothing", profile_with(each(kBody), R"("override": {},)"),
                "t.map.json:9:13 /override: there is nothing to change without \"extends\""},
        Refused{"AMapThatGoesToAnUnknownMap",
                profile_with(each(kBody),
                             R"("lookups": {"l": {"conceptMap": "concept_maps/on.json"}},)"),
                "t.map.json:9:18 /lookups/l: its map sends unknown codes to http://other"},
        Refused{"AConceptMapThatIsNoJson",
                profile_with(each(kBody),
                             R"("lookups": {"l": {"conceptMap": "concept_maps/no.json"}},)"),
                "t.map.json:9:18 /lookups/l: concept_maps/no.json:2: "},
        Refused{"AnUnknownControlKey", profile_with(each(R"("body": {"a": {"$loop": "x"}})")),
                "t.map.json:10:96 /rules/0/body/a/$loop: \"$loop\" is not known here"},
        Refused{"NoElementName", profile_with(each(R"("body": {"a b": "=PID-8"})")),
                "t.map.json:10:88 /rules/0/body/a b: \"a b\" is no FHIR element name"},
        Refused{"AnEmptyList", profile_with(each(R"("body": {"a": []})")),
                "t.map.json:10:86 /rules/0/body/a: an array may not be empty"},
        Refused{"Null", profile_with(each(R"("body": {"a": null})")),
                "t.map.json:10:86 /rules/0/body/a: null has no meaning here"},
        Refused{"NeitherCreateNorInto",
                profile_with(R"([{"name": "r", "key": ["=PID-3"], "body": {"a": "b"}}])"),
                "t.map.json:10:13 /rules/0: a rule has either \"create\" or \"into\""},
        Refused{"NoKey",
                profile_with(R"([{"name": "r", "create": "Patient", "body": {"a": "b"}}])"),
                "t.map.json:10:13 /rules/0: \"key\" is missing"},
        Refused{"TheSameNameTwice",
                profile_with(
                    R"([{"name": "r", "create": "Patient", "key": ["=PID-3"], "body": {"a": "b"}},
  {"name": "r", "create": "Patient", "key": ["=PID-3"], "body": {"a": "b"}}])"),
                "t.map.json:11:12 /rules/1/name: there is a rule \"r\" already"},
        Refused{"ALookupOutsideThePack",
                profile_with(each(kBody), R"("lookups": {"l": {"conceptMap": "../x.json"}},)"),
                "t.map.json:9:18 /lookups/l: a lookup names a file below concept_maps/"},
        Refused{"ALookupThatIsNoConceptMap",
                profile_with(each(kBody),
                             R"("lookups": {"l": {"conceptMap": "concept_maps/bad.json"}},)"),
                "t.map.json:9:18 /lookups/l: concept_maps/bad.json: this is no FHIR ConceptMap"},
        Refused{"ALookupWithoutUnmapped",
                profile_with(each(kBody),
                             R"("lookups": {"l": {"conceptMap": "concept_maps/plain.json"}},)"),
                "t.map.json:9:18 /lookups/l: say what happens to a code that the map does not"},
        Refused{"AnUnknownLookup", profile_with(each(R"("body": {"a": "=PID-8 | lookup('l') "})")),
                "t.map.json:10:86 /rules/0/body/a: there is no lookup \"l\""},
        Refused{"AnUnknownCategory",
                profile_with(each(R"("dataCategory": "Q1", "body": {"a": "b"})")),
                "t.map.json:10:88 /rules/0/dataCategory: \"dataCategory\" is a code of the closed"},
        Refused{"ABadNeed",
                profile_with(each(
                    R"("profile": [{"url": "http://x", "needs": ["a..b"]}], "body": {"a": "b"})")),
                "t.map.json:10:114 /rules/0/profile/0/needs/0: an element path is expected"},
        Refused{"ABadIgnoredField", profile_with(each(kBody), R"("ignored": ["OBX"],)"),
                "t.map.json:9:13 /ignored/0: a field is expected"},
        Refused{
            "AnAliasNamedAsASegment",
            profile_with(each(R"("body": {"a": {"$each": "=PID-5", "$as": "PID", "$do": "x"}})")),
            "t.map.json:10:113 /rules/0/body/a/$as: \"PID\" is the name of a segment"},
        Refused{"AnUnknownUpdate", profile_with(each(R"("updates": "append", "body": {"a": "b"})")),
                "t.map.json:10:83 /rules/0/updates: \"updates\" is \"replace\" or \"merge\""},
        Refused{"ACoverageOfPieces",
                profile_with(R"([{"name": "c", "create": "Coverage", "key": ["=PID-3"],
                  "updates": "merge", "body": {"a": "b"}}])"),
                "t.map.json:11:30 /rules/0/updates: a Coverage is matched with refusals"},
        Refused{"AnUpdateOfWhatAnotherRuleCreates",
                profile_with(
                    R"([{"name": "p", "create": "Basic", "key": ["=PID-3"], "body": {"a": "b"}},
                  {"name": "q", "into": "p", "updates": "merge", "body": {"c": "d"}}])"),
                "t.map.json:11:57 /rules/1/updates: the rule that creates"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CompileProfile, LetsAVendorKeepKeysOfItsOwnAndComments) {
  EXPECT_EQ(complaint(profile_with(each(R"("x-owner": "lab", "$doc": "words",
      // why
      "body": { "$doc": "more", "status": "final" })"))),
            "compiled");
}

}  // namespace
}  // namespace sekisho::mappings
