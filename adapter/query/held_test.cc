#include "adapter/query/held.h"

#include <gtest/gtest.h>

namespace sekisho::query {
namespace {

const fhir::Instant kModified = *fhir::parse_instant("2026-11-20T01:02:03.400Z");

struct Case {
  const char* name;
  const char* if_none_match;
  const char* if_modified_since;
  bool held;
};

class Holds : public testing::TestWithParam<Case> {};

TEST_P(Holds, ByRfc9110) {
  Held held;
  held.if_none_match = GetParam().if_none_match;
  held.if_modified_since = GetParam().if_modified_since;
  EXPECT_EQ(holds(held, 3, kModified), GetParam().held);
}

INSTANTIATE_TEST_SUITE_P(
    All, Holds,
    testing::Values(Case{"NothingSaid", "", "", false}, Case{"Current", "W/\"3\"", "", true},
                    Case{"CurrentAsStrong", "\"3\"", "", true}, Case{"Old", "W/\"2\"", "", false},
                    Case{"Star", "*", "", true}, Case{"List", "W/\"1\", W/\"3\"", "", true},
                    Case{"ListWithout", "W/\"1\",W/\"2\"", "", false},
                    Case{"Longer", "W/\"33\"", "", false}, Case{"NoQuotes", "3", "", false},
                    Case{"SameSecond", "", "Fri, 20 Nov 2026 01:02:03 GMT", true},
                    Case{"Later", "", "Fri, 20 Nov 2026 01:02:04 GMT", true},
                    Case{"Earlier", "", "Fri, 20 Nov 2026 01:02:02 GMT", false},
                    Case{"NoDate", "", "2026-11-20T01:02:03Z", false},
                    Case{"ImpossibleDate", "", "Fri, 31 Feb 2027 01:02:03 GMT", false},
                    Case{"TagDecidesOverDate", "W/\"2\"", "Fri, 20 Nov 2026 01:02:04 GMT", false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sekisho::query
