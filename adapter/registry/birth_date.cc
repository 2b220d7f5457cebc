#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include "adapter/registry/person_key.h"
#include "fhir/text.h"

namespace sekisho::registry {
namespace {

using fhir::CivilDate;

// Japanese eras: the name, its letter, the first day and the year before year 1. An era ends where
// the next begins.
struct Era {
  std::string_view name;
  char letter;
  int before_first_year;
  int from;  // yyyymmdd
};
constexpr std::array<Era, 5> kEras = {{{"明治", 'M', 1867, 18681023},
                                       {"大正", 'T', 1911, 19120730},
                                       {"昭和", 'S', 1925, 19261225},
                                       {"平成", 'H', 1988, 19890108},
                                       {"令和", 'R', 2018, 20190501}}};

std::optional<CivilDate> day_of(int year, int month, int day) {
  if (year < 1800 || year > 9999 || month < 1 || day < 1) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return date.ok() ? std::optional(CivilDate(date)) : std::nullopt;
}

// Three groups of digits, and between them nothing but one separator each: "-", "/", ".", 年, 月,
// 日.
std::optional<std::array<int, 3>> three_numbers(std::string_view text) {
  constexpr std::array<std::string_view, 6> kBetween = {"-", "/", ".", "年", "月", "日"};
  std::array<int, 3> numbers{};
  for (std::size_t i = 0; i < 3; ++i) {
    int value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto digits = static_cast<std::size_t>(parsed.ptr - text.data());
    if (parsed.ec != std::errc() || digits == 0 || digits > 4 || value < 0) {
      return std::nullopt;
    }
    numbers[i] = value;
    text.remove_prefix(digits);
    for (const std::string_view between : kBetween) {
      if (text.substr(0, between.size()) == between) {
        text.remove_prefix(between.size());
        break;
      }
    }
  }
  return text.empty() ? std::optional(numbers) : std::nullopt;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

std::optional<CivilDate> in_era(const Era& era, std::string_view rest) {
  const auto numbers = three_numbers(rest);
  if (!numbers || (*numbers)[0] < 1) {
    return std::nullopt;
  }
  const auto& [year, month, day] = *numbers;
  const auto date = day_of(era.before_first_year + year, month, day);
  const int written = (era.before_first_year + year) * 10000 + month * 100 + day;
  const auto next = std::find_if(kEras.begin(), kEras.end(),
                                 [&](const Era& other) { return other.from > era.from; });
  // Both eras' names of the day on which they meet are in use.
  const bool inside = written >= era.from && (next == kEras.end() || written <= next->from);
  return inside ? date : std::nullopt;
}

}  // namespace

std::optional<CivilDate> read_birth_date(std::string_view written) {
  std::string text;
  for (const char c : fhir::upper(fhir::nfkc(fhir::trim(written)))) {
    if (c != ' ') {
      text += c;
    }
  }
  text = replaced(std::move(text), "元年", "1年");
  for (const Era& era : kEras) {
    if (text.compare(0, era.name.size(), era.name) == 0) {
      return in_era(era, std::string_view(text).substr(era.name.size()));
    }
    if (!text.empty() && text[0] == era.letter) {
      return in_era(era, std::string_view(text).substr(1));
    }
  }
  if (text.size() == 8 && text.find_first_not_of("0123456789") == std::string::npos) {
    text = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6);
  }
  const auto numbers = three_numbers(text);
  return numbers ? day_of((*numbers)[0], (*numbers)[1], (*numbers)[2]) : std::nullopt;
}

}  // namespace sekisho::registry
