#include "mappings/engine.h"

#include <gtest/gtest.h>

#include "fhir/error.h"
#include "mappings/patient.h"
#include "mappings/settings.h"

namespace sekisho::mappings {
namespace {

using connectors::hl7v2::Parsed;
using fhir::Json;

constexpr std::string_view kHead = R"({ "kind": "mapping-profile", "format": 1, "id": "t",
  "version": "1",
  "source": { "type": "hl7v2", "accept": [{ "message": "OUL^R22" }],
    "groups": {
      "MESSAGE": { "holds": ["MSH"] },
      "PATIENT": { "start": ["PID"], "holds": ["PID", "PV1"], "max": 1 },
      "SPECIMEN": { "start": ["SPM"], "holds": ["SPM"],
        "ORDER": { "start": ["OBR"], "holds": ["OBR"],
          "RESULT": { "start": ["OBX"], "holds": ["OBX", "NTE"] } } } } },
  "lookups": { "l": { "conceptMap": "concept_maps/l.json", "unmapped": "omit" },
               "strict": { "conceptMap": "concept_maps/l.json", "unmapped": "error" },
               "kept": { "conceptMap": "concept_maps/l.json", "unmapped": "keep" },
               "fixed": { "conceptMap": "concept_maps/f.json" } },
)";

constexpr std::string_view kMap = R"({"resourceType": "ConceptMap", "group": [
  {"source": "http://loinc.org", "target": "http://t", "element": [
    {"code": "A", "target": [{"code": "from-loinc", "display": "L"}]}]},
  {"target": "http://t", "element": [
    {"code": "A", "target": [{"code": "a", "display": "Letter A"}]},
    {"code": "N", "target": [{"code": ""}]}]}]})";
constexpr std::string_view kFixed = R"({"resourceType": "ConceptMap", "group": [
  {"target": "http://t", "element": [],
   "unmapped": {"mode": "fixed", "code": "other", "display": "Other"}}]})";

std::string open(const std::string& path) {
  return std::string(path == "concept_maps/f.json" ? kFixed : kMap);
}

constexpr std::string_view kMessage =
    "MSH|^~\\&|H|S|G|R|20261120093000||OUL^R22|1|P|2.5\r"
    "PID|1||0042^^^^PI||Kanji^Taro^^^^^L^I~Kana^Tarou^^^^^L^P||19700101|M|||||tel1~tel2\r"
    "SPM|1|S1||023\r"
    "OBR|1|O1\r"
    "OBX|1|NM|A^Name^99L^B^Other^LN^^^Words||1.70|g||H~L|\"\"||F\r"
    "NTE|1|L|first \\F\\ note\r"
    "NTE|2|L|second\r"
    "OBX|2|ST|A^^LN||\xEF\xBC\x92\xEF\xBC\x90||||||P\r"
    "SPM|2|S2||001\r"
    "OBR|1|O2\r"
    "OBX|1|NM|N|x|9|||||C\r";

struct Ran {
  Parsed parsed;
  Result result;

  // The JSON text of what was made, without resourceType, id and meta.
  std::string body(std::size_t index) const {
    Json rest = result.resources.at(index).body;
    for (const char* name : {"resourceType", "id", "meta"}) {
      rest.erase(name);
    }
    return fhir::write_json(rest);
  }
  std::string codes() const {
    std::string out;
    for (const fhir::Issue& issue : result.issues) {
      out += issue.code + " ";
    }
    for (const RejectedResource& rejected : result.rejected) {
      out += "rejected:" + rejected.issue.code + " ";
    }
    return out;
  }
};

Settings test_settings() {
  return settings_for(fhir::IdKey(std::string(32, 'k'), "f"), "1318814790", "Example", {}, "feed");
}

Ran run(std::string_view rest, std::string_view message = kMessage,
        const connectors::ssmix2::Name* name = nullptr) {
  Profile profile =
      Profile::compile(std::string(kHead) + std::string(rest) + "}", "t.map.json", open);
  Ran ran;
  ran.parsed = connectors::hl7v2::parse(message, connectors::hl7v2::Encoding::kUtf8);
  ran.result =
      profile.run({ran.parsed.messages.at(0), "OML-11", name, "OML-11 #7", "op"}, test_settings());
  return ran;
}

std::string rules(std::string_view body, std::string_view for_each = "SPECIMEN.ORDER.RESULT") {
  return R"("rules": [{ "name": "r", "forEach": ")" + std::string(for_each) +
         R"(", "create": "Basic", "key": ["=PID-3[1].1", "=SPM-2", "=OBX-1"], "body": )" +
         std::string(body) + "}]";
}

