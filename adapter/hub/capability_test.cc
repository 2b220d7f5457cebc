#include "adapter/hub/capability.h"

#include <gtest/gtest.h>

#include <set>

#include "fhir/json.h"
#include "fhir/search_parameter.h"

namespace sekisho::hub {
namespace {

HubOptions options() {
  HubOptions made;
  made.base_url = "https://h:8443/fhir";
  made.version = "0.1.0";
  made.released_on = "2026-11-20";
  return made;
}

TEST(CapabilityStatement, ListsExactlyWhatTheTablesServe) {
  const fhir::Json statement = fhir::parse_json(capability_statement(options()));
  EXPECT_EQ(statement.text("resourceType"), "CapabilityStatement");
  EXPECT_EQ(statement.text("fhirVersion"), "4.0.1");
  EXPECT_EQ(statement.text("kind"), "instance");
  const fhir::Json& rest = statement.items("rest").at(0);
  EXPECT_EQ(rest.text("mode"), "server");
  std::set<std::string_view> listed;
  for (const fhir::Json& resource : rest.items("resource")) {
    const std::string_view type = resource.text("type");
    listed.insert(type);
    std::set<std::string_view> names;
    for (const fhir::Json& parameter : resource.items("searchParam")) {
      names.insert(parameter.text("name"));
    }
    std::set<std::string_view> expected = {"_id", "_lastUpdated"};
    for (const fhir::SearchParameter& parameter : fhir::search_parameters(type)) {
      expected.insert(parameter.name);
    }
    EXPECT_EQ(names, expected) << type;
  }
  const auto served = fhir::served_types();
  EXPECT_EQ(listed, std::set<std::string_view>(served.begin(), served.end()));
}

TEST(CapabilityStatement, ChangesWithItsOptionsOnly) {
  EXPECT_EQ(capability_statement(options()), capability_statement(options()));
  HubOptions other = options();
  other.version = "0.2.0";
  EXPECT_NE(capability_statement(options()), capability_statement(other));
}

}  // namespace
}  // namespace sekisho::hub
