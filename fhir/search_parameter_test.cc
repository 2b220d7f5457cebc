#include "fhir/search_parameter.h"

#include <gtest/gtest.h>

#include <set>

#include "fhir/date_time.h"
#include "fhir/search_parameter_table.h"
#include "tests/support/shared_data.h"

namespace sekisho::fhir {
namespace {

// "code=system|value", "patient=Patient/x", "date=begin..end", a line each.
std::string shown(const Json& resource) {
  std::string out;
  for (const IndexEntry& entry : index_entries(resource)) {
    for (const SearchParameter& row : search_parameter_table()) {
      if (row.number == entry.parameter) {
        out += row.name;
      }
    }
    out += "=";
    if (entry.kind == SearchKind::kToken) {
      out += entry.system + "|" + entry.code;
    } else if (entry.kind == SearchKind::kReference) {
      out += entry.target;
    } else {
      out += to_text(entry.begin) + ".." + to_text(entry.end);
    }
    out += "\n";
  }
  return out;
}

struct Indexed {
  const char* name;
  const char* resource;
  const char* entries;
};
class IndexEntries : public testing::TestWithParam<Indexed> {};
TEST_P(IndexEntries, AreWhatR4LetsASearchFind) {
  EXPECT_EQ(shown(parse_json(GetParam().resource)), GetParam().entries);
}
INSTANTIATE_TEST_SUITE_P(
    All, IndexEntries,
    testing::Values(
        Indexed{
            "AnIdentifierWithAndWithoutSystem",
            R"({"resourceType":"Patient","identifier":[{"system":"urn:oid:1","value":"7"},{"value":"8"},{"system":"urn:oid:2"}]})",
            "identifier=|8\nidentifier=urn:oid:1|7\n"},
        Indexed{
            "EveryCodingOfAConcept",
            R"({"resourceType":"Condition","code":{"coding":[{"system":"a","code":"1"},{"code":"2"},{"display":"x"}],"text":"y"},"clinicalStatus":{"coding":[{"system":"cs","code":"active"}]}})",
            "code=|2\ncode=a|1\nclinical-status=cs|active\n"},
        Indexed{"ACodeWithTheSystemOfItsBinding",
                R"({"resourceType":"Observation","status":"final"})",
                "status=http://hl7.org/fhir/observation-status|final\n"},
        Indexed{"SubjectAndPatientWhereItIsAPatient",
                R"({"resourceType":"Observation","subject":{"reference":"Patient/p"}})",
                "patient=Patient/p\nsubject=Patient/p\n"},
        Indexed{"SubjectAloneWhereItIsAGroup",
                R"({"resourceType":"Observation","subject":{"reference":"Group/g"}})",
                "subject=Group/g\n"},
        Indexed{
            "NoReferenceByIdentifierOrFragment",
            R"({"resourceType":"Observation","subject":{"identifier":{"value":"1"},"reference":"#p"}})",
            ""},
        Indexed{
            "ABeneficiaryAsPatient",
            R"({"resourceType":"Coverage","status":"active","beneficiary":{"reference":"Patient/p"}})",
            "patient=Patient/p\nstatus=http://hl7.org/fhir/fm-status|active\n"},
        Indexed{
            "SubstancesOfReactionsToo",
            R"({"resourceType":"AllergyIntolerance","code":{"coding":[{"code":"a"}]},"reaction":[{"substance":{"coding":[{"code":"b"}]}},{"substance":{"coding":[{"code":"a"}]}}],"category":["food","medication"]})",
            "code=|a\ncode=|b\n"
            "category=http://hl7.org/fhir/allergy-intolerance-category|food\n"
            "category=http://hl7.org/fhir/allergy-intolerance-category|medication\n"},
        Indexed{"OnsetAsADate", R"({"resourceType":"Condition","onsetDateTime":"2020"})",
                "onset-date=2019-12-31T15:00:00.000Z..2020-12-31T15:00:00.000Z\n"},
        Indexed{"OnsetAsAPeriodWithAnOpenEnd",
                R"({"resourceType":"Condition","onsetPeriod":{"start":"2020-01-01"}})",
                "onset-date=2019-12-31T15:00:00.000Z..10000-01-01T00:00:00.000Z\n"},
        Indexed{"NoOnsetThatIsAnAge",
                R"({"resourceType":"Condition","onsetAge":{"value":3},"onsetString":"2020"})", ""},
        Indexed{"APeriodWithAnOpenBeginning",
                R"({"resourceType":"Encounter","period":{"end":"2020-01-01"}})",
                "date=0001-01-01T00:00:00.000Z..2020-01-01T15:00:00.000Z\n"},
        Indexed{"AnInstant",
                R"({"resourceType":"Observation","effectiveInstant":"2020-01-01T00:00:00.5Z"})",
                "date=2020-01-01T00:00:00.500Z..2020-01-01T00:00:00.600Z\n"},
        Indexed{
            "ATimingByItsOuterLimits",
            R"({"resourceType":"Observation","effectiveTiming":{"event":["2020-01-02","2020-01-05"],"repeat":{"boundsPeriod":{"start":"2020-01-01","end":"2020-01-03"}}}})",
            "date=2019-12-31T15:00:00.000Z..2020-01-05T15:00:00.000Z\n"},
        Indexed{
            "EachDoseOfAPrescription",
            R"({"resourceType":"MedicationRequest","authoredOn":"2020-01-01","dosageInstruction":[{"timing":{"event":["2020-01-02","2020-01-03"]}},{"timing":{"event":["2020-01-02"]}}]})",
            "date=2020-01-01T15:00:00.000Z..2020-01-02T15:00:00.000Z\n"
            "date=2020-01-02T15:00:00.000Z..2020-01-03T15:00:00.000Z\n"},
        Indexed{
            "NothingOfValuesThatAreWrong",
            R"({"resourceType":"Observation","status":1,"code":"x","identifier":{"value":5},"effectiveDateTime":"soon","effectivePeriod":{"start":"2021","end":"2020"},"category":[[]],"subject":"Patient/p"})",
            "code=|x\n"},
        Indexed{"NothingOfAnEmptyPeriod", R"({"resourceType":"Encounter","period":{}})", ""},
        Indexed{"NothingOfAnUnknownType",
                R"({"resourceType":"Basic","identifier":[{"value":"1"}]})", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SearchParameters, AreListedByTypeAndServedTypesAreTheTables) {
  std::set<std::string_view> types;
  std::set<std::uint16_t> numbers;
  for (const SearchParameter& row : search_parameter_table()) {
    types.insert(row.type);
    EXPECT_TRUE(numbers.insert(row.number).second) << row.number;
    EXPECT_EQ(find_search_parameter(row.type, row.name), &row);
  }
  EXPECT_EQ(types, std::set<std::string_view>(served_types().begin(), served_types().end()));
  std::size_t rows = 0;
  for (const std::string_view type : served_types()) {
    rows += search_parameters(type).size();
  }
  EXPECT_EQ(rows, search_parameter_table().size());
  EXPECT_TRUE(search_parameters("Basic").empty());
  EXPECT_EQ(find_search_parameter("Patient", "name"), nullptr);
}

// In stored indexes: a row that changes its number makes them wrong.
TEST(SearchParameters, KeepTheirNumbers) {
  const std::tuple<const char*, const char*, int> kRows[] = {
      {"Patient", "identifier", 21},       {"Coverage", "patient", 42},
      {"Condition", "onset-date", 69},     {"Observation", "code", 84},
      {"Observation", "date", 86},         {"Specimen", "subject", 103},
      {"AllergyIntolerance", "code", 124}, {"MedicationRequest", "status", 147},
      {"Encounter", "date", 166},          {"FamilyMemberHistory", "code", 284}};
  for (const auto& [type, name, number] : kRows) {
    EXPECT_EQ(find_search_parameter(type, name)->number, number) << type << "." << name;
  }
}

// The date searches of the vectors, by the rules of R4 search.html#prefix over our ranges.
bool found_by(std::string_view search, const IndexEntry& entry) {
  const std::string_view prefix = search[0] >= 'a' ? search.substr(0, 2) : "eq";
  const DateTime wanted = *parse_date_time(search[0] >= 'a' ? search.substr(2) : search);
  const bool inside = wanted.begin <= entry.begin && entry.end <= wanted.end;
  if (prefix == "eq") return inside;
  if (prefix == "ne") return !inside;
  if (prefix == "gt") return entry.end > wanted.end;
  if (prefix == "lt") return entry.begin < wanted.begin;
  if (prefix == "ge") return entry.end > wanted.end || inside;
  if (prefix == "le") return entry.begin < wanted.begin || inside;
  if (prefix == "sa") return entry.begin >= wanted.end;
  if (prefix == "eb") return entry.end <= wanted.begin;
  ADD_FAILURE() << "prefix " << prefix;
  return false;
}

TEST(IndexEntries, AnswerTheDateVectors) {
  const auto file = tests::shared_data("data/fhir/vectors/search-vectors.json");
  if (file.empty()) {
    GTEST_SKIP() << "data/fhir/vectors/search-vectors.json is not beside the project";
  }
  const Json vectors = parse_json(tests::read_file(file));
  const Json& set = vectors.items("sets").at(0);
  ASSERT_EQ(set.text("name"), "date");
  int asked = 0;
  for (const Json& vector : set.items("vectors")) {
    const auto& pair = *vector.get<Json::Array>();
    const std::string search = pair[0].get<std::string>()->substr(5);
    if (search.find("000001") != std::string::npos) {
      continue;  // below a millisecond: cut here, as the stored values are
    }
    Json found(Json::Array{});
    int number = 0;
    for (const Json& resource : set.items("resources")) {
      const SearchParameter* date = find_search_parameter("Observation", "date");
      for (const IndexEntry& entry : index_entries(resource)) {
        if (entry.parameter == date->number && found_by(search, entry)) {
          found.push(Json::integer(number));
        }
      }
      ++number;
    }
    EXPECT_EQ(write_json(found), write_json(pair[1])) << search;
    ++asked;
  }
  EXPECT_EQ(asked, 90);
}

}  // namespace
}  // namespace sekisho::fhir
