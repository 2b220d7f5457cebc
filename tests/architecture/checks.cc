#include "tests/architecture/checks.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "tests/architecture/code.h"

namespace sekisho::architecture {

namespace {

constexpr std::size_t kMostFileLines = 600;
constexpr std::size_t kMostHeaderLines = 150;
constexpr std::size_t kMostFunctionLines = 60;

std::string name_of(const File& file) { return file.path.substr(file.path.rfind('/') + 1); }

// Tests and their helpers may use any room and library.
bool is_test(const File& file) {
  const std::string name = name_of(file);
  return file.path.starts_with("tests/") || file.path.starts_with("packaging/") ||
         name.starts_with("test_") || name.starts_with("fuzz_") ||
         name.find("_test.") != std::string::npos;
}

bool is_cpp(const File& file) { return file.path.ends_with(".cc") || file.path.ends_with(".h"); }

bool is_at(const File& file, const std::vector<std::string>& places) {
  return std::any_of(places.begin(), places.end(), [&](const std::string& place) {
    return file.path == place || file.path.starts_with(place + "/");
  });
}

std::string at_line(const File& file, std::size_t line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

using Graph = std::map<std::string, std::set<std::string>>;

// Depth first; `way` is the path so far.
void find_cycles(const Graph& graph, const std::string& node, std::vector<std::string>& way,
                 std::set<std::string>& done, Findings& findings) {
  const auto seen = std::find(way.begin(), way.end(), node);
  if (seen != way.end()) {
    std::string cycle = "cycle: ";
    for (auto at = seen; at != way.end(); ++at) {
      cycle += *at + " -> ";
    }
    findings.push_back(cycle + node);
    return;
  }
  if (!done.insert(node).second) {
    return;
  }
  way.push_back(node);
  const auto edges = graph.find(node);
  if (edges != graph.end()) {
    for (const std::string& next : edges->second) {
      find_cycles(graph, next, way, done, findings);
    }
  }
  way.pop_back();
}

Findings cycles_of(const Graph& graph) {
  Findings findings;
  std::set<std::string> done;
  std::vector<std::string> way;
  for (const auto& [node, edges] : graph) {
    find_cycles(graph, node, way, done, findings);
  }
  return findings;
}

}  // namespace

Findings check_edges(const Rules& rules, const std::vector<File>& files) {
  Findings findings;
  for (const File& file : files) {
    const std::string room = room_of(rules, file.path);
    if (!is_cpp(file) || is_test(file)) {
      continue;
    }
    if (room.empty()) {
      findings.push_back(file.path + ": stands in no room of docs/architecture.md");
      continue;
    }
    const Rules::Room& rule = rules.rooms.at(room);
    for (const Include& include : includes_of(file.text)) {
      const std::string of = room_of(rules, include.name);
      if (!include.quoted || of == room) {
        continue;
      }
      const std::string what = at_line(file, include.line) + "includes " + include.name;
      if (of.empty()) {
        findings.push_back(what + ", which is in no room; write the path from the top");
      } else if (of == "tests") {
        findings.push_back(what + ": the product may not use tests");
      } else if (!rule.all && !rule.may_use.contains(of)) {
        findings.push_back(what + ": " + room + " may not use " + of);
      } else if (const auto narrow = rules.narrow.find({room, of});
                 narrow != rules.narrow.end() && !narrow->second.contains(include.name)) {
        findings.push_back(what + ": of " + of + " " + room + " may use named headers only");
      }
    }
  }
  return findings;
}

Findings check_cycles(const Rules& rules, const std::vector<File>& files) {
  Graph table;
  Graph rooms;
  Graph headers;
  for (const auto& [name, room] : rules.rooms) {
    table[name] = room.may_use;
  }
  for (const File& file : files) {
    const std::string room = room_of(rules, file.path);
    for (const Include& include : includes_of(file.text)) {
      if (!is_cpp(file) || !include.quoted) {
        continue;
      }
      const std::string of = room_of(rules, include.name);
      if (!is_test(file) && of != room) {
        rooms[room].insert(of);
      }
      if (file.path.ends_with(".h")) {
        headers[file.path].insert(include.name);
      }
    }
  }
  Findings findings = cycles_of(table);
  for (const Graph* graph : {&rooms, &headers}) {
    const Findings more = cycles_of(*graph);
    findings.insert(findings.end(), more.begin(), more.end());
  }
  return findings;
}

Findings check_namespaces(const Rules& rules, const std::vector<File>& files) {
  constexpr std::string_view kOpening = "namespace sekisho::";
  Findings findings;
  for (const File& file : files) {
    const std::string room = room_of(rules, file.path);
    if (!is_cpp(file) || is_test(file)) {
      continue;
    }
    const std::string code = code_of(file.text);
    for (std::size_t at = code.find(kOpening); at != std::string::npos;
         at = code.find(kOpening, at + 1)) {
      const std::size_t begin = at + kOpening.size();
      const std::size_t open = std::min(code.find_first_of("{;=", begin), code.size());
      const std::string name = code.substr(begin, code.find_first_of(": {;", begin) - begin);
      const std::string body = code.substr(open, code.find('}', open) - open);
      const bool declares = body.find_first_of("{(", 1) == std::string::npos;
      if (code[open] == '{' && name != room.substr(room.rfind('/') + 1) && !declares) {
        findings.push_back(at_line(file, line_of(code, at)) + "opens sekisho::" + name +
                           ", which is another room's");
      }
    }
  }
  return findings;
}

Findings check_libraries(const Rules& rules, const std::vector<File>& files) {
  Findings findings;
  for (const File& file : files) {
    if (!is_cpp(file) || is_test(file)) {
      continue;
    }
    for (const Include& include : includes_of(file.text)) {
      // The first row that fits: "Poco/Util/" stands above "Poco/".
      for (const Owned& library : rules.libraries) {
        const bool fits = std::any_of(
            library.tokens.begin(), library.tokens.end(), [&](const std::string& header) {
              return include.name == header ||
                     (header.ends_with('/') && include.name.starts_with(header));
            });
        if (fits && !is_at(file, library.places)) {
          findings.push_back(at_line(file, include.line) + "includes " + include.name + ": " +
                             library.name + " has another owner");
        }
        if (fits) {
          break;
        }
      }
    }
  }
  return findings;
}

Findings check_words(const Rules& rules, const std::vector<File>& files) {
  const auto is_letter = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  Findings findings;
  for (const File& file : files) {
    if (!is_cpp(file) || is_test(file)) {
      continue;
    }
    const std::string code = code_of(file.text);
    for (const Owned& owned : rules.words) {
      for (const std::string& word : owned.tokens) {
        for (std::size_t at = code.find(word); at != std::string::npos;
             at = code.find(word, at + 1)) {
          const std::size_t end = at + word.size();
          const bool whole =
              (at == 0 || !is_letter(code[at - 1])) &&
              (end == code.size() || !is_letter(word.back()) || !is_letter(code[end]));
          if (whole && !is_at(file, owned.places)) {
            const auto line =
                1 + std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n');
            findings.push_back(at_line(file, static_cast<std::size_t>(line)) + word + " reads " +
                               owned.name + "; take it as a parameter");
          }
        }
      }
    }
  }
  return findings;
}

Findings check_sizes(const std::vector<File>& files) {
  Findings findings;
  for (const File& file : files) {
    const auto lines =
        static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    const bool header = file.path.ends_with(".h") && !is_test(file);
    const std::size_t most = header ? kMostHeaderLines : kMostFileLines;
    if (lines > most) {
      findings.push_back(file.path + ": " + std::to_string(lines) + " lines, more than " +
                         std::to_string(most) + "; it holds two ideas");
    }
    for (const Function& function :
         is_cpp(file) ? functions_of(file.text) : std::vector<Function>()) {
      if (function.lines > kMostFunctionLines) {
        findings.push_back(at_line(file, function.line) + "function of " +
                           std::to_string(function.lines) + " lines, more than " +
                           std::to_string(kMostFunctionLines));
      }
    }
  }
  return findings;
}

Findings check_top_level(const std::vector<std::string>& names) {
  static const std::set<std::string> kAllowed = {
      "fhir", "config",         "connectors",        "mappings",  "adapter", "tests", "packaging",
      "docs", "CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "build", "out"};
  Findings findings;
  for (const std::string& name : names) {
    if (!name.starts_with('.') && !kAllowed.contains(name)) {
      findings.push_back(name + ": may not stand at the top of the tree");
    }
  }
  return findings;
}

Findings check_states(const Rules& rules, const std::vector<File>& files) {
  std::set<std::string> with_code;
  for (const File& file : files) {
    if (file.path.ends_with(".cc")) {
      with_code.insert(room_of(rules, file.path));
    }
  }
  Findings findings;
  for (const auto& [name, room] : rules.rooms) {
    if (room.built != with_code.contains(name)) {
      findings.push_back("docs/architecture.md: " + name + " is said to be " +
                         (room.built ? "built, and has no code" : "later, and has code"));
    }
  }
  return findings;
}

}  // namespace sekisho::architecture
