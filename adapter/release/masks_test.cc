#include "adapter/release/masks.h"

#include <gtest/gtest.h>

#include <random>

#include "adapter/decision/decision.h"
#include "adapter/query/visible.h"
#include "adapter/release/test_hospital.h"

namespace sekisho::release {
namespace {

std::vector<std::uint64_t> bits_of(const query::Visibility& visibility, std::size_t patients) {
  std::vector<std::uint64_t> bits;
  for (std::uint32_t i = 0; i < patients; ++i) {
    bits.push_back(visibility.of(i).bits);
  }
  return bits;
}

Masks::Rules rules() {
  Masks::Rules rules;
  rules.renotify = registry::Renotify::kHold;
  return rules;
}

// A hospital to which random things happen.
class Happenings {
 public:
  Happenings(TestHospital& hospital, unsigned seed) : hospital_(hospital), random_(seed) {
    hospital_.open_for_business();
    for (int i = 0; i < 12; ++i) {
      add_patient();
    }
  }

  void one() {
    switch (below(9)) {
      case 0:
        return add_patient();
      case 1:
        return refuse();
      case 2:
        return withdraw();
      case 3:
        return hospital_.notify({any()}, day(), items());
      case 4:
        return status();
      case 5:
        return link();
      case 6:
        return advance();
      case 7:
        return hospital_.permit("PM0", below(2) == 0 ? R"({"categories":["I1","I5"]})"
                                                     : R"({"cohort":[")" + any() + "\"]}");
      default:
        return hospital_.notify({any(), any(), any()}, "2026-09-01", R"(["I1","I4","I5"])");
    }
  }

  std::size_t patients() const { return patients_; }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string any() { return "p" + std::to_string(below(patients_)); }
  std::string day() {
    static const char* const kDays[] = {"2026-08-01", "2026-10-19", "2026-10-20", "2026-11-19"};
    return kDays[below(4)];
  }
  std::string items() {
    static const char* const kItems[] = {R"(["I1"])", R"(["I5"])", R"(["I1","I4","I5"])"};
    return kItems[below(3)];
  }
  void add_patient() {
    static const char* const kBirths[] = {"1950-05-05", "2010-11-21", "2015-01-01", "none"};
    hospital_.patient("p" + std::to_string(patients_++), kBirths[below(4)]);
  }
  void refuse() {
    static const char* const kScopes[] = {"", R"(,"categories":["I5"])", R"(,"tracks":["anon"])",
                                          R"(,"requester":"other")"};
    const std::string id = "r" + std::to_string(refusals_++);
    std::string more = kScopes[below(4)];
    hospital_.event("refusal", R"({"id":")" + id + R"(","patients":[")" + any() +
                                   R"("],"channel":"counter")" + more + "}");
    standing_.push_back(id);
  }
  void withdraw() {
    if (!standing_.empty()) {
      hospital_.event("refusal-status", R"({"id":")" + standing_.back() +
                                            R"(","status":"rejected","identity_checked":true})");
      standing_.pop_back();
    }
  }
  void status() {
    static const char* const kChanges[] = {R"("identity_conflict":true)",
                                           R"("identity_conflict":false)", R"("incapacity":true)",
                                           R"("deceased":true,"deceased_on":"2026-10-25")"};
    hospital_.event("patient-status",
                    R"({"patient":")" + any() + R"(",)" + kChanges[below(4)] + "}");
  }
  void link() {
    const std::string a = any();
    const std::string b = any();
    if (a != b) {
      hospital_.event("link", R"({"a":")" + a + R"(","b":")" + b + R"(","certain":)" +
                                  (below(2) == 0 ? "true" : "false") + "}");
    }
  }
  void advance() {
    static const char* const kInstants[] = {
        "2026-11-20T23:59:59.999+09:00", "2026-11-21T00:00:00+09:00", "2026-12-01T12:00:00+09:00",
        "2027-01-15T00:00:00+09:00"};
    if (instant_ < 4) {
      hospital_.set_now(kInstants[instant_++]);
    }
  }

  TestHospital& hospital_;
  std::mt19937 random_;
  std::size_t patients_ = 0;
  std::size_t refusals_ = 0;
  std::size_t instant_ = 0;
  std::vector<std::string> standing_;
};

