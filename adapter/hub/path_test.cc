#include "adapter/hub/path.h"

#include <gtest/gtest.h>

namespace sekisho::hub {
namespace {

struct Case {
  const char* name;
  std::string_view path;
  Path::Kind kind;
  std::string_view type = "";
  std::string_view id = "";
  std::string_view version = "";
};
class ParsePath : public testing::TestWithParam<Case> {};

TEST_P(ParsePath, FindsWhatIsAskedFor) {
  const Path path = parse_path(GetParam().path, "/fhir");
  EXPECT_EQ(path.kind, GetParam().kind);
  EXPECT_EQ(path.type, GetParam().type);
  EXPECT_EQ(path.id, GetParam().id);
  EXPECT_EQ(path.version, GetParam().version);
}

using Kind = Path::Kind;
INSTANTIATE_TEST_SUITE_P(
    All, ParsePath,
    testing::Values(Case{"Base", "/fhir", Kind::kBase}, Case{"BaseSlash", "/fhir/", Kind::kBase},
                    Case{"Metadata", "/fhir/metadata", Kind::kMetadata},
                    Case{"Status", "/fhir/status", Kind::kStatus},
                    Case{"Type", "/fhir/Patient", Kind::kType, "Patient"},
                    Case{"UnknownType", "/fhir/Nonsense", Kind::kType, "Nonsense"},
                    Case{"Search", "/fhir/Patient/_search", Kind::kSearchByPost, "Patient"},
                    Case{"Read", "/fhir/Patient/x-1", Kind::kInstance, "Patient", "x-1"},
                    Case{"OddId", "/fhir/Patient/山", Kind::kInstance, "Patient", "山"},
                    Case{"Vread", "/fhir/Patient/x/_history/2", Kind::kVersion, "Patient", "x",
                         "2"},
                    Case{"History", "/fhir/Patient/x/_history", Kind::kUnbuilt, "Patient"},
                    Case{"TypeHistory", "/fhir/Patient/_history", Kind::kUnbuilt, "Patient"},
                    Case{"SystemHistory", "/fhir/_history", Kind::kUnbuilt},
                    Case{"Everything", "/fhir/Patient/x/$everything", Kind::kUnbuilt, "Patient"},
                    Case{"Export", "/fhir/$export", Kind::kUnbuilt},
                    Case{"Compartment", "/fhir/Patient/x/Observation", Kind::kUnbuilt, "Patient"},
                    Case{"Elsewhere", "/other", Kind::kUnknown},
                    Case{"Prefix", "/fhirx/Patient", Kind::kUnknown},
                    Case{"LowerCase", "/fhir/patient", Kind::kUnknown},
                    Case{"SlashAtTheEnd", "/fhir/Patient/", Kind::kUnknown},
                    Case{"TwoSlashes", "/fhir//Patient", Kind::kUnknown},
                    Case{"TooLong", "/fhir/Patient/x/_history/2/3", Kind::kUnknown, "Patient"},
                    Case{"Dots", "/fhir/../etc", Kind::kUnknown}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TargetOf, HoldsNoTextThatIsNotAnId) {
  EXPECT_EQ(target_of(parse_path("/fhir/Patient/x", "/fhir")), "Patient/x");
  EXPECT_EQ(target_of(parse_path("/fhir/Patient", "/fhir")), "Patient");
  EXPECT_EQ(target_of(parse_path("/fhir/Patient/山田", "/fhir")), "Patient");
  EXPECT_EQ(target_of(parse_path("/fhir/Yamada/x", "/fhir")), "");
}

TEST(InteractionOf, NamesWritesToo) {
  const Path type = parse_path("/fhir/Consent", "/fhir");
  EXPECT_EQ(interaction_of(type, "HEAD"), "search-type");
  EXPECT_EQ(interaction_of(type, "POST"), "create");
  const Path instance = parse_path("/fhir/Patient/x", "/fhir");
  EXPECT_EQ(interaction_of(instance, "GET"), "read");
  EXPECT_EQ(interaction_of(instance, "PUT"), "update");
  EXPECT_EQ(interaction_of(instance, "DELETE"), "delete");
  EXPECT_EQ(interaction_of(parse_path("/fhir", "/fhir"), "POST"), "transaction");
}

}  // namespace
}  // namespace sekisho::hub
