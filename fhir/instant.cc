#include "fhir/instant.h"

#include <array>
#include <cstdio>

#include "fhir/check.h"
#include "fhir/date_time.h"

namespace sekisho::fhir {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kJapanMs = 9 * 3'600'000;

std::int64_t floor_days(std::int64_t ms) {
  return ms >= 0 ? ms / kDayMs : -((-ms + kDayMs - 1) / kDayMs);
}

struct Clockface {
  int hour, minute, second, ms;
};
Clockface clockface(std::int64_t ms_of_day) {
  return {static_cast<int>(ms_of_day / 3'600'000), static_cast<int>(ms_of_day / 60'000 % 60),
          static_cast<int>(ms_of_day / 1'000 % 60), static_cast<int>(ms_of_day % 1'000)};
}

std::string date_and_time(std::int64_t ms, const char* zone) {
  const std::int64_t days = floor_days(ms);
  const Clockface t = clockface(ms - days * kDayMs);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%03d%s", t.hour, t.minute, t.second,
                t.ms, zone);
  return to_text(CivilDate(std::chrono::days(days))) + text.data();
}

}  // namespace

CivilDate japan_date(Instant at) {
  return CivilDate(std::chrono::days(floor_days(at.ms + kJapanMs)));
}

Instant japan_midnight(CivilDate day) {
  return Instant{std::int64_t{day.time_since_epoch().count()} * kDayMs - kJapanMs};
}

CivilDate civil_date(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  check(date.ok(), "civil_date of a day that does not exist");
  return CivilDate(date);
}

std::string to_text(CivilDate day) {
  const std::chrono::year_month_day date(day);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::optional<CivilDate> parse_civil_date(std::string_view text) {
  const std::optional<DateTime> parsed = parse_date_time(text);
  if (!parsed || parsed->precision != Precision::kDay) {
    return std::nullopt;
  }
  return japan_date(parsed->begin);
}

std::string to_text(Instant at) { return date_and_time(at.ms, "Z"); }

std::string to_japan_text(Instant at) { return date_and_time(at.ms + kJapanMs, "+09:00"); }

std::string to_http_date(Instant at) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t days = floor_days(at.ms);
  const CivilDate day{std::chrono::days(days)};
  const std::chrono::year_month_day date(day);
  const Clockface t = clockface(at.ms - days * kDayMs);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                t.hour, t.minute, t.second);
  return text.data();
}

std::optional<Instant> parse_instant(std::string_view text) {
  const std::optional<DateTime> parsed = parse_date_time(text);
  if (!parsed || !parsed->zoned || parsed->precision < Precision::kSecond) {
    return std::nullopt;
  }
  return parsed->begin;
}

}  // namespace sekisho::fhir
