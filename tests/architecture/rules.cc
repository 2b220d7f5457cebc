#include "tests/architecture/rules.h"

#include <algorithm>
#include <stdexcept>

namespace sekisho::architecture {

namespace {

using Row = std::vector<std::string>;

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  const std::size_t end = text.find_last_not_of(" \t");
  return begin == std::string_view::npos ? "" : std::string(text.substr(begin, end - begin + 1));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Row cells_of(const std::string& line) {
  Row cells;
  std::size_t begin = 1;
  for (std::size_t end = line.find('|', begin); end != std::string::npos;
       begin = end + 1, end = line.find('|', begin)) {
    cells.push_back(trimmed(std::string_view(line).substr(begin, end - begin)));
  }
  return cells;
}

// The rows below the table head that consists of these cells.
std::vector<Row> table(std::string_view page, const Row& head) {
  std::vector<Row> rows;
  bool inside = false;
  for (const std::string& line : lines_of(page)) {
    if (line.empty() || line[0] != '|') {
      inside = false;
    } else if (cells_of(line) == head) {
      inside = true;
    } else if (inside && line.substr(0, 2) != "|-") {
      rows.push_back(cells_of(line));
      if (rows.back().size() != head.size()) {
        throw std::runtime_error("architecture page: a row has too few cells: " + line);
      }
    }
  }
  if (rows.empty()) {
    throw std::runtime_error("architecture page: no table with the head " + head.front() + ", " +
                             head.at(1));
  }
  return rows;
}

// What stands in backticks.
std::vector<std::string> quoted(const std::string& cell) {
  std::vector<std::string> found;
  for (std::size_t at = cell.find('`'); at != std::string::npos; at = cell.find('`', at + 1)) {
    const std::size_t end = cell.find('`', at + 1);
    if (end == std::string::npos) {
      throw std::runtime_error("architecture page: a backtick is missing: " + cell);
    }
    found.push_back(cell.substr(at + 1, end - at - 1));
    at = end;
  }
  if (found.empty()) {
    throw std::runtime_error("architecture page: nothing in backticks: " + cell);
  }
  return found;
}

std::string without_brackets(const std::string& cell) {
  std::string out;
  int depth = 0;
  for (const char c : cell) {
    depth += c == '(' ? 1 : 0;
    if (depth == 0) {
      out += c;
    }
    depth -= c == ')' ? 1 : 0;
  }
  return out;
}

// "fhir, adapter/{a,b}" as fhir, adapter/a, adapter/b.
std::set<std::string> names_of(const std::string& cell) {
  std::set<std::string> names;
  std::string name;
  std::string prefix;
  for (const char c : without_brackets(cell) + ",") {
    if (c == '{') {
      prefix = trimmed(name);
      name.clear();
    } else if (c == ',' || c == '}') {
      if (!trimmed(name).empty()) {
        names.insert(prefix + trimmed(name));
      }
      name.clear();
      prefix = c == '}' ? "" : prefix;
    } else {
      name += c;
    }
  }
  return names;
}

std::vector<Owned> owned(std::string_view page, const Row& head) {
  std::vector<Owned> found;
  for (const Row& row : table(page, head)) {
    found.push_back(Owned{row[0], quoted(row[1]), quoted(row[2])});
  }
  return found;
}

}  // namespace

Rules parse_rules(std::string_view page) {
  Rules rules;
  for (const Row& row : table(page, {"folder", "what it is for", "may use", "state"})) {
    Rules::Room room;
    room.may_use = names_of(row[2]);
    room.all = room.may_use.erase("all") > 0;
    room.may_use.erase("-");
    if (row[3] != "built" && row[3] != "later") {
      throw std::runtime_error("architecture page: state must be built or later: " + row[3]);
    }
    room.built = row[3] == "built";
    rules.rooms[quoted(row[0]).front()] = room;
  }
  for (const auto& [name, room] : rules.rooms) {
    for (const std::string& used : room.may_use) {
      if (!rules.rooms.contains(used)) {
        throw std::runtime_error("architecture page: " + name + " may use " + used +
                                 ", which is no row");
      }
    }
  }
  for (const Row& row : table(page, {"folder", "of", "only these headers"})) {
    for (const std::string& header : quoted(row[2])) {
      rules.narrow[{quoted(row[0]).front(), quoted(row[1]).front()}].insert(header);
    }
  }
  rules.libraries = owned(page, {"library", "headers", "only in"});
  rules.words = owned(page, {"what", "words", "only in"});
  return rules;
}

std::string room_of(const Rules& rules, std::string_view path) {
  std::string best;
  for (const auto& [name, room] : rules.rooms) {
    if (path.starts_with(name + "/") && name.size() > best.size()) {
      best = name;
    }
  }
  return best;
}

}  // namespace sekisho::architecture
