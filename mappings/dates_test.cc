#include "mappings/dates.h"

#include <gtest/gtest.h>

namespace sekisho::mappings {
namespace {

std::string written(const std::optional<SourceDate>& date) {
  if (!date) {
    return "none";
  }
  return date->date + (date->time.empty() ? "" : "T" + date->time + date->zone) +
         (date->hour_only ? " hour only" : "") + (date->iso_form ? " iso" : "");
}

struct Row {
  const char* text;
  const char* means;
};

TEST(ReadDate, KeepsThePrecisionThatTheSourceHas) {
  for (const Row& row : {
           Row{"2026", "2026"},
           Row{"202611", "2026-11"},
           Row{"20261120", "2026-11-20"},
           Row{" 20261120 ", "2026-11-20"},
           Row{"２０２６１１２０", "2026-11-20"},
           Row{"2026112009", "2026-11-20T09:00:00+09:00 hour only"},
           Row{"202611200930", "2026-11-20T09:30:00+09:00"},
           Row{"20261120093015", "2026-11-20T09:30:15+09:00"},
           Row{"20261120093015.1", "2026-11-20T09:30:15.1+09:00"},
           Row{"20261120093015.1234", "2026-11-20T09:30:15.1234+09:00"},
           Row{"20261120093015123", "2026-11-20T09:30:15.123+09:00"},
           Row{"2026112009301512", "2026-11-20T09:30:15.12+09:00"},
           Row{"202611200930+0900", "2026-11-20T09:30:00+09:00"},
           Row{"202611200030-05", "2026-11-20T00:30:00-05:00"},
           Row{"20261120003000Z", "2026-11-20T00:30:00Z"},
           Row{"2026-11-20", "2026-11-20 iso"},
           Row{"2026-11-20T09:30:15+09:00", "2026-11-20T09:30:15+09:00 iso"},
           Row{"2026/11/20 09:30", "2026-11-20T09:30:00+09:00 iso"},
           Row{"20240229", "2024-02-29"},
       }) {
    EXPECT_EQ(written(read_date(row.text, "+09:00")), row.means) << row.text;
  }
}

TEST(ReadDate, RefusesWhatIsNoDate) {
  for (const char* text : {"", "00000000", "99999999", "20261301", "20260230", "20250229",
                           "2026112", "202", "abc", "202611202400", "202611200960",
                           "20261120093060", "20261120T", "S600412", "12345", "20261120+99"}) {
    EXPECT_EQ(written(read_date(text, "+09:00")), "none") << text;
  }
}

TEST(ReadWareki, KnowsTheDaysOnWhichErasBegin) {
  for (const Row& row : {
           Row{"S23.04.05", "1948-04-05"},
           Row{"昭和23年4月5日", "1948-04-05"},
           Row{"3480405", "1973-04-05"},
           Row{"Ｓ２３．４．５", "1948-04-05"},
           Row{"s230405", "1948-04-05"},
           Row{"令和元年5月1日", "2019-05-01"},
           Row{"H31.04.30", "2019-04-30"},
           Row{"H01.01.08", "1989-01-08"},
           Row{"S64.01.07", "1989-01-07"},
           Row{"T15.12.25", "1926-12-25"},
           Row{"S01.12.25", "1926-12-25"},
           Row{"M45.07.29", "1912-07-29"},
           Row{"M06.01.01", "1873-01-01"},
           Row{"5010501", "2019-05-01"},
           Row{"H31.05.01", "none"},
           Row{"R01.04.30", "none"},
           Row{"S64.01.08", "none"},
           Row{"H01.01.07", "none"},
           Row{"M05.12.31", "none"},
           Row{"M45.07.30", "none"},
           Row{"S23.13.01", "none"},
           Row{"S23", "none"},
           Row{"X230405", "none"},
           Row{"S99999999999.1.1", "none"},
           Row{"令和99999999999年1月1日", "none"},
           Row{"", "none"},
       }) {
    EXPECT_EQ(written(read_wareki(row.text)), row.means) << row.text;
  }
}

TEST(ReadTime, HasSecondsAndNoTwentyFourthHour) {
  EXPECT_EQ(read_time("0930").value_or("none"), "09:30:00");
  EXPECT_EQ(read_time("093015.5").value_or("none"), "09:30:15.5");
  EXPECT_EQ(read_time("09").value_or("none"), "09:00:00");
  for (const char* text : {"", "9", "2400", "0960", "093061", "0930151", "ab"}) {
    EXPECT_EQ(read_time(text).value_or("none"), "none") << text;
  }
}

}  // namespace
}  // namespace sekisho::mappings
