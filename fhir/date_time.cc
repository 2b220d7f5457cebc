#include "fhir/date_time.h"

#include <algorithm>
#include <cstdint>

namespace sekisho::fhir {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kJapanMinutes = 9 * 60;

// Takes pieces from the front of the text.
class Scanner {
 public:
  explicit Scanner(std::string_view rest) : rest_(rest) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool take(char c) {
    if (peek() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  // A number of exactly that many digits, at most `most`.
  bool number(std::size_t digits, unsigned most, unsigned& value) {
    if (rest_.size() < digits) {
      return false;
    }
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') {
        return false;
      }
      value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value <= most;
  }

  // The digits of a fraction as milliseconds, cut, with the width that its last digit stands for.
  bool fraction(std::int64_t& ms, std::int64_t& width) {
    const std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    ms = 0;
    width = 1000;
    for (std::size_t i = 0; i < digits && width > 1; ++i) {
      width /= 10;
      ms += (rest_[i] - '0') * width;
    }
    rest_.remove_prefix(digits);
    return digits > 0;
  }

 private:
  std::string_view rest_;
};

std::int64_t days_of(std::chrono::year_month_day date) {
  return CivilDate(date).time_since_epoch().count();
}

struct Time {
  std::int64_t ms = 0;     // of the day
  std::int64_t width = 0;  // what the precision stands for
  Precision precision = Precision::kMinute;
};

bool scan_time(Scanner& in, Time& time) {
  unsigned hour = 0, minute = 0;
  if (!in.number(2, 23, hour) || !in.take(':') || !in.number(2, 59, minute)) {
    return false;
  }
  time.ms = (std::int64_t{hour} * 60 + minute) * kMinuteMs;
  time.width = kMinuteMs;
  if (!in.take(':')) {
    return true;
  }
  unsigned second = 0;
  if (!in.number(2, 60, second)) {  // 60: a leap second, as FHIR allows
    return false;
  }
  time.ms += std::int64_t{second} * 1000;
  time.width = 1000;
  time.precision = Precision::kSecond;
  if (!in.take('.')) {
    return true;
  }
  std::int64_t fraction = 0;
  time.precision = Precision::kFraction;
  const bool digits = in.fraction(fraction, time.width);
  time.ms += fraction;
  return digits;
}

// Minutes east of UTC; true with Japan's where no zone is written.
bool scan_zone(Scanner& in, std::int64_t& minutes, bool& zoned) {
  minutes = kJapanMinutes;
  zoned = !in.done();
  if (!zoned) {
    return true;
  }
  if (in.take('Z')) {
    minutes = 0;
    return in.done();
  }
  const bool west = in.peek() == '-';
  unsigned hour = 0, minute = 0;
  if (!(in.take('+') || in.take('-')) || !in.number(2, 14, hour) || !in.take(':') ||
      !in.number(2, 59, minute) || (hour == 14 && minute != 0)) {
    return false;
  }
  minutes = std::int64_t{hour} * 60 + minute;
  if (west) {
    minutes = -minutes;
  }
  return in.done();
}

// A range of whole days of Japan.
DateTime whole_days(std::int64_t begin, std::int64_t end, Precision precision) {
  const auto midnight = [](std::int64_t day) {
    return Instant{day * kDayMs - kJapanMinutes * kMinuteMs};
  };
  return DateTime{midnight(begin), midnight(end), precision, false};
}

}  // namespace

std::optional<DateTime> parse_date_time(std::string_view text) {
  namespace ch = std::chrono;
  Scanner in(text);
  unsigned year = 0, month = 0, day = 0;
  if (!in.number(4, 9999, year) || year == 0) {
    return std::nullopt;
  }
  const ch::year y(static_cast<int>(year));
  if (in.done()) {
    return whole_days(days_of(y / ch::January / 1), days_of((y + ch::years(1)) / ch::January / 1),
                      Precision::kYear);
  }
  if (!in.take('-') || !in.number(2, 12, month) || month == 0) {
    return std::nullopt;
  }
  const ch::year_month ym = y / ch::month(month);
  if (in.done()) {
    return whole_days(days_of(ym / 1), days_of((ym + ch::months(1)) / 1), Precision::kMonth);
  }
  if (!in.take('-') || !in.number(2, 31, day) || !(ym / ch::day(day)).ok()) {
    return std::nullopt;
  }
  const std::int64_t date = days_of(ym / ch::day(day));
  if (in.done()) {
    return whole_days(date, date + 1, Precision::kDay);
  }
  Time time;
  std::int64_t zone = 0;
  bool zoned = false;
  if (!in.take('T') || !scan_time(in, time) || !scan_zone(in, zone, zoned)) {
    return std::nullopt;
  }
  const Instant begin{date * kDayMs + time.ms - zone * kMinuteMs};
  return DateTime{begin, Instant{begin.ms + time.width}, time.precision, zoned};
}

std::optional<CivilDate> full_japan_date(std::string_view text) {
  const std::optional<DateTime> parsed = parse_date_time(text);
  if (!parsed || parsed->precision < Precision::kDay) {
    return std::nullopt;
  }
  return japan_date(parsed->begin);
}

}  // namespace sekisho::fhir
