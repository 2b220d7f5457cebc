// Our tables against the FHIR R4 package itself.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "fhir/json.h"
#include "fhir/mandatory_references.h"
#include "fhir/search_parameter.h"
#include "fhir/search_parameter_table.h"
#include "tests/support/shared_data.h"

namespace sekisho::fhir {
namespace {

namespace fs = std::filesystem;

class R4Package : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const fs::path archive = tests::shared_data("data/fhir/hl7.fhir.r4.core-4.0.1.tgz");
    if (!archive.empty()) {
      unpacked_ = std::make_unique<tests::Unpacked>(archive, testing::TempDir());
    }
  }
  static void TearDownTestSuite() { unpacked_.reset(); }
  void SetUp() override {
    if (unpacked_ == nullptr) {
      GTEST_SKIP() << "data/fhir/hl7.fhir.r4.core-4.0.1.tgz is not beside the project";
    }
  }

  // Those whose text has `part`: most files of the package need not be parsed.
  static std::vector<Json> all(const std::string& type, const std::string& part) {
    std::vector<Json> found;
    for (const auto& entry : fs::directory_iterator(unpacked_->folder() / "package")) {
      if (entry.path().filename().string().starts_with(type + "-")) {
        const std::string text = tests::read_file(entry.path());
        if (text.find(part) != std::string::npos) {
          found.push_back(parse_json(text));
        }
      }
    }
    return found;
  }

  static Json one(const std::string& name) {
    return parse_json(tests::read_file(unpacked_->folder() / "package" / name));
  }

 private:
  static std::unique_ptr<tests::Unpacked> unpacked_;
};
std::unique_ptr<tests::Unpacked> R4Package::unpacked_;

std::string name_of(SearchKind kind) {
  return kind == SearchKind::kToken ? "token" : kind == SearchKind::kDate ? "date" : "reference";
}

// "medicationCodeableConcept" belongs to "medication", "onsetPeriod" to "onset".
std::string element_of(std::string path) {
  for (const std::string form : {"CodeableConcept", "DateTime", "Period", "Timing", "Instant"}) {
    if (path.size() > form.size() && path.ends_with(form)) {
      return path.substr(0, path.size() - form.size());
    }
  }
  return path;
}

TEST_F(R4Package, DefinesEachSearchParameterOfTheTable) {
  std::map<std::string, Json> definitions;
  for (Json& definition : all("SearchParameter", "\"SearchParameter\"")) {
    const std::string url(definition.text("url"));
    definitions.emplace(url, std::move(definition));
  }
  for (const SearchParameter& row : search_parameter_table()) {
    const std::string what = std::string(row.type) + "." + std::string(row.name);
    const auto found = definitions.find(std::string(row.definition));
    ASSERT_NE(found, definitions.end()) << what;
    const Json& definition = found->second;
    EXPECT_EQ(definition.text("code"), row.name) << what;
    EXPECT_EQ(definition.text("type"), name_of(row.kind)) << what;
    bool is_base = false;
    for (const Json& base : definition.items("base")) {
      is_base = is_base || base == Json(row.type);
    }
    EXPECT_TRUE(is_base) << what;
    for (const std::string_view path : row.paths) {
      const std::string element = std::string(row.type) + "." + element_of(std::string(path));
      EXPECT_NE(definition.text("expression").find(element), std::string_view::npos)
          << what << ": " << element << " is not in " << definition.text("expression");
    }
  }
}

// The list of parameters: none that R4 defines for a served type is missing.
TEST_F(R4Package, DefinesNoOtherParameterOfTheServedNames) {
  const std::set<std::string_view> names = {"identifier", "patient",         "subject",
                                            "code",       "category",        "date",
                                            "status",     "clinical-status", "onset-date"};
  int seen = 0;
  for (const Json& definition : all("SearchParameter", "\"SearchParameter\"")) {
    if (!names.contains(definition.text("code")) ||
        definition.text("url").ends_with("/example-reference")) {
      continue;
    }
    for (const std::string_view type : served_types()) {
      for (const Json& base : definition.items("base")) {
        if (base == Json(type)) {
          const SearchParameter* row = find_search_parameter(type, definition.text("code"));
          EXPECT_NE(row, nullptr) << type << "." << definition.text("code");
          ++seen;
        }
      }
    }
  }
  EXPECT_EQ(static_cast<std::size_t>(seen), search_parameter_table().size());
}

const Json* element_at(const Json& definition, std::string_view path) {
  for (const Json& element : definition.find("snapshot")->items("element")) {
    if (element.text("path") == path) {
      return &element;
    }
  }
  return nullptr;
}

// A token over an element of type code takes the system of its required binding.
TEST_F(R4Package, BindsEachCodeToTheSystemOfTheTable) {
  int codes = 0;
  for (const SearchParameter& row : search_parameter_table()) {
    const std::string path = std::string(row.type) + "." + std::string(row.paths.front());
    const Json definition = one("StructureDefinition-" + std::string(row.type) + ".json");
    const Json* element = element_at(definition, path);
    if (row.kind != SearchKind::kToken || element == nullptr ||
        element->items("type").at(0).text("code") != "code") {
      EXPECT_EQ(row.code_system, "") << path;
      continue;
    }
    std::string set(element->find("binding")->text("valueSet"));
    set = set.substr(0, set.find('|'));
    set = set.substr(set.rfind('/') + 1);
    const Json values = one("ValueSet-" + set + ".json");
    EXPECT_EQ(values.find("compose")->items("include").at(0).text("system"), row.code_system)
        << path;
    ++codes;
  }
  EXPECT_EQ(codes, 12);
}

// "Type.path" of every element that is a Reference (of a choice: can be one) and has min 1.
TEST_F(R4Package, RequiresTheMandatoryReferences) {
  std::set<std::string> required;
  for (const Json& definition : all("StructureDefinition", "\"specialization\"")) {
    if (definition.text("kind") != "resource" ||
        definition.text("derivation") != "specialization") {
      continue;
    }
    for (const Json& element : definition.find("snapshot")->items("element")) {
      const Json* min = element.find("min");
      if (min == nullptr || *min == Json::integer(0)) {
        continue;
      }
      for (const Json& type : element.items("type")) {
        if (type.text("code") == "Reference") {
          std::string path(element.text("path"));
          if (path.ends_with("[x]")) {
            path.replace(path.size() - 3, 3, "Reference");
          }
          required.insert(path);
        }
      }
    }
  }
  const auto table = mandatory_references();
  required.insert("Contract.term.offer");  // could become empty: all below it is optional
  EXPECT_EQ(std::set<std::string>(table.begin(), table.end()), required);
  EXPECT_TRUE(std::is_sorted(table.begin(), table.end()));
}

}  // namespace
}  // namespace sekisho::fhir
