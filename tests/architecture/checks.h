#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/architecture/rules.h"

namespace sekisho::architecture {

// A source file of the tree: its path from the top and its text.
struct File {
  std::string path;
  std::string text;
};

// Each check gives a line for each breach: where, what and what to do.
using Findings = std::vector<std::string>;

Findings check_edges(const Rules& rules, const std::vector<File>& files);
Findings check_cycles(const Rules& rules, const std::vector<File>& files);  // rooms and headers
// A namespace is opened in its own room only, but for bare declarations (class X;): what is private
// to a friend of another room cannot be had by writing a class of the friend's name.
Findings check_namespaces(const Rules& rules, const std::vector<File>& files);
Findings check_libraries(const Rules& rules, const std::vector<File>& files);
Findings check_words(const Rules& rules, const std::vector<File>& files);
Findings check_sizes(const std::vector<File>& files);
// The names at the top of the tree.
Findings check_top_level(const std::vector<std::string>& names);
// A room is `built` where it has source files, and only there.
Findings check_states(const Rules& rules, const std::vector<File>& files);

}  // namespace sekisho::architecture
