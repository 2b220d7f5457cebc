#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::mappings {

// What a date of a message says (mapping-format 6.4), in the precision in which it says it.
struct SourceDate {
  std::string date;        // "2026", "2026-11" or "2026-11-20"
  std::string time;        // "09:30:00" with its fraction, empty where none was said
  std::string zone;        // "+09:00", from the text or the default
  bool hour_only = false;  // the time is an hour without minutes
  bool iso_form = false;   // it was written in ISO form already: accepted, and worth a warning
};

// Nothing for an impossible date, 00000000, 99999999, or a text that is no date.
std::optional<SourceDate> read_date(std::string_view text, std::string_view default_zone);
// Japanese eras: "S23.04.05", "昭和23年4月5日", "3480405". Nothing outside an era's days.
std::optional<SourceDate> read_wareki(std::string_view text);
// "0930", "093000.12" as "09:30:00", "09:30:00.12".
std::optional<std::string> read_time(std::string_view text);

}  // namespace sekisho::mappings
