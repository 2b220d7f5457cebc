#include "fhir/instant.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "fhir/date_time.h"
#include "tests/support/exact_bytes.h"

namespace sekisho::fhir {
namespace {

using tests::ExactBytes;

std::optional<DateTime> parsed(std::string_view text) {
  const ExactBytes bytes(text);
  return parse_date_time(bytes.view());
}

struct Read {
  const char* name;
  const char* text;
  Precision precision;
  bool zoned;
  const char* begin;  // in UTC
  const char* end;
};
class ParseDateTime : public testing::TestWithParam<Read> {};
TEST_P(ParseDateTime, GivesTheRangeThatItsPrecisionStandsFor) {
  const auto date = parsed(GetParam().text);
  ASSERT_TRUE(date);
  EXPECT_EQ(date->precision, GetParam().precision);
  EXPECT_EQ(date->zoned, GetParam().zoned);
  EXPECT_EQ(to_text(date->begin), GetParam().begin);
  EXPECT_EQ(to_text(date->end), GetParam().end);
}
INSTANTIATE_TEST_SUITE_P(
    All, ParseDateTime,
    testing::Values(
        // The examples of R4 datatypes.html#date and #dateTime; without a zone they are Japan's.
        Read{"Year", "2018", Precision::kYear, false, "2017-12-31T15:00:00.000Z",
             "2018-12-31T15:00:00.000Z"},
        Read{"Month", "1973-06", Precision::kMonth, false, "1973-05-31T15:00:00.000Z",
             "1973-06-30T15:00:00.000Z"},
        Read{"December", "1905-12", Precision::kMonth, false, "1905-11-30T15:00:00.000Z",
             "1905-12-31T15:00:00.000Z"},
        Read{"Day", "1905-08-23", Precision::kDay, false, "1905-08-22T15:00:00.000Z",
             "1905-08-23T15:00:00.000Z"},
        Read{"SecondWest", "2015-02-07T13:28:17-05:00", Precision::kSecond, true,
             "2015-02-07T18:28:17.000Z", "2015-02-07T18:28:18.000Z"},
        Read{"FractionEast", "2015-02-07T13:28:17.239+02:00", Precision::kFraction, true,
             "2015-02-07T11:28:17.239Z", "2015-02-07T11:28:17.240Z"},
        Read{"Utc", "2017-01-01T00:00:00.000Z", Precision::kFraction, true,
             "2017-01-01T00:00:00.000Z", "2017-01-01T00:00:00.001Z"},
        Read{"LeapDay", "2024-02-29", Precision::kDay, false, "2024-02-28T15:00:00.000Z",
             "2024-02-29T15:00:00.000Z"},
        Read{"LeapDayOf2000", "2000-02-29", Precision::kDay, false, "2000-02-28T15:00:00.000Z",
             "2000-02-29T15:00:00.000Z"},
        Read{"LeapSecond", "2016-12-31T23:59:60Z", Precision::kSecond, true,
             "2017-01-01T00:00:00.000Z", "2017-01-01T00:00:01.000Z"},
        Read{"FarEast", "2020-01-01T00:00:00+14:00", Precision::kSecond, true,
             "2019-12-31T10:00:00.000Z", "2019-12-31T10:00:01.000Z"},
        Read{"HalfHourZone", "2020-01-01T00:00:00-03:30", Precision::kSecond, true,
             "2020-01-01T03:30:00.000Z", "2020-01-01T03:30:01.000Z"},
        Read{"MinuteOfASearch", "1980-05-11T16:32", Precision::kMinute, false,
             "1980-05-11T07:32:00.000Z", "1980-05-11T07:33:00.000Z"},
        Read{"SecondWithoutZone", "1980-05-11T16:32:15", Precision::kSecond, false,
             "1980-05-11T07:32:15.000Z", "1980-05-11T07:32:16.000Z"},
        Read{"TenthOfASecond", "2020-01-01T00:00:00.5Z", Precision::kFraction, true,
             "2020-01-01T00:00:00.500Z", "2020-01-01T00:00:00.600Z"},
        Read{"NanosecondsAreCut", "2020-01-01T00:00:00.123456789Z", Precision::kFraction, true,
             "2020-01-01T00:00:00.123Z", "2020-01-01T00:00:00.124Z"},
        Read{"FirstYear", "0001", Precision::kYear, false, "0000-12-31T15:00:00.000Z",
             "0001-12-31T15:00:00.000Z"},
        Read{"LastDay", "9999-12-31", Precision::kDay, false, "9999-12-30T15:00:00.000Z",
             "9999-12-31T15:00:00.000Z"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ParseDateTime, TakesNothingThatIsNoFhirDate) {
  for (const std::string_view text : {"",
                                      "0000",
                                      "202",
                                      "20201",
                                      "2020-1",
                                      "2020-13",
                                      "2020-00",
                                      "2020-01-00",
                                      "2020-01-32",
                                      "2020-02-30",
                                      "2019-02-29",
                                      "1900-02-29",
                                      "2020-1-01",
                                      "2020/01/01",
                                      "20200101",
                                      "2020-01-01 ",
                                      " 2020",
                                      "2020-01-01T",
                                      "-2020",
                                      "2020-01-01T10",
                                      "2020-01-01T24:00:00Z",
                                      "2020-01-01T10:60:00Z",
                                      "2020-01-01T10:00:61Z",
                                      "2020-01-01T10:00:00.Z",
                                      "2020-01-01t10:00:00Z",
                                      "2020-01-01T10:00:00z",
                                      "2020-01-01T10:00:00+9:00",
                                      "2020-01-01T10:00:00+0900",
                                      "2020-01-01T10:00:00+14:01",
                                      "2020-01-01T10:00:00+15:00",
                                      "2020-01-01T10:00:00+09:60",
                                      "2020-01-01T10:00:00 09:00",
                                      "2020-01-01T10:00:00Z0",
                                      "2020-01Z",
                                      "２０２０",
                                      "2020-01-01T1O:00:00Z",
                                      "2020-12-",
                                      "2020-"}) {
    EXPECT_FALSE(parsed(text)) << text;
  }
}

TEST(ParseInstant, WantsSecondsAndAZone) {
  ASSERT_TRUE(parse_instant("2026-11-20T10:02:03.0049+09:00"));
  EXPECT_EQ(to_text(*parse_instant("2026-11-20T10:02:03.0049+09:00")), "2026-11-20T01:02:03.004Z");
  for (const std::string_view text : {"2026-11-20", "2026-11-20T10:02", "2026-11-20T10:02Z",
                                      "2026-11-20T10:02:03", "2026-11-20T10:02:03.5"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(ParseCivilDate, WantsAFullDate) {
  EXPECT_EQ(parse_civil_date("2026-11-20"), civil_date(2026, 11, 20));
  for (const std::string_view text : {"2026", "2026-11", "2026-11-31", "2026-11-20T00:00:00Z"}) {
    EXPECT_FALSE(parse_civil_date(text)) << text;
  }
}

TEST(FullJapanDate, IsTheDayInJapanAndNothingForAPartialDate) {
  EXPECT_EQ(full_japan_date("2026-11-20T14:59:59Z"), civil_date(2026, 11, 20));
  EXPECT_EQ(full_japan_date("2026-11-20T15:00:00Z"), civil_date(2026, 11, 21));
  EXPECT_EQ(full_japan_date("2026-11-20"), civil_date(2026, 11, 20));
  EXPECT_EQ(full_japan_date("2026-11-20T23:59:59+09:00"), civil_date(2026, 11, 20));
  EXPECT_FALSE(full_japan_date("2026-11"));
  EXPECT_FALSE(full_japan_date("2026"));
  EXPECT_FALSE(full_japan_date("yesterday"));
}

TEST(Instant, TurnsToTheNextDayAtMidnightInJapan) {
  const Instant midnight = japan_midnight(civil_date(2026, 11, 20));
  EXPECT_EQ(to_text(midnight), "2026-11-19T15:00:00.000Z");
  EXPECT_EQ(to_japan_text(midnight), "2026-11-20T00:00:00.000+09:00");
  EXPECT_EQ(japan_date(midnight), civil_date(2026, 11, 20));
  EXPECT_EQ(japan_date(Instant{midnight.ms - 1}), civil_date(2026, 11, 19));
}

TEST(Instant, IsWrittenBefore1970Too) {
  EXPECT_EQ(to_text(Instant{-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_text(Instant{-86'400'000}), "1969-12-31T00:00:00.000Z");
  EXPECT_EQ(japan_date(Instant{-9 * 3'600'000}), civil_date(1970, 1, 1));
  EXPECT_EQ(japan_date(Instant{-9 * 3'600'000 - 1}), civil_date(1969, 12, 31));
}

TEST(Instant, IsReadBackFromItsTexts) {
  for (const std::int64_t ms :
       {std::int64_t{0}, std::int64_t{1'795'136'523'004}, std::int64_t{-62'135'596'799'999},
        std::int64_t{253'402'300'799'999}}) {
    EXPECT_EQ(parse_instant(to_text(Instant{ms})), Instant{ms});
    EXPECT_EQ(to_text(Instant{ms}).size(), 24u);
  }
  const Instant at{1'795'136'523'004};
  EXPECT_EQ(parse_instant(to_japan_text(at)), at);
}

TEST(HttpDate, IsAnImfFixdate) {
  // RFC 9110, 5.6.7.
  EXPECT_EQ(to_http_date(*parse_instant("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(to_http_date(Instant{0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(to_http_date(Instant{-1}), "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST(Instant, DoesNotDependOnTheZoneOfTheHost) {
  for (const char* zone : {"America/New_York", "Asia/Tokyo", "UTC", "Pacific/Kiritimati"}) {
    ASSERT_EQ(setenv("TZ", zone, 1), 0);
    tzset();
    EXPECT_EQ(japan_date(*parse_instant("2026-11-20T15:00:00Z")), civil_date(2026, 11, 21));
    EXPECT_EQ(to_text(parsed("2026-11-20")->begin), "2026-11-19T15:00:00.000Z");
    EXPECT_EQ(to_http_date(*parse_instant("2026-11-20T15:00:00Z")),
              "Fri, 20 Nov 2026 15:00:00 GMT");
  }
  unsetenv("TZ");
  tzset();
}

TEST(CivilDateDeathTest, RefusesADayThatDoesNotExist) {
  EXPECT_DEATH(civil_date(2026, 2, 29), "does not exist");
}

}  // namespace
}  // namespace sekisho::fhir