std::string message_rule(std::string_view body) {
  return R"("rules": [{ "name": "r", "create": "Basic", "key": ["=PID-3[1].1"], "body": )" +
         std::string(body) + "}]";
}

struct Expression {
  const char* name;
  const char* expression;  // in the scope of the first OBX
  const char* gives;       // JSON of the element, "" if it vanishes
};
class Expressions : public testing::TestWithParam<Expression> {};

TEST_P(Expressions, GiveWhatTheSpecificationSays) {
  std::string body = R"({"here": "=OBX-1", "v": "=)" + std::string(GetParam().expression) + "\"}";
  Ran ran = run(rules(body));
  ASSERT_FALSE(ran.result.resources.empty()) << ran.codes();
  std::string gives(GetParam().gives);
  EXPECT_EQ(ran.body(0), R"({"here":"1")" + (gives.empty() ? "" : ",\"v\":" + gives) + "}")
      << ran.codes();
}

INSTANTIATE_TEST_SUITE_P(
    All, Expressions,
    testing::Values(
        Expression{"Field", "OBX-2", R"("NM")"}, Expression{"Component", "OBX-3.2", R"("Name")"},
        Expression{"EnclosingGroup", "SPM-2", R"("S1")"}, Expression{"Message", "PID-8", R"("M")"},
        Expression{"Repetition", "PID-5[2].1", R"("Kana")"},
        Expression{"Predicate", "PID-5[.8='P'].2", R"("Tarou")"},
        Expression{"PredicateNot", "PID-5[.8!='P'].2", R"("Taro")"},
        Expression{"Where", "PID-5 | where(.8 = 'P')", R"("Kana")"},
        Expression{"WhereAsACall", "count(where(PID-5, .8 != 'X'))", R"("2")"},
        Expression{"WhereFindsNone", "PID-5 | where(.8 = 'X')", ""},
        Expression{"WhereOfTexts", "split('a-b', '-') | where(.1 = 'b')", R"("b")"},
        Expression{"Key", "$key", R"("0042/S1/1")"},
        Expression{"Ordinal", "ordinal(OBX-3.1)", R"("1")"},
        Expression{"NotBase64", "'a b' | base64", ""},
        Expression{"Base64", "'YWI=' | base64", R"("YWI=")"}, Expression{"Absent", "OBX-99", ""},
        Expression{"ExplicitNull", "OBX-9", ""}, Expression{"IsNull", "isNull(OBX-9)", "true"},
        Expression{"IsNullOfAbsent", "isNull(OBX-99)", "false"},
        Expression{"DefaultOfNull", "OBX-9 | default('d')", R"("d")"},
        Expression{"Coalesce", "coalesce(OBX-99, OBX-9, OBX-2)", R"("NM")"},
        Expression{"Equal", "OBX-2 = 'NM'", "true"},
        Expression{"NotEqual", "OBX-2 != 'NM'", "false"},
        Expression{"AbsentIsNotEqual", "OBX-99 != 'x'", "true"},
        Expression{"NumbersCompareAsNumbers", "OBX-5 < 10", "true"},
        Expression{"TextsCompareAsTexts", "'b' > 'a'", "true"},
        Expression{"In", "OBX-2 in ('ST', 'NM')", "true"},
        Expression{"NotIn", "not (OBX-2 in ('ST'))", "true"},
        Expression{"AndBindsBeforeOr", "OBX-2 = 'NM' or OBX-2 = 'ST' and OBX-2 = 'x'", "true"},
        Expression{"Exists", "OBX-5 exists", "true"},
        Expression{"NullDoesNotExist", "OBX-9 exists", "false"},
        Expression{"SegmentExists", "PV1 exists", "false"},
        Expression{"MatchesIsWhole", "OBX-5 matches '[0-9]'", "false"},
        Expression{"Extract", "OBX-5 | extract('[.]([0-9]+)')", R"("70")"},
        Expression{"Trim", "trim('  a ')", R"("a")"},
        Expression{"Upper", "OBX-3.2 | upper", R"("NAME")"},
        Expression{"Lower", "OBX-3.2 | lower", R"("name")"},
        Expression{"Substr", "OBX-3.2 | substr(2, 2)", R"("am")"},
        Expression{"SubstrToTheEnd", "OBX-3.2 | substr(3)", R"("me")"},
        Expression{"SubstrCountsCharacters", "substr('日本語', 2, 1)", R"("本")"},
        Expression{"Before", "OBX-5 | before('.')", R"("1")"},
        Expression{"After", "OBX-5 | after('.')", R"("70")"},
        Expression{"AfterWhatIsNotThere", "OBX-5 | after('x')", ""},
        Expression{"Replace", "OBX-5 | replace('.', ',')", R"("1,70")"},
        Expression{"SplitAndNth", "split('a,b,c', ',') | nth(2)", R"("b")"},
        Expression{"Last", "last(PID-13)", R"("tel2")"},
        Expression{"Count", "count(PID-13)", R"("2")"},
        Expression{"Distinct", "count(distinct(split('a,a,b', ',')))", R"("2")"},
        Expression{"JoinCalled", "join('-', OBX-2, OBX-99, OBX-3.2)", R"("NM-Name")"},
        Expression{"JoinPiped", "PID-13 | join('/')", R"("tel1/tel2")"},
        Expression{"Switch", "OBX-2 | switch('ST', 'text', 'NM', 'number')", R"("number")"},
        Expression{"SwitchOtherwise", "OBX-2 | switch('ST', 'text', 'other')", R"("other")"},
        Expression{"SwitchNothing", "OBX-2 | switch('ST', 'text')", ""},
        Expression{"Decimal", "OBX-5 | decimal", "1.70"},
        Expression{"DecimalNormalises", "decimal('+007.50')", "7.50"},
        Expression{"NoDecimal", "decimal('1,5')", ""}, Expression{"Integer", "integer('12')", "12"},
        Expression{"NoInteger", "integer('1.2')", ""}, Expression{"Bool", "'Y' | bool", "true"},
        Expression{"NoBool", "'Z' | bool", ""}, Expression{"Length", "length('日本')", R"("2")"},
        Expression{"Listed", "OBX-2 | listed('ST,NM')", "true"},
        Expression{"NotListed", "OBX-2 | listed('')", "false"},
        Expression{"Date", "PID-7 | date", R"("1970-01-01")"},
        Expression{"DateTime", "MSH-7 | dateTime", R"("2026-11-20T09:30:00+09:00")"},
        Expression{"Instant", "MSH-7 | instant", R"("2026-11-20T09:30:00+09:00")"},
        Expression{"NoInstant", "PID-7 | instant", ""},
        Expression{"Wareki", "'S23.04.05' | date('wareki')", R"("1948-04-05")"},
        Expression{"Time", "'0930' | time", R"("09:30:00")"},
        Expression{"Lookup", "'A' | lookup('l')", R"("a")"},
        Expression{"LookupCalled", "lookup('l', 'A')", R"("a")"},
        Expression{"LookupBySystem", "lookup('l', OBX-3)", R"("a")"},
        Expression{"LookupMissOmits", "'Z' | lookup('l')", ""},
        Expression{"LookupNoTargetIsAMiss", "'N' | lookup('l')", ""},
        Expression{"LookupMissKeeps", "'Z' | lookup('kept')", R"("Z")"},
        Expression{"LookupMissFixed", "'Z' | lookup('fixed') | display", R"("Other")"},
        Expression{"LookupSystem", "'A' | lookup('l') | system", R"("http://t")"},
        Expression{"LookupCoding", "'A' | lookup('l') | coding",
                   R"({"system":"http://t","code":"a","display":"Letter A"})"},
        Expression{"Concept", "OBX-3 | concept",
                   R"({"coding":[{"system":"urn:sekisho:facility:1318814790:codesystem:99L",)"
                   R"("code":"A","display":"Name"},{"system":"http://loinc.org","code":"B",)"
                   R"("display":"Other"}],"text":"Words"})"},
        Expression{"SecondCoding", "OBX-3 | coding('4')",
                   R"({"system":"http://loinc.org","code":"B","display":"Other"})"},
        Expression{"AddCoding", "'x' | concept | addCoding(lookup('l', 'A'))",
                   R"({"coding":[{"code":"x"},{"system":"http://t","code":"a",)"
                   R"("display":"Letter A"}]})"},
        Expression{"System", "'LN' | system", R"("http://loinc.org")"},
        Expression{"Config", "config.institutionNumber", R"("1318814790")"},
        Expression{"SsmixType", "ssmix.type", R"("OML-11")"},
        Expression{"SsmixOutsideAStorage", "ssmix.flag", ""},
        Expression{"Index", "$index", R"("1")"},
        Expression{"FirstOfRepetitions", "PID-13", R"("tel1")"},
        Expression{"Quantity", "quantity(OBX-5, OBX-6)", R"({"value":1.70,"unit":"g"})"},
        Expression{"TextWithQuote", "'it''s'", R"("it's")"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Engine, UnescapesAndKeepsTheNotesOfTheirResult) {
  Ran ran = run(rules(R"({"note": {"$each": "NTE", "$do": {"text": "=NTE-3 | text"}}})"));
  EXPECT_EQ(ran.body(0), R"({"note":[{"text":"first | note"},{"text":"second"}]})");
  EXPECT_EQ(ran.codes(), "rejected:resource.empty rejected:resource.empty ");
}

TEST(Engine, WalksGroupsFromAnOuterScopeWithTheirOwnSegments) {
  Ran ran = run(message_rule(
      R"({"item": {"$each": "SPECIMEN.ORDER.RESULT", "$when": "OBX-11 != 'P'",
                   "$do": {"s": "=SPM-2", "o": "=OBR-2", "v": "=OBX-5"}}})"));
  EXPECT_EQ(ran.body(0),
            R"({"item":[{"s":"S1","o":"O1","v":"1.70"},{"s":"S2","o":"O2","v":"9"}]})");
}

TEST(Engine, WalksSegmentsAsRuleInstances) {
  Ran ran = run(R"("rules": [{"name": "r", "forEach": "SPECIMEN.ORDER.RESULT.NTE",
    "create": "Basic", "key": ["=NTE-1"], "body": {"t": "=NTE-3", "o": "=OBX-1"}}])");
  ASSERT_EQ(ran.result.resources.size(), 2u);
  EXPECT_EQ(ran.body(1), R"({"t":"second","o":"1"})");
}

struct Emptiness {
  const char* name;
  const char* body;
  const char* makes;
};
class EmptinessRules : public testing::TestWithParam<Emptiness> {};

TEST_P(EmptinessRules, Hold) { EXPECT_EQ(run(rules(GetParam().body)).body(0), GetParam().makes); }

INSTANTIATE_TEST_SUITE_P(
    All, EmptinessRules,
    testing::Values(
        Emptiness{"AnObjectVanishesWithItsLiterals",
                  R"({"a": {"system": "http://x", "code": "=OBX-99"}, "b": "=OBX-6"})",
                  R"({"b":"g"})"},
        Emptiness{
            "ConfigurationAloneDoesNotKeepIt",
            R"({"a": {"system": "=config.patientIdSystem", "value": "=OBX-99"}, "b": "=OBX-6"})",
            R"({"b":"g"})"},
        Emptiness{"ConfigurationKeepsWhatReadsNothing",
                  R"({"a": {"value": "=config.institutionNumber"}})",
                  R"({"a":{"value":"1318814790"}})"},
        Emptiness{"LiteralsStay", R"({"a": {"coding": [{"code": "laboratory"}]}})",
                  R"({"a":{"coding":[{"code":"laboratory"}]}})"},
        Emptiness{"ListsDropEmptyItems", R"({"a": ["=OBX-99", "=OBX-2"]})", R"({"a":["NM"]})"},
        Emptiness{"EmptyListsVanish", R"({"a": [{"b": "=OBX-99"}], "c": "=OBX-6"})",
                  R"({"c":"g"})"},
        Emptiness{"AnEscapedEqualSign", R"({"a": "==b"})", R"({"a":"=b"})"},
        Emptiness{"ChoiceMergesIntoTheParent",
                  R"({"value[x]": {"$switch": "=OBX-2", "NM": {"valueInteger": 1},
                      "$default": {"valueString": "s"}}})",
                  R"({"valueInteger":1})"},
        Emptiness{"ChoiceDefault",
                  R"({"value[x]": {"$switch": "=OBX-6", "NM": {"valueInteger": 1},
                      "$default": {"valueString": "s"}}})",
                  R"({"valueString":"s"})"},
        Emptiness{"IfElse", R"({"a": {"$if": "OBX-99 exists", "$then": "y", "$else": "n"}})",
                  R"({"a":"n"})"},
        Emptiness{"IfWithoutElse",
                  R"({"a": {"$if": "OBX-99 exists", "$then": "y"}, "b": "=OBX-6"})",
                  R"({"b":"g"})"},
        Emptiness{"ALiteralChosenByTheSourceCounts",
                  R"({"a": {"s": "x", "c": {"$if": "OBX-2 exists", "$then": "y"}}})",
                  R"({"a":{"s":"x","c":"y"}})"},
        Emptiness{"FirstTakesTheFirstThatHolds",
                  R"({"a": {"$first": [{"$when": "OBX-2 = 'ST'", "v": "one"}, {"v": "=OBX-99"},
                      {"v": "three"}]}})",
                  R"({"a":{"v":"three"}})"},
        Emptiness{"MergeLaterWins", R"({"a": {"b": "=OBX-2", "$merge": [{"b": "=OBX-6"}]}})",
                  R"({"a":{"b":"g"}})"},
        Emptiness{"EachByValue", R"({"a": {"$each": "=OBX-8", "$as": "f", "$do": {"c": "=f"}}})",
                  R"({"a":[{"c":"H"},{"c":"L"}]})"},
        Emptiness{"ListsOfListsAreOneList",
                  R"({"a": [{"$each": "=OBX-8", "$as": "f", "$do": "=f"}, "x"]})",
                  R"({"a":["H","L","x"]})"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Engine, EvaluatesVariablesAndFragmentsInTheScopeOfTheRule) {
  Ran ran = run(R"("vars": {"u": "=OBX-6 | upper", "list": {"$each": "NTE", "$do": "=NTE-3"}},
    "fragments": {"q": {"value": "=OBX-5", "unit": "=$u"}}, )" +
                rules(R"({"q": {"$use": "q"}, "more": {"$use": "q", "extra": "x"},
                          "n": "=count($list) "})"));
  EXPECT_EQ(ran.body(0), R"({"q":{"value":"1.70","unit":"G"},)"
                         R"("more":{"value":"1.70","unit":"G","extra":"x"},"n":"2"})");
}

