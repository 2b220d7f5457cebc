#include "adapter/query/held.h"

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "fhir/text.h"

namespace sekisho::query {

namespace {

std::string_view opaque_tag(std::string_view tag) {
  tag = fhir::trim_blanks(tag);
  return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag;
}

// Weak comparison over a list. Our tags hold no comma, so cutting at commas finds them all.
bool lists(std::string_view list, std::string_view etag) {
  if (fhir::trim_blanks(list) == "*") {
    return true;
  }
  while (true) {
    const std::size_t comma = list.find(',');
    if (opaque_tag(list.substr(0, comma)) == opaque_tag(etag)) {
      return true;
    }
    if (comma == std::string_view::npos) {
      return false;
    }
    list.remove_prefix(comma + 1);
  }
}

std::optional<int> digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    number = number * 10 + (c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(number);
}

std::optional<unsigned> month_of(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == name) {
      return i + 1;
    }
  }
  return std::nullopt;
}

// IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT". Seconds since 1970.
std::optional<std::int64_t> http_date(std::string_view text) {
  text = fhir::trim_blanks(text);
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" ||
      text[19] != ':' || text[22] != ':') {
    return std::nullopt;
  }
  const auto day = digits(text.substr(5, 2));
  const auto month = month_of(text.substr(8, 3));
  const auto year = digits(text.substr(12, 4));
  const auto hour = digits(text.substr(17, 2));
  const auto minute = digits(text.substr(20, 2));
  const auto second = digits(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second || *hour > 23 || *minute > 59 ||
      *second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + *hour * 3600 + *minute * 60 + *second;
}

std::int64_t whole_seconds(fhir::Instant at) {
  return at.ms >= 0 ? at.ms / 1000 : (at.ms - 999) / 1000;
}

}  // namespace

std::string etag_of(std::int64_t version) { return "W/\"" + std::to_string(version) + "\""; }

bool holds(const Held& held, std::int64_t version, fhir::Instant last_updated) {
  if (!held.if_none_match.empty()) {
    return lists(held.if_none_match, etag_of(version));
  }
  const std::optional<std::int64_t> since = http_date(held.if_modified_since);
  return since && whole_seconds(last_updated) <= *since;
}

}  // namespace sekisho::query
