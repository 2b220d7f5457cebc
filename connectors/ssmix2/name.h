#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::connectors::ssmix2 {

// A file name of the standardized storage, parsed from the right (sources 1.1):
// patient_date_type_order_datetime_department_flag; the department may be missing.
struct Name {
  std::string patient;
  std::string date;        // YYYYMMDD or "-"
  std::string type;        // "OML-11"
  std::string order;       // 13 to 15 digits as they stand
  std::string datetime;    // 15 to 17 digits as they stand
  std::string department;  // "-" or empty where absent
  char flag = '1';         // 1 current, 0 deleted, 2 superseded

  bool operator==(const Name&) const = default;
};

std::optional<Name> parse_name(std::string_view file_name);

// What replaces what (sources 1.6): patient, date, type and order.
std::string match_key(const Name& name);

// A path below a storage root: PID 1-3 / PID 4-6 / PID / date / type / file.
struct Place {
  std::string patient;  // of the folder
  std::string date;
  std::string type;
  std::string file;
};
std::optional<Place> parse_place(std::string_view relative_path);

}  // namespace sekisho::connectors::ssmix2