TEST(Engine, RefersToTheNearestResourceOfARule) {
  Ran ran = run(R"("rules": [
    {"name": "s", "forEach": "SPECIMEN", "create": "Specimen", "key": ["=SPM-2"],
     "body": {"status": "available"}},
    {"name": "o", "forEach": "SPECIMEN.ORDER.RESULT", "create": "Basic",
     "key": ["=SPM-2", "=OBX-1"], "body": {"specimen": "=ref('s') ",
     "subject": "=refKey('Patient', PID-3[1].1) "}}])");
  Settings settings = test_settings();
  ASSERT_EQ(ran.result.resources.size(), 5u);
  EXPECT_EQ(ran.body(4), R"({"specimen":{"reference":"Specimen/)" +
                             settings.ids.logical_id("Specimen", {"S2"}) +
                             R"("},"subject":{"reference":"Patient/)" +
                             settings.ids.logical_id("Patient", {"0042"}) + R"("}})");
}

TEST(Engine, SaysThatAReferenceFoundNothing) {
  Ran ran = run(R"("rules": [
    {"name": "s", "when": "PID-8 = 'F'", "create": "Specimen", "key": ["=PID-8"],
     "body": {"status": "available"}},
    {"name": "o", "create": "Basic", "key": ["=PID-8"], "body": {"sex": "=PID-8", "specimen": "=ref('s') "}}])");
  EXPECT_EQ(ran.body(0), R"({"sex":"M"})");
  EXPECT_EQ(ran.codes(), "reference.none ");
}

