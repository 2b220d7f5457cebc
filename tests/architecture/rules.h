#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::architecture {

// A thing that only some places may name: a library's headers or a word of code. A place is a file
// or a folder.
struct Owned {
  std::string name;
  std::vector<std::string> tokens;
  std::vector<std::string> places;
};

// The rules of docs/architecture.md.
struct Rules {
  struct Room {
    std::set<std::string> may_use;
    bool all = false;
    bool built = false;
  };
  std::map<std::string, Room> rooms;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> narrow;  // room, of: headers
  std::vector<Owned> libraries;
  std::vector<Owned> words;
};

// Reads the page's tables; throws std::runtime_error where one is missing or not understood.
Rules parse_rules(std::string_view page);

// The room that a path of the tree belongs to: the longest folder of the table; "" if none.
std::string room_of(const Rules& rules, std::string_view path);

}  // namespace sekisho::architecture
