#include "adapter/hub/negotiation.h"

#include <gtest/gtest.h>

namespace sekisho::hub {
namespace {

struct Case {
  const char* name;
  std::vector<std::string> accept;
  std::vector<std::string> formats;
  bool fits;
};
class AcceptsJson : public testing::TestWithParam<Case> {};

TEST_P(AcceptsJson, AsR4Says) {
  EXPECT_EQ(accepts_json(GetParam().accept, GetParam().formats), GetParam().fits);
}

INSTANTIATE_TEST_SUITE_P(
    All, AcceptsJson,
    testing::Values(
        Case{"Nothing", {}, {}, true}, Case{"Empty", {""}, {}, true},
        Case{"Fhir", {"application/fhir+json"}, {}, true},
        Case{"Json", {"Application/JSON; charset=utf-8"}, {}, true},
        Case{"Any", {"text/html, */*;q=0.1"}, {}, true},
        Case{"Application", {"application/*"}, {}, true},
        Case{"Xml", {"application/fhir+xml"}, {}, false},
        Case{"TwoLines", {"text/html", "application/json"}, {}, true},
        Case{"NotWanted", {"application/json;q=0, text/html"}, {}, false},
        Case{"NotWantedToo", {"application/json;q=0.00"}, {}, false},
        Case{"LittleWanted", {"application/json;q=0.01"}, {}, true},
        Case{"Version", {"application/fhir+json; fhirVersion=4.0"}, {}, true},
        Case{"QuotedVersion", {"application/fhir+json;fhirVersion=\"4.0\""}, {}, true},
        Case{"OtherVersion", {"application/fhir+json; fhirVersion=3.0"}, {}, false},
        Case{"OneOfTwo", {"application/fhir+json; fhirVersion=3.0, application/json"}, {}, true},
        Case{"FormatDecides", {"application/fhir+xml"}, {"json"}, true},
        Case{"FormatDecidesAgainst", {"application/json"}, {"xml"}, false},
        Case{"FormatWithSpace", {}, {"application/fhir json"}, true},
        Case{"FormatWithPlus", {}, {"application/fhir+json"}, true},
        Case{"FormatVersion", {}, {"application/fhir+json;fhirVersion=5.0"}, false},
        Case{"TwoFormats", {}, {"json", "xml"}, false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(IsForm, OneTypeWithOrWithoutParameters) {
  EXPECT_TRUE(is_form({"application/x-www-form-urlencoded"}));
  EXPECT_TRUE(is_form({"Application/X-WWW-Form-Urlencoded; charset=utf-8"}));
  EXPECT_FALSE(is_form({}));
  EXPECT_FALSE(is_form({"application/json"}));
  EXPECT_FALSE(is_form({"application/x-www-form-urlencoded", "application/json"}));
}

TEST(MatchesEtag, ListsWeakAndStar) {
  EXPECT_TRUE(matches_etag({"\"b\", \"a\""}, "\"a\""));
  EXPECT_TRUE(matches_etag({"W/\"a\""}, "\"a\""));
  EXPECT_TRUE(matches_etag({"*"}, "\"a\""));
  EXPECT_FALSE(matches_etag({}, "\"a\""));
  EXPECT_FALSE(matches_etag({"\"ab\""}, "\"a\""));
}

}  // namespace
}  // namespace sekisho::hub