TEST(Engine, CompletesAResourceOfAnotherRule) {
  Ran ran = run(R"("rules": [
    {"name": "o", "forEach": "SPECIMEN.ORDER.RESULT", "create": "Basic",
     "key": ["=SPM-2", "=OBX-1"], "body": {"v": "=OBX-5", "note": ["zero"]}},
    {"name": "n", "after": "o", "forEach": "SPECIMEN.ORDER.RESULT.NTE", "into": "o",
     "body": {"note": ["=NTE-3"], "v": "not taken"}}])");
  EXPECT_EQ(ran.body(0), R"({"v":"1.70","note":["zero","first | note","second"]})");
  EXPECT_EQ(ran.body(1), R"({"v":"２０","note":["zero"]})");
}

TEST(Engine, RejectsWhatHasNoIdentityOrIsMadeTwice) {
  Ran ran = run(R"("rules": [{"name": "r", "forEach": "SPECIMEN.ORDER.RESULT", "create": "Basic",
    "key": ["=OBX-4"], "body": {"v": "=OBX-5"}},
    {"name": "q", "forEach": "SPECIMEN.ORDER.RESULT", "create": "Basic", "key": ["=SPM-2"],
    "body": {"v": "=OBX-5"}},
    {"name": "w", "create": "Basic", "key": ["=PID-8"], "body": {"v": "=PV1-2 | require"}}])");
  EXPECT_EQ(ran.codes(),
            "rejected:key.empty rejected:key.empty rejected:resource.duplicate rejected:required ");
  EXPECT_EQ(ran.result.rejected[0].issue.source, "OML-11 #7 OBX[1]-4");
  EXPECT_EQ(ran.result.resources.size(), 3u);
}

