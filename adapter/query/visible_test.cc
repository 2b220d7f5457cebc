#include "adapter/query/visible.h"

#include <gtest/gtest.h>

#include "adapter/query/test_store.h"

namespace sekisho::query {
namespace {

using fhir::CategorySet;
using fhir::SetRule;
namespace category = fhir::category;
namespace data_flag = fhir::data_flag;

// Patient 0 may be asked for I1 and I5, patient 1 for I5, patient 2 for nothing.
const std::vector<CategorySet> kPermitted = {category::I1 | category::I5, category::I5, {}};

Row condition(std::uint32_t patient) {
  Row row;
  row.version = 1;
  row.rule = SetRule::kNeeds;
  row.patient = patient;
  row.needs = category::I1;
  return row;
}

Row patient_resource(std::uint32_t patient, CategorySet carried) {
  Row row = condition(patient);
  row.rule = SetRule::kCarriedByPatient;
  row.needs = {};
  row.carried = carried;
  return row;
}

struct Case {
  const char* name;
  std::function<void(Row&)> change;
  bool admitted;
};

class AdmitsCondition : public testing::TestWithParam<Case> {};

TEST_P(AdmitsCondition, OfPatient0) {
  Row row = condition(0);
  GetParam().change(row);
  EXPECT_EQ(admits(release::Masks::of(kPermitted), row), GetParam().admitted);
}

INSTANTIATE_TEST_SUITE_P(
    All, AdmitsCondition,
    testing::Values(
        Case{"AsItIs", [](Row&) {}, true}, Case{"MereTarget", [](Row& r) { r.version = 0; }, false},
        Case{"PatientWithLess", [](Row& r) { r.patient = 1; }, false},
        Case{"PatientWithNothing", [](Row& r) { r.patient = 2; }, false},
        Case{"PatientBeyondTheMask", [](Row& r) { r.patient = 3; }, false},
        Case{"NoPatient", [](Row& r) { r.patient.reset(); }, false},
        Case{"BothCodesPermitted", [](Row& r) { r.needs = category::I1 | category::I5; }, true},
        Case{"OneCodeMissing", [](Row& r) { r.needs = category::I1 | category::I4; }, false},
        Case{"NoCode", [](Row& r) { r.needs = {}; }, false},
        Case{"None", [](Row& r) { r.needs = CategorySet::none(); }, false},
        Case{"NoneBesideACode", [](Row& r) { r.needs = category::I1 | CategorySet::none(); },
             false},
        Case{"SecondSubjectWithLess", [](Row& r) { r.more_patients = std::string("\1\0\0\0", 4); },
             false},
        Case{"SecondSubjectWithEnough",
             [](Row& r) {
               r.needs = category::I5;
               r.more_patients = std::string("\1\0\0\0", 4);
             },
             true},
        Case{"ThirdSubjectWithNothing",
             [](Row& r) {
               r.needs = category::I5;
               r.more_patients = std::string("\1\0\0\0\2\0\0\0", 8);
             },
             false},
        Case{"CutSubjects", [](Row& r) { r.more_patients = std::string("\1\0", 2); }, false},
        Case{"Undelivered", [](Row& r) { r.flags = data_flag::kUndelivered; }, false},
        Case{"Uninformed", [](Row& r) { r.flags = data_flag::kUninformed; }, true},
        Case{"Test", [](Row& r) { r.flags = data_flag::kTest; }, false},
        Case{"IpProtected", [](Row& r) { r.flags = data_flag::kIpProtected; }, false},
        Case{"SubjectUnresolved", [](Row& r) { r.flags = data_flag::kSubjectUnresolved; }, false},
        Case{"UnknownFlag", [](Row& r) { r.flags = 1u << 20; }, false},
        Case{"UnionOfTargets", [](Row& r) { r.rule = SetRule::kUnionOfTargets; }, true},
        Case{"UnionOfMore",
             [](Row& r) {
               r.rule = SetRule::kUnionOfTargets;
               r.needs = category::I1 | category::E1;
             },
             false},
        Case{"NeverReleased", [](Row& r) { r.rule = SetRule::kNeverReleased; }, false},
        Case{"NoSubjectNeeded", [](Row& r) { r.rule = SetRule::kNoSubjectNeeded; }, false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Admits, APatientByAnyPermittedCodeThatItCarries) {
  const Visibility visibility = release::Masks::of(kPermitted);
  EXPECT_TRUE(admits(visibility, patient_resource(0, category::I1 | category::E1)));
  EXPECT_FALSE(admits(visibility, patient_resource(0, category::E1)));
  EXPECT_FALSE(admits(visibility, patient_resource(0, {})));
  EXPECT_FALSE(admits(visibility, patient_resource(1, category::I1)));
  EXPECT_FALSE(admits(visibility, patient_resource(2, category::I1)));
}

TEST(Admits, IpProtectedWhereThePermitSaysSo) {
  release::Masks::Gates gates;
  gates.ip_ok = true;
  Row row = condition(0);
  row.flags = data_flag::kIpProtected;
  EXPECT_TRUE(admits(release::Masks::of(kPermitted, gates), row));
  row.flags |= data_flag::kTest;
  EXPECT_FALSE(admits(release::Masks::of(kPermitted, gates), row));
}

TEST(Admits, DatesInsideThePeriodBothEndsIncluded) {
  release::Masks::Gates gates;
  gates.has_period = true;
  gates.from = 100;
  gates.to = 200;
  const Visibility visibility = release::Masks::of(kPermitted, gates);
  Row row = condition(0);
  EXPECT_FALSE(admits(visibility, row)) << "without a date";
  for (const auto& [day, inside] : {std::pair{99, false}, {100, true}, {200, true}, {201, false}}) {
    row.data_date = day;
    EXPECT_EQ(admits(visibility, row), inside) << day;
  }
}

}  // namespace
}  // namespace sekisho::query
