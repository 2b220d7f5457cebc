#include "tests/fakes/line.h"
#include "tests/fakes/segments.h"

namespace sekisho::fakes {

namespace {

std::string coded(std::string_view code, std::string_view name, std::string_view table) {
  return std::string(code) + "^" + std::string(name) + "^" + std::string(table);
}

std::string written(const Problem& problem) {
  std::string text;
  text += problem.prefix != nullptr ? problem.prefix->name : std::string_view{};
  text += problem.diagnosis->name;
  text += problem.suffix != nullptr ? problem.suffix->name : std::string_view{};
  return text;
}

std::string classification(const Problem& problem) {
  if (problem.uncoded) {
    return "";
  }
  return std::string(problem.diagnosis->icd10) + "^^I10^O^外来時^JHSD0004" +
         (problem.edition_2013 ? "^2013" : "");
}

std::string access(char code) {
  switch (code) {
    case 'V':
      return "V^非常に限定^HL70177";
    case 'R':
      return "R^限定^HL70177";
    case 'U':
      return "U^通常^HL70177";
    default:
      return "";
  }
}

void write_problem(std::string& message, const Problem& problem, const std::string& id,
                   const Stamp& stamp, bool withdrawn) {
  const Diagnosis& diagnosis = *problem.diagnosis;
  const bool ended = problem.end && *problem.end <= stamp.day;
  Line(message, "PRB")
      .put(1, withdrawn ? "DE" : "AD")
      .put(2, stamp.seconds())
      .put(3, problem.uncoded
                  ? coded("D" + std::string(diagnosis.exchange), diagnosis.name, "99D01")
                  : coded(diagnosis.number, diagnosis.name, "MDCDX2"))
      .put(4, id)
      .put(7, compact(problem.onset))
      .put(9, ended ? compact(*problem.end) : "")
      .put(10, classification(problem))
      .put(13, problem.suspected ? "1^疑いあり^JHSD0005" : "")
      .put(14, ended ? "R^回復^HL70241" : "N^回復せず^HL70241")
      .put(15, ended ? compact(*problem.end) : "")
      .put(16, compact(problem.onset))
      .put(17, written(problem))
      .put(18, problem.main ? "1^主診断^JHSD0007" : "")
      .put(25, access(problem.access));
  if (!problem.uncoded) {
    const Modifier* prefix = problem.prefix;
    const Modifier* suffix = problem.suffix;
    Line(message, "ZPR")
        .put(1, prefix != nullptr ? coded(prefix->number, prefix->name, "MDCDX2") : "")
        .put(2, coded(diagnosis.number, diagnosis.name, "MDCDX2"))
        .put(3, suffix != nullptr ? coded(suffix->number, suffix->name, "MDCDX2") : "")
        .put(4, prefix != nullptr ? coded(prefix->exchange, prefix->name, "MDCDX2") : "")
        .put(5, coded(diagnosis.exchange, diagnosis.name, "MDCDX2"))
        .put(6, suffix != nullptr ? coded(suffix->exchange, suffix->name, "MDCDX2") : "");
  }
  Line(message, "ORC")
      .put(1, "NW")
      .put(2, id)
      .put(12, doctor_field(*problem.department))
      .put(17, department_field(*problem.department))
      .put(29, "O^外来患者オーダ^HL70482");
}

}  // namespace

std::string ppr_01(const Person& person, const Stamp& stamp, bool latest, Contents& contents) {
  std::string message;
  header(message, stamp, "PPR^ZD1^PPR_ZD1");
  patient(message, person, stamp, false);
  for (std::size_t i = 0; i < person.problems.size(); ++i) {
    const Problem& problem = person.problems[i];
    if (problem.onset <= stamp.day) {
      write_problem(message, problem, "90" + person.number + padded(i + 1, 6), stamp,
                    latest && problem.withdrawn);
      contents.problems += latest && problem.withdrawn ? 0 : 1;
    }
  }
  message += '\x1C';
  return message;
}

}  // namespace sekisho::fakes