TEST(Engine, RejectsWhatLacksWhatBaseR4Requires) {
  Ran ran = run(R"("rules": [{"name": "r", "create": "Observation", "key": ["=PID-8"],
    "body": {"status": "=PV1-2", "code": {"text": "=PID-8"}}}])");
  ASSERT_EQ(ran.codes(), "rejected:required ");
  EXPECT_EQ(ran.result.rejected[0].issue.diagnostics,
            "Observation.status is missing and base R4 requires it");
}

TEST(Engine, ClaimsTheFirstProfileWhoseNeedsAreMet) {
  constexpr std::string_view kRule = R"("rules": [{"name": "r", "create": "Basic",
    "key": ["=PID-8"], "profile": [
      {"url": "http://best", "needs": [{"element": "a[s='x'].v", "from": "PV1-2"}]},
      {"url": "http://good", "needs": ["b.c", {"element": "b", "max": 1}]},
      {"url": "http://fair", "when": "PID-8 = 'M'"}],
    "body": {"a": [{"s": "x", "v": "=PV1-2"}, {"s": "y", "v": "=PID-8"}],
             "b": {"$each": "=PID-13", "$as": "t", "$do": {"c": "=t"}}}}])";
  Ran ran = run(kRule);
  ASSERT_EQ(ran.result.issues.size(), 2u);
  EXPECT_EQ(ran.result.resources[0].body.find("meta")->items("profile")[0], Json("http://fair"));
  EXPECT_EQ(ran.result.issues[0].code, "profile.downgraded");
  EXPECT_EQ(ran.result.issues[0].expression, "Basic.a[s='x'].v");
  EXPECT_EQ(ran.result.issues[0].source, "OML-11 #7 PV1-2");
}

