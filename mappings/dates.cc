#include "mappings/dates.h"

#include <array>
#include <charconv>
#include <chrono>

#include "fhir/text.h"
#include "mappings/value.h"

namespace sekisho::mappings {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  for (char c : text) {
    if (!is_digit(c)) {
      return false;
    }
  }
  return true;
}

int number(std::string_view digits) {
  int out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

std::string two(int value) {
  std::string out = std::to_string(value);
  return out.size() < 2 ? "0" + out : out;
}

bool is_day(int year, int month, int day) {
  using namespace std::chrono;
  return year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                        std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

// "20261120" and shorter to "2026-11-20" and shorter; empty if there is no such day.
std::string civil(std::string_view digits) {
  int year = number(digits.substr(0, 4));
  if (year < 1800 || year > 2200) {
    return {};  // 00000000, 99999999 and typing errors
  }
  std::string out(digits.substr(0, 4));
  if (digits.size() >= 6) {
    int month = number(digits.substr(4, 2));
    if (month < 1 || month > 12) {
      return {};
    }
    out += "-" + std::string(digits.substr(4, 2));
    if (digits.size() >= 8) {
      if (!is_day(year, month, number(digits.substr(6, 2)))) {
        return {};
      }
      out += "-" + std::string(digits.substr(6, 2));
    }
  }
  return out;
}

// "+0900", "+09:00", "+09", "Z" to "+09:00" or "Z".
std::optional<std::string> read_zone(std::string_view text) {
  if (text == "Z" || text == "z") {
    return "Z";
  }
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) {
    return std::nullopt;
  }
  std::string digits;
  for (char c : text.substr(1)) {
    if (c != ':') {
      digits.push_back(c);
    }
  }
  if (!all_digits(digits) || (digits.size() != 2 && digits.size() != 4)) {
    return std::nullopt;
  }
  int hours = number(std::string_view(digits).substr(0, 2));
  int minutes = digits.size() == 4 ? number(std::string_view(digits).substr(2, 2)) : 0;
  if (hours > 14 || minutes > 59 || (hours == 14 && minutes > 0)) {
    return std::nullopt;
  }
  return std::string(1, text[0]) + two(hours) + ":" + two(minutes);
}

// ISO form to the compact one: 2026-11-20T09:30:00+09:00 to 20261120093000+0900.
std::string compact(std::string_view text) {
  std::string out;
  bool in_time = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == 'T' || c == ' ') {
      in_time = true;
    } else if (c == ':' || (c == '-' && !in_time) || (c == '/' && !in_time)) {
      continue;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

bool looks_iso(std::string_view text) {
  return text.size() >= 7 && all_digits(text.substr(0, 4)) && (text[4] == '-' || text[4] == '/');
}

struct Era {
  char letter;
  char digit;
  std::string_view name;
  int first_year;
  int from;  // YYYYMMDD
  int to;    // the era's last day
};
constexpr std::array kEras = {
    Era{'M', '1', "\xE6\x98\x8E\xE6\xB2\xBB", 1868, 18680125, 19120729},
    Era{'T', '2', "\xE5\xA4\xA7\xE6\xAD\xA3", 1912, 19120730, 19261225},
    Era{'S', '3', "\xE6\x98\xAD\xE5\x92\x8C", 1926, 19261225, 19890107},
    Era{'H', '4', "\xE5\xB9\xB3\xE6\x88\x90", 1989, 19890108, 20190430},
    Era{'R', '5', "\xE4\xBB\xA4\xE5\x92\x8C", 2019, 20190501, 22001231},
};
constexpr int kGregorianFrom = 18730101;  // before it, Japan counted by the old calendar

// Year, month and day of the texts between the separators . / - and 年月日; 元 is year 1.
std::array<int, 3> wareki_parts(std::string_view text) {
  std::array<int, 3> parts{0, 0, 0};
  std::size_t part = 0;
  bool in_number = false;
  if (text.starts_with("\xE5\x85\x83")) {
    parts[0] = 1;
    in_number = true;
    text.remove_prefix(3);
  }
  for (char c : text) {
    if (is_digit(c)) {
      if (part < 3 && parts[part] < 1000) {
        parts[part] = parts[part] * 10 + (c - '0');
      }
      in_number = true;
    } else if (in_number) {
      in_number = false;
      ++part;
    }
  }
  return parts;
}

}  // namespace

std::optional<std::string> read_time(std::string_view text) {
  std::string_view digits = text.substr(0, text.find('.'));
  std::string_view fraction = digits.size() == text.size() ? "" : text.substr(digits.size() + 1);
  if (!all_digits(digits) || !all_digits(fraction) || digits.size() % 2 != 0 || digits.size() < 2 ||
      digits.size() > 6) {
    return std::nullopt;
  }
  int hour = number(digits.substr(0, 2));
  int minute = digits.size() >= 4 ? number(digits.substr(2, 2)) : 0;
  int second = digits.size() >= 6 ? number(digits.substr(4, 2)) : 0;
  if (hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;  // 24:00 is no time in FHIR
  }
  std::string out = two(hour) + ":" + two(minute) + ":" + two(second);
  if (!fraction.empty() && digits.size() == 6) {
    out += "." + std::string(fraction);
  }
  return out;
}

std::optional<SourceDate> read_date(std::string_view text, std::string_view default_zone) {
  std::string folded;
  text = trimmed(text);
  if (text.empty() || !is_digit(text.front())) {
    folded = fhir::nfkc(text);  // full-width digits
    text = folded;
  }
  SourceDate out;
  out.zone = default_zone;
  out.iso_form = looks_iso(text);
  std::string body = out.iso_form ? compact(text) : std::string(text);
  if (std::size_t sign = body.find_first_of("+-Zz"); sign != std::string::npos) {
    auto zone = read_zone(std::string_view(body).substr(sign));
    if (!zone) {
      return std::nullopt;
    }
    out.zone = *zone;
    body.resize(sign);
  }
  std::string_view digits = std::string_view(body).substr(0, body.find('.'));
  if (!all_digits(digits) || digits.size() < 4 || digits.size() % 2 == 1) {
    // 17 digits without a dot: the last three are milliseconds; 15 and 16 occur too.
    if (!all_digits(digits) || digits.size() < 15 || body.size() != digits.size()) {
      return std::nullopt;
    }
  }
  std::string_view day = digits.substr(0, std::min<std::size_t>(digits.size(), 8));
  out.date = civil(day);
  if (out.date.empty()) {
    return std::nullopt;
  }
  std::string_view time = std::string_view(body).substr(day.size());
  if (time.empty()) {
    return out;
  }
  std::string dotted(time);
  if (digits.size() > 14 && body.size() == digits.size()) {
    dotted.insert(6, ".");
  }
  auto read = read_time(dotted);
  if (!read) {
    return std::nullopt;
  }
  out.time = *read;
  out.hour_only = digits.size() == 10;
  return out;
}

std::optional<SourceDate> read_wareki(std::string_view raw) {
  std::string folded = fhir::nfkc(trimmed(raw));
  std::string_view text = folded;
  for (const Era& era : kEras) {
    std::array<int, 3> parts{0, 0, 0};
    bool lower = !text.empty() && text.front() == era.letter - 'A' + 'a';
    if (text.starts_with(era.name)) {
      parts = wareki_parts(text.substr(era.name.size()));
    } else if (!text.empty() && (text.front() == era.letter || lower)) {
      std::string_view rest = text.substr(1);
      parts = rest.size() == 6 && all_digits(rest)
                  ? std::array<int, 3>{number(rest.substr(0, 2)), number(rest.substr(2, 2)),
                                       number(rest.substr(4, 2))}
                  : wareki_parts(rest);
    } else if (text.size() == 7 && all_digits(text) && text.front() == era.digit) {
      parts = {number(text.substr(1, 2)), number(text.substr(3, 2)), number(text.substr(5, 2))};
    } else {
      continue;
    }
    int year = era.first_year + parts[0] - 1;
    if (parts[0] < 1 || parts[1] < 1 || parts[2] < 1 || !is_day(year, parts[1], parts[2])) {
      return std::nullopt;
    }
    int day = year * 10000 + parts[1] * 100 + parts[2];
    if (day < era.from || day > era.to || day < kGregorianFrom) {
      return std::nullopt;
    }
    SourceDate out;
    out.date = std::to_string(year) + "-" + two(parts[1]) + "-" + two(parts[2]);
    return out;
  }
  return std::nullopt;
}

}  // namespace sekisho::mappings
