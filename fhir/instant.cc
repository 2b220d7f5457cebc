#include "fhir/instant.h"

#include <algorithm>
#include <array>
#include <string>

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

// By hand, because an answer has four such texts in it and printf takes its time. What has more
// digits than `width` keeps them.
void add_digits(std::string& out, int number, std::size_t width) {
  const std::string digits = std::to_string(number);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

void add_clockface(std::string& out, const Clockface& t) {
  add_digits(out, t.hour, 2);
  out += ':';
  add_digits(out, t.minute, 2);
  out += ':';
  add_digits(out, t.second, 2);
}

std::string date_and_time(std::int64_t ms, std::string_view zone) {
  const std::int64_t days = floor_days(ms);
  const Clockface t = clockface(ms - days * kDayMs);
  std::string text = to_text(CivilDate(std::chrono::days(days)));
  text.reserve(32);
  text += 'T';
  add_clockface(text, t);
  text += '.';
  add_digits(text, t.ms, 3);
  text += zone;
  return text;
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
  std::string text;
  add_digits(text, static_cast<int>(date.year()), 4);
  text += '-';
  add_digits(text, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  text += '-';
  add_digits(text, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  return text;
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
  std::string text;
  text.reserve(32);
  text += kDays[std::chrono::weekday(day).c_encoding()];
  text += ", ";
  add_digits(text, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  text += ' ';
  text += kMonths[static_cast<unsigned>(date.month()) - 1];
  text += ' ';
  add_digits(text, static_cast<int>(date.year()), 4);
  text += ' ';
  add_clockface(text, t);
  text += " GMT";
  return text;
}

std::optional<Instant> parse_instant(std::string_view text) {
  const std::optional<DateTime> parsed = parse_date_time(text);
  if (!parsed || !parsed->zoned || parsed->precision < Precision::kSecond) {
    return std::nullopt;
  }
  return parsed->begin;
}

}  // namespace sekisho::fhir