TEST(Engine, ReportsFieldsThatNobodyReadAndKnowsWhatIsIgnored) {
  Ran ran = run(rules(R"({"v": "=OBX-5"})") + R"(, "ignored": ["MSH-*", "PID-5..13", "OBX-11"])");
  EXPECT_EQ(ran.result.unread,
            (std::vector<std::string>{"PID-1", "SPM-1", "SPM-4", "OBR-1", "OBR-2", "OBX-2", "OBX-3",
                                      "OBX-6", "OBX-8", "OBX-9", "NTE-1", "NTE-2", "NTE-3", "OBX-4",
                                      "OBX-10"}));
}

TEST(Engine, CountsCodesWithoutAMapping) {
  Ran ran = run(rules(R"({"here": "=OBX-1", "v": "=OBX-3.1 | lookup('strict') "})"));
  EXPECT_EQ(ran.result.unmapped, (std::vector<UnmappedCode>{{"strict", "N"}}));
  EXPECT_EQ(ran.codes(), "code.unmapped ");
}

TEST(Engine, DeletesByFlagAndByTheRulesOwnWords) {
  connectors::ssmix2::Name name;
  name.flag = '0';
  Ran flag = run(rules(R"({"v": "=OBX-5"})"), kMessage, &name);
  ASSERT_EQ(flag.result.resources.size(), 3u);
  EXPECT_TRUE(flag.result.resources[0].deleted);
  EXPECT_TRUE(flag.result.resources[0].body.is_null());
  Ran words = run(R"("rules": [{"name": "r", "create": "Condition", "key": ["=PID-8"],
    "onDelete": {"when": "PID-8 = 'M'", "action": "entered-in-error"},
    "body": {"clinicalStatus": {"text": "=PID-8"}, "subject": {"display": "=PID-8"}}}])");
  EXPECT_EQ(words.body(0),
            R"({"subject":{"display":"M"},"verificationStatus":{"coding":[{"system":)"
            R"("http://terminology.hl7.org/CodeSystem/condition-ver-status",)"
            R"("code":"entered-in-error"}]}})");
}

TEST(Engine, NeverReleasesWhatTheRuleAndTheFunctionCategoriseDifferently) {
  Ran ran = run(R"("rules": [{"name": "r", "create": "Condition", "key": ["=PID-8"],
    "dataCategory": "I5", "body": {"subject": "=refKey('Patient', PID-3[1].1) "}}])");
  EXPECT_EQ(ran.codes(), "category.disagrees ");
  EXPECT_EQ(ran.result.resources[0].sets.needs, fhir::CategorySet::none());
}

TEST(Engine, ResolvesReferencesByTheFacilitysOwnPatientNumber) {
  Ran ran = run(R"("rules": [{"name": "r", "create": "Condition", "key": ["=PID-8"],
    "body": {"subject": {"identifier": {"system": "=config.patientIdSystem",
                                        "value": "=PID-3[1].1"}}}}])");
  EXPECT_EQ(ran.result.resources[0].sets.subjects,
            (std::vector<std::string>{test_settings().ids.logical_id("Patient", {"0042"})}));
}

