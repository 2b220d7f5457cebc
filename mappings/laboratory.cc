#include "mappings/laboratory.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "fhir/check.h"
#include "mappings/embedded.h"

namespace sekisho::mappings {
namespace {

using Table = std::unordered_map<std::string_view, LaboratoryCode>;

constexpr std::array<std::string_view, 9> kInfectionAnalytes = {
    "5E071", "5E074", "5E075", "5F016", "5F360", "5F500", "5F512", "5F550", "5F560"};

std::string_view take_until(std::string_view& rest, char mark) {
  std::size_t end = std::min(rest.find(mark), rest.size());
  std::string_view out = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return out;
}

// A line: "JLAC10|JLAC11 TAB core|infection TAB versions TAB display TAB codes parted by spaces".
// A code's first line gives its name; a later one can only put it on the other list too.
void read_line(std::string_view line, Table& table) {
  std::string_view kind = take_until(line, '\t');
  std::string_view list = take_until(line, '\t');
  take_until(line, '\t');
  std::string_view display = take_until(line, '\t');
  std::string system = "http://jpfhir.jp/fhir/clins/CodeSystem/" + std::string(kind) + "/" +
                       (list == "core" ? "JP_CLINS_ObsLabResult_CoreLabo_CS"
                                       : "JP_CLINS_ObsLabResult_InfectionLabo_CS");
  while (!line.empty()) {
    std::string_view code = take_until(line, ' ');
    LaboratoryCode& entry = table[code];
    if (entry.coding.code.empty()) {
      entry.coding = {system, std::string(code), std::string(display)};
    }
    entry.jlac11 = kind == "JLAC11";
    (list == "core" ? entry.core : entry.infection) = true;
  }
}

Table read_table() {
  std::string_view text = embedded_file("tables/laboratory_codes.tsv");
  fhir::check(!text.empty(), "the laboratory table is built in");
  Table table;
  table.reserve(10'000);
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (!line.empty() && line.front() != '#') {
      read_line(line, table);
    }
  }
  return table;
}

const Table& table() {
  static const Table read = read_table();
  return read;
}

}  // namespace

const LaboratoryCode* find_laboratory_code(std::string_view code) {
  auto found = table().find(code);
  return found == table().end() ? nullptr : &found->second;
}

bool is_infection_analyte(std::string_view code) {
  return std::find(kInfectionAnalytes.begin(), kInfectionAnalytes.end(), code.substr(0, 5)) !=
         kInfectionAnalytes.end();
}

}  // namespace sekisho::mappings
