#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "adapter/decision/decision.h"
#include "adapter/registry/age.h"

namespace sekisho::decision {
namespace {

using fhir::CivilDate;
using fhir::parse_civil_date;
using fhir::to_text;
using registry::WaitRule;

struct Row {
  const char *notice, *days30, *month1, *later;
};

class WaitingPeriod : public testing::TestWithParam<Row> {};

TEST_P(WaitingPeriod, EndsAsInTheTableOf4_7) {
  const CivilDate notice = *parse_civil_date(GetParam().notice);
  EXPECT_EQ(to_text(eligible_from(notice, WaitRule::k30Days)), GetParam().days30);
  EXPECT_EQ(to_text(eligible_from(notice, WaitRule::k1Month)), GetParam().month1);
  EXPECT_EQ(to_text(eligible_from(notice, WaitRule::kLater)), GetParam().later);
}

INSTANTIATE_TEST_SUITE_P(
    All, WaitingPeriod,
    testing::Values(Row{"2026-11-20", "2026-12-21", "2026-12-21", "2026-12-21"},
                    Row{"2026-10-20", "2026-11-20", "2026-11-21", "2026-11-21"},
                    Row{"2026-02-10", "2026-03-13", "2026-03-11", "2026-03-13"},
                    Row{"2026-01-30", "2026-03-02", "2026-03-01", "2026-03-02"},
                    Row{"2026-01-31", "2026-03-03", "2026-03-01", "2026-03-03"},
                    Row{"2026-12-31", "2027-01-31", "2027-02-01", "2027-02-01"},
                    Row{"2028-01-30", "2028-03-01", "2028-03-01", "2028-03-01"},
                    // The period starts on a 29th, 30th or 31st that February lacks.
                    Row{"2027-01-28", "2027-02-28", "2027-03-01", "2027-03-01"},
                    Row{"2027-01-27", "2027-02-27", "2027-02-28", "2027-02-28"},
                    Row{"2028-01-28", "2028-02-28", "2028-02-29", "2028-02-29"},
                    Row{"2028-01-29", "2028-02-29", "2028-03-01", "2028-03-01"},
                    Row{"2027-05-30", "2027-06-30", "2027-07-01", "2027-07-01"}));

TEST(WaitingPeriod, NeverShrinksFromOneDayToTheNext) {
  for (const WaitRule rule : {WaitRule::k30Days, WaitRule::k1Month, WaitRule::kLater}) {
    CivilDate last{};
    for (CivilDate day = fhir::civil_date(2023, 1, 1); day < fhir::civil_date(2033, 1, 1);
         day += std::chrono::days(1)) {
      const CivilDate eligible = eligible_from(day, rule);
      ASSERT_GE(eligible, last) << to_text(day);
      ASSERT_GE((eligible - day).count(), 29) << to_text(day);
      ASSERT_LE((eligible - day).count(), 33) << to_text(day);
      last = eligible;
    }
  }
}

TEST(SixteenthBirthday, OfALeapDayIsFirstOfMarchInCommonYears) {
  const auto of = [](const char* day) {
    return to_text(registry::sixteenth_birthday(*parse_civil_date(day)));
  };
  EXPECT_EQ(of("2010-11-20"), "2026-11-20");
  EXPECT_EQ(of("2008-02-29"), "2024-02-29");
  EXPECT_EQ(of("2084-02-29"), "2100-03-01");
  EXPECT_EQ(of("1884-02-29"), "1900-03-01");
}

// X22: Windows, Linux and any time zone of the host agree.
TEST(LegalDays, DoNotDependOnTheHost) {
  const fhir::Instant before = *fhir::parse_instant("2026-11-20T14:59:59.999Z");
  const fhir::Instant midnight = *fhir::parse_instant("2026-11-20T15:00:00Z");
  for (const char* zone : {"UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"}) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    EXPECT_EQ(to_text(fhir::japan_date(before)), "2026-11-20") << zone;
    EXPECT_EQ(to_text(fhir::japan_date(midnight)), "2026-11-21") << zone;
    EXPECT_EQ(fhir::japan_midnight(eligible_from(fhir::civil_date(2026, 10, 20), WaitRule::kLater)),
              midnight)
        << zone;
  }
  ::unsetenv("TZ");
  ::tzset();
}

}  // namespace
}  // namespace sekisho::decision