TEST(Engine, RefusesAMessageAboutTwoPatients) {
  std::string message(kMessage);
  message.insert(message.find("SPM|1"), "PID|2||0043\r");
  Ran ran = run(rules(R"({"v": "=OBX-5"})"), message);
  EXPECT_TRUE(ran.result.resources.empty());
  EXPECT_EQ(ran.codes(), "rejected:message.two-patients ");
  EXPECT_EQ(patient_of(ran.parsed.messages[0]), "0042");
}

TEST(Engine, SaysOnceThatAFieldRepeatsWhereOneValueIsWanted) {
  Ran ran = run(rules(R"({"v": "=PID-13"})"));
  EXPECT_EQ(ran.codes(), "value.repeated ");
  EXPECT_EQ(ran.result.issues[0].source, "OML-11 #7 PID[1]-13");
}

TEST(Engine, ThrowsForAConfigurationNameThatIsNotSet) {
  try {
    run(rules(R"({"v": "=config.notThere"})"));
    FAIL();
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kConfig);
    EXPECT_EQ(e.text(),
              "mapping profile t: config.notThere is not set; add it to mapping_values of the "
              "configuration");
  }
}

TEST(Engine, CutsTheHourUnlessTheHospitalPadsIt) {
  Profile profile = Profile::compile(
      std::string(kHead) + message_rule(R"({"v": "='2026112009' | dateTime"})") + "}", "t", open);
  Parsed parsed = connectors::hl7v2::parse(kMessage, connectors::hl7v2::Encoding::kUtf8);
  Settings pad =
      settings_for(fhir::IdKey(std::string(32, 'k'), "f"), "1", "", {{"hourOnly", "pad"}}, "");
  Input input{parsed.messages[0], "OML-11", nullptr, "", ""};
  EXPECT_EQ(profile.run(input, test_settings()).resources[0].body.text("v"), "2026-11-20");
  EXPECT_EQ(profile.run(input, pad).resources[0].body.text("v"), "2026-11-20T09:00:00+09:00");
}

TEST(Engine, CountsGroupsThatAreAlike) {
  Ran ran = run(rules(R"({"n": "=ordinal(OBX-3.1) ", "m": "=ordinal(OBX-3.1, OBX-2) "})"));
  EXPECT_EQ(ran.body(0), R"({"n":"1","m":"1"})");
  EXPECT_EQ(ran.body(1), R"({"n":"2","m":"1"})");
}

struct Passed {
  const char* limit;
  void (*set)(Limits&);
};
class RunLimits : public testing::TestWithParam<Passed> {};

TEST_P(RunLimits, RefuseTheMessageWhole) {
  Profile profile = Profile::compile(
      std::string(kHead) +
          R"("vars": {"a": "=join('-', PID-8, PID-8) ", "b": "=join('-', $a, $a) "},)" +
          rules(R"({"v": "=not not not $b", "w": "=PID-5[2].1", "c": "=count(PID-5) "})") + "}",
      "t", open);
  Parsed parsed = connectors::hl7v2::parse(kMessage, connectors::hl7v2::Encoding::kUtf8);
  Settings settings = test_settings();
  Input input{parsed.messages[0], "OML-11", nullptr, "OML-11 #7", ""};
  EXPECT_EQ(profile.run(input, settings).resources.size(), 3u);
  GetParam().set(settings.limits);
  Result result = profile.run(input, settings);
  EXPECT_TRUE(result.resources.empty());
  ASSERT_EQ(result.rejected.size(), 1u);
  EXPECT_EQ(result.rejected[0].issue.code, "limit.exceeded");
  EXPECT_EQ(result.rejected[0].issue.source, "OML-11 #7");
  EXPECT_EQ(result.rejected[0].issue.diagnostics, std::string("the message passes the limit of ") +
                                                      GetParam().limit +
                                                      "; nothing of it is mapped");
}

INSTANTIATE_TEST_SUITE_P(
    All, RunLimits,
    testing::Values(Passed{"bytes", [](Limits& limits) { limits.bytes = 100; }},
                    Passed{"segments", [](Limits& limits) { limits.segments = 10; }},
                    Passed{"repetitions", [](Limits& limits) { limits.repetitions = 1; }},
                    Passed{"resources", [](Limits& limits) { limits.resources = 2; }},
                    Passed{"steps", [](Limits& limits) { limits.steps = 50; }},
                    Passed{"depth", [](Limits& limits) { limits.depth = 2; }},
                    Passed{"text", [](Limits& limits) { limits.text = 20; }}),
    [](const auto& row) { return std::string(row.param.limit); });