// What decide() says of a Condition and an Observation of each patient.
void expect_decided(TestHospital& hospital, const query::Visibility& visibility,
                    std::size_t patients) {
  const auto view = hospital.registry().view();
  registry::Environment environment;
  environment.registry_loaded = environment.chain_ok = environment.policy_ok = true;
  environment.audit_writable = true;
  environment.renotify = registry::Renotify::kHold;
  decision::Asking asking;
  asking.now = hospital.now();
  asking.client = asking.token_client = "RP";
  asking.permit = "PM0";
  asking.purpose = "HRESCH";
  for (std::uint32_t number = 0; number < patients; ++number) {
    for (const fhir::CategorySet needs :
         {fhir::category::I1, fhir::category::I5, fhir::category::I1 | fhir::category::I4}) {
      decision::Subject subject;
      subject.needs = needs;
      subject.subjects = {view->patient(number)->id};
      query::Row row;
      row.version = 1;
      row.rule = fhir::SetRule::kNeeds;
      row.patient = number;
      row.needs = needs;
      const auto answer = decision::decide(*view, environment, asking, subject);
      EXPECT_EQ(query::admits(visibility, row), answer.permitted())
          << "patient " << number << ": " << decision::name_of(answer.reason);
    }
  }
}

class MasksProperty : public testing::TestWithParam<unsigned> {};

TEST_P(MasksProperty, APatchedMaskIsTheCompiledOneAndWhatDecideSays) {
  TestHospital hospital("masks_" + std::to_string(GetParam()));
  Happenings happenings(hospital, GetParam());
  Masks kept(hospital.registry(), rules());
  for (int step = 0; step < 60; ++step) {
    happenings.one();
    const auto patched = kept.of("PM0", "HRESCH", hospital.now());
    const auto compiled = Masks(hospital.registry(), rules()).of("PM0", "HRESCH", hospital.now());
    ASSERT_EQ(patched->epoch(), hospital.registry().epoch());
    ASSERT_EQ(patched->valid_until(), compiled->valid_until()) << "step " << step;
    ASSERT_EQ(bits_of(*patched, happenings.patients()), bits_of(*compiled, happenings.patients()))
        << "step " << step;
    if (step % 10 == 9) {
      expect_decided(hospital, *compiled, happenings.patients());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, MasksProperty, testing::Range(1u, 7u));

TEST(Masks, KeepsWhatARequestUnderWayHolds) {
  TestHospital hospital("masks_keep");
  hospital.open_for_business();
  hospital.patient("p");
  hospital.notify({"p"});
  Masks masks(hospital.registry(), rules());
  const auto before = masks.of("PM0", "HRESCH", hospital.now());
  EXPECT_EQ(before, masks.of("PM0", "HRESCH", hospital.now())) << "shared, not made again";
  hospital.refuse("p");
  EXPECT_TRUE(masks.of("PM0", "HRESCH", hospital.now())->of(0).empty());
  EXPECT_FALSE(before->of(0).empty());
}

TEST(Masks, HoldsUntilMidnightInJapanOnly) {
  TestHospital hospital("masks_midnight", "2026-11-20T23:59:59.999+09:00");
  hospital.open_for_business();
  hospital.patient("waiting");
  hospital.notify({"waiting"}, "2026-10-20");  // eligible on 2026-11-21
  Masks masks(hospital.registry(), rules());
  const auto evening = masks.of("PM0", "HRESCH", hospital.now());
  EXPECT_TRUE(evening->of(0).empty());
  EXPECT_EQ(fhir::to_japan_text(evening->valid_until()), "2026-11-21T00:00:00.000+09:00");
  const auto midnight = masks.of("PM0", "HRESCH", evening->valid_until());
  EXPECT_FALSE(midnight->of(0).empty());
  // A clock that goes back over midnight does not keep what was too early.
  EXPECT_TRUE(masks.of("PM0", "HRESCH", hospital.now())->of(0).empty());
}

TEST(Masks, KnowsNothingOfAnUnknownPermit) {
  TestHospital hospital("masks_unknown");
  hospital.open_for_business();
  hospital.patient("p");
  hospital.notify({"p"});
  Masks masks(hospital.registry(), rules());
  EXPECT_TRUE(masks.of("NONE", "HRESCH", hospital.now())->of(0).empty());
}

}  // namespace
}  // namespace sekisho::release
