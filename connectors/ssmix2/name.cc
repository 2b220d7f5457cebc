#include "connectors/ssmix2/name.h"

#include <algorithm>
#include <array>
#include <vector>

namespace sekisho::connectors::ssmix2 {

namespace {

bool digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_date(std::string_view text) { return text == "-" || digits(text, 8, 8); }

// "ADT-00", "OMD": three capitals, and in all types but the diet order two digits.
bool is_type(std::string_view text) {
  const bool capitals = text.size() >= 3 && std::all_of(text.begin(), text.begin() + 3, [](char c) {
                          return c >= 'A' && c <= 'Z';
                        });
  return capitals &&
         (text.size() == 3 || (text.size() == 6 && text[3] == '-' && digits(text.substr(4), 2, 2)));
}

bool is_department(std::string_view text) {
  return text == "-" || (text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                                  (c >= 'a' && c <= 'z');
                         }));
}

// Takes the part behind the last '_' off the text.
bool take_last(std::string_view& text, std::string_view& part) {
  const std::size_t at = text.rfind('_');
  if (at == std::string_view::npos) {
    return false;
  }
  part = text.substr(at + 1);
  text.remove_suffix(text.size() - at);
  return true;
}

bool is_datetime(std::string_view text) { return digits(text, 15, 17); }

}  // namespace

std::optional<Name> parse_name(std::string_view file_name) {
  std::string_view rest = file_name;
  std::string_view flag;
  std::string_view department;
  std::string_view datetime;
  std::string_view order;
  std::string_view type;
  std::string_view date;
  if (!take_last(rest, flag) || !take_last(rest, department)) {
    return std::nullopt;
  }
  if (is_datetime(department)) {  // six parts: no department
    std::swap(department, datetime);
  } else if (!take_last(rest, datetime)) {
    return std::nullopt;
  }
  if (!take_last(rest, order) || !take_last(rest, type) || !take_last(rest, date)) {
    return std::nullopt;
  }
  const bool flag_known = flag == "0" || flag == "1" || flag == "2";
  if (!flag_known || !is_department(department) || !is_datetime(datetime) ||
      !digits(order, 13, 15) || !is_type(type) || !is_date(date) || rest.empty() ||
      rest.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  Name name;
  name.patient = rest;  // may itself hold '_': the parts are counted from the right
  name.date = date;
  name.type = type;
  name.order = order;
  name.datetime = datetime;
  name.department = department;
  name.flag = flag[0];
  return name;
}

std::string match_key(const Name& name) {
  return name.patient + '_' + name.date + '_' + name.type + '_' + name.order;
}

std::optional<Place> parse_place(std::string_view relative_path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; parts.size() < 7;) {
    const std::size_t end = std::min(relative_path.find('/', at), relative_path.size());
    parts.push_back(relative_path.substr(at, end - at));
    if (end == relative_path.size()) {
      break;
    }
    at = end + 1;
  }
  const bool empty_part =
      std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty(); });
  if (parts.size() != 6 || empty_part || parts[2].substr(0, 3) != parts[0] ||
      parts[2].substr(std::min<std::size_t>(3, parts[2].size()), 3) != parts[1]) {
    return std::nullopt;
  }
  Place place;
  place.patient = parts[2];
  place.date = parts[3];
  place.type = parts[4];
  place.file = parts[5];
  return place;
}

}  // namespace sekisho::connectors::ssmix2