TEST(Engine, TracesEachExpressionWithWhereItStandsAndWhatItRead) {
  Profile profile = Profile::compile(
      std::string(kHead) + R"("vars": {"x": "=OBX-2 | lower"},)" +
          rules(R"({"v": "=$x", "w": {"u": "=OBX-3.2", "none": "=OBX-99"}})") + "}",
      "t.map.json", open);
  Parsed parsed = connectors::hl7v2::parse(kMessage, connectors::hl7v2::Encoding::kUtf8);
  std::vector<TraceLine> trace;
  Input input{parsed.messages[0], "OML-11", nullptr, "", ""};
  input.trace = &trace;
  Result result = profile.run(input, test_settings());
  std::string seen;
  for (std::size_t i = 0; i < 4; ++i) {
    const TraceLine& line = trace.at(i);
    EXPECT_EQ(line.rule, "r");
    EXPECT_EQ(line.id, result.resources[0].id);
    seen += line.element + " " + line.written + " " + line.place + " " + line.value + "\n";
  }
  EXPECT_EQ(seen, R"($x t.map.json /vars/x OBX[1]-2 "nm"
Basic.v t.map.json /rules/0/body/v OBX[1]-2 "nm"
Basic.w.u t.map.json /rules/0/body/w/u OBX[1]-3.2 "Name"
Basic.w.none t.map.json /rules/0/body/w/none OBX[1]-99 
)");
}

TEST(Lookups, GoOnInAnotherMapAndTakeTheUnmappedRuleOfTheirGroup) {
  auto maps = [](const std::string& path) -> std::string {
    if (path == "concept_maps/second.json") {
      return R"({"resourceType": "ConceptMap", "url": "urn:second", "group": [{"target": "http://t2",
        "element": [{"code": "NM", "target": [{"code": "second"}]}],
        "unmapped": {"mode": "fixed", "code": "other"}}]})";
    }
    return R"({"resourceType": "ConceptMap", "url": "urn:first", "group": [{"target": "http://t1",
      "element": [{"code": "S1", "target": [{"code": "first"}]}],
      "unmapped": {"mode": "other-map", "url": "urn:second"}}]})";
  };
  std::string head(kHead);
  head.replace(head.find("\"lookups\""), std::string::npos, R"("lookups": {
    "first": { "conceptMap": "concept_maps/first.json" },
    "second": { "conceptMap": "concept_maps/second.json" } },)");
  Profile profile = Profile::compile(
      head + rules(R"({"a": "=SPM-2 | lookup('first') ", "b": "=OBX-2 | lookup('first') ",
                       "c": "=OBX-6 | lookup('first') "})") +
          "}",
      "t", maps);
  Parsed parsed = connectors::hl7v2::parse(kMessage, connectors::hl7v2::Encoding::kUtf8);
  Result result = profile.run({parsed.messages[0], "", nullptr, "", ""}, test_settings());
  EXPECT_EQ(result.resources[0].body.text("a"), "first");
  EXPECT_EQ(result.resources[0].body.text("b"), "second");
  EXPECT_EQ(result.resources[0].body.text("c"), "other");
  EXPECT_EQ(result.unmapped.at(0).lookup + " " + result.unmapped.at(0).code, "first g");
}

TEST(PatientNumber, IsNormalisedTheSameEverywhere) {
  EXPECT_EQ(normal_patient_number(" 00123\xE3\x80\x80"), "00123");
  EXPECT_EQ(normal_patient_number("\xEF\xBC\x91\xEF\xBC\x92"), "12");
}

TEST(Profile, HasADigestThatChangesWithItsText) {
  std::string one = std::string(kHead) + message_rule(R"({"v": "=PID-8"})") + "}";
  std::string other = std::string(kHead) + message_rule(R"({"w": "=PID-8"})") + "}";
  std::string digest = Profile::compile(one, "t", open).digest();
  EXPECT_EQ(digest.size(), 64u);
  EXPECT_EQ(Profile::compile(one, "elsewhere", open).digest(), digest);
  EXPECT_NE(Profile::compile(other, "t", open).digest(), digest);
}

TEST(Pack, FindsTheProfileByMessageAndDataType) {
  Pack pack = Pack::base();
  ASSERT_NE(pack.find("OUL^R22", "OML-11"), nullptr);
  EXPECT_EQ(pack.find("OUL^R22", "OML-11")->id(), "base.ssmix2.oml-11");
  EXPECT_EQ(pack.find("OUL^R22", "OML-01"), nullptr);
  EXPECT_EQ(pack.find("ADT^A01", "ADT-22"), nullptr);
}

}  // namespace
}  // namespace sekisho::mappings
