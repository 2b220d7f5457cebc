#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::fhir {

// A point in time: milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

// A day of the proleptic Gregorian calendar, without a zone.
using CivilDate = std::chrono::sys_days;

// Where the time comes from. Only adapter/agent reads the machine's clock; all else is handed one.
// Implementations may be called from several threads at once.
using Clock = std::function<Instant()>;

// Legal days are Japan's (+09:00, no daylight saving) on every host (release-decision 4.7).
CivilDate japan_date(Instant at);
Instant japan_midnight(CivilDate day);  // 00:00:00.000 in Japan on that day

CivilDate civil_date(int year, unsigned month, unsigned day);  // checked: the day exists
std::string to_text(CivilDate day);                            // "2026-11-20"
// Full dates only ("2026-11-20"); nothing for any other text.
std::optional<CivilDate> parse_civil_date(std::string_view text);

std::string to_text(Instant at);        // "2026-11-20T01:02:03.004Z"
std::string to_japan_text(Instant at);  // "2026-11-20T10:02:03.004+09:00"
std::string to_http_date(Instant at);   // IMF-fixdate, as in Last-Modified
// A FHIR instant or dateTime with time and zone; fraction of any length, cut to milliseconds.
std::optional<Instant> parse_instant(std::string_view text);

}  // namespace sekisho::fhir
