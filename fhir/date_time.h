#pragma once

#include <optional>
#include <string_view>

#include "fhir/instant.h"

namespace sekisho::fhir {

enum class Precision { kYear, kMonth, kDay, kMinute, kSecond, kFraction };

// A FHIR date, dateTime or instant with the precision it was written in, as the range of instants
// that it stands for (R4 search.html#date): [begin, end), end exclusive.
struct DateTime {
  Instant begin;
  Instant end;
  Precision precision = Precision::kDay;
  bool zoned = false;  // it named a zone; without one Japan's is read
};

// Also what R4 allows in a search only: a time without seconds, and one without a zone. Nothing for
// any other text that is no FHIR date, dateTime or instant (years 0001 to 9999).
std::optional<DateTime> parse_date_time(std::string_view text);

// The civil date in Japan, where the text says at least a full day; else nothing (a partial date
// denies where a permit has a data period, release-decision 4.4a).
std::optional<CivilDate> full_japan_date(std::string_view text);

}  // namespace sekisho::fhir
