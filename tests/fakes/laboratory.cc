#include <algorithm>
#include <cstdio>

#include "tests/fakes/line.h"
#include "tests/fakes/segments.h"

namespace sekisho::fakes {

namespace {

std::string number(double value, int decimals) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

struct Result {
  std::string type;
  std::string value;
  std::string unit;
  std::string range;
  std::string flag;
  std::string status;
};

// Writes one laboratory message: specimens, each with one order and its results.
class Laboratory {
 public:
  Laboratory(const Person& person, const Stamp& stamp, const LabOrder& order, Random random,
             Contents& contents)
      : person_(person), stamp_(stamp), order_(order), random_(random), contents_(contents) {}

  std::string write() {
    header(message_, stamp_, "OUL^R22^OUL_R22");
    patient(message_, person_, stamp_, false);
    Line(message_, "PV1")
        .put(1, "0001")
        .put(2, "O")
        .put(3, std::string(person_.department->code) + "^^^^^C");
    if (order_.infections) {
      specimen(kSpecimens[0]);
      infections();
    } else {
      panels();
    }
    message_ += '\x1C';
    return std::move(message_);
  }

 private:
  void panels() {
    for (const SpecimenType& type : kSpecimens) {
      const std::size_t chance = type.specimen == Specimen::kSerum    ? 1000
                                 : type.specimen == Specimen::kBlood  ? 850
                                 : type.specimen == Specimen::kPlasma ? 150
                                                                      : 300;
      if (!random_.per_mille(chance)) {
        continue;
      }
      specimen(type);
      for (const Item& item : kItems) {
        if (item.specimen == type.specimen &&
            random_.per_mille(static_cast<std::size_t>(item.per_mille))) {
          measured(item);
        }
      }
      if (type.specimen == Specimen::kUrine) {
        strips();
      }
    }
  }

  void specimen(const SpecimenType& type) {
    ++specimens_;
    set_ = 0;
    const std::string filler = order_.number + "-" + std::to_string(specimens_);
    collected_ = stamp_;
    collected_.millisecond -= 3'600'000;
    Line(message_, "SPM")
        .put(1, std::to_string(specimens_))
        .put(2, filler)
        .put(4, std::string(type.code) + "^" + std::string(type.name) + "^JC10")
        .put(17, collected_.minutes());
    Line(message_, "OBR")
        .put(1, std::to_string(specimens_))
        .put(2, order_.number)
        .put(3, filler)
        .put(4, std::string(type.panel_code) + "^" + std::string(type.panel) + "^99O03")
        .put(7, compact(stamp_.day))
        .put(8, compact(stamp_.day))
        .put(16, doctor_field(*person_.department))
        .put(22, stamp_.seconds());
    Line(message_, "ORC")
        .put(1, "SC")
        .put(2, order_.number)
        .put(3, filler)
        .put(5, order_.preliminary ? "IP" : "CM")
        .put(9, collected_.seconds())
        .put(12, doctor_field(*person_.department))
        .put(13, std::string(person_.department->code) + "^^^^^C")
        .put(17, department_field(*person_.department))
        .put(29, "O^外来患者オーダ^HL70482");
    if (random_.per_mille(30)) {
      Line(message_, "NTE").put(1, "1").put(3, "採血時わずかに溶血あり\\.br\\参考値とする");
    }
    ++contents_.specimens;
  }

  double drifted(const Item& item) {
    const double width = item.high - item.low;
    double value = item.low + width / 2 + random_.bell() * width / 4.5;
    for (const Problem& problem : person_.problems) {
      if (item.drift != Drift::kNone && problem.diagnosis->drift == item.drift &&
          problem.onset <= stamp_.day && (!problem.end || stamp_.day <= *problem.end)) {
        value += item.shift * width * (1 + 0.3 * random_.bell());
        break;
      }
    }
    return value;
  }

  // A value below what the method can see comes as text with a blank for '^', as senders write it.
  Result result(const Item& item) {
    Result result;
    const double value = drifted(item);
    const double least = item.low > 0 ? item.low / 20 : item.high / 7;
    result.type = "NM";
    result.value = number(std::max(value, least), item.decimals);
    if (value < least) {
      result.type = "ST";
      result.value = "< " + number(least, item.decimals);
    }
    result.flag = value > item.high ? "H" : value < item.low && item.low > 0 ? "L" : "";
    result.range = item.low > 0
                       ? number(item.low, item.decimals) + "-" + number(item.high, item.decimals)
                       : number(item.high, item.decimals) + "以下";
    if (!item.unit.empty()) {
      result.unit = std::string(item.unit) + "^" + std::string(item.unit) + "^ISO+";
    }
    result.status = order_.preliminary ? "P" : "F";
    if (random_.per_mille(2)) {
      result.value = "検査中止";  // still called NM: seen, and not to be lost
      result.flag.clear();
    }
    return result;
  }

  void observation(const std::string& code, const Result& result) {
    Line(message_, "OBX")
        .put(1, std::to_string(++set_))
        .put(2, result.type)
        .put(3, code)
        .put(5, result.value)
        .put(6, result.unit)
        .put(7, result.range)
        .put(8, result.flag)
        .put(11, result.status)
        .put(14, collected_.minutes());
    ++contents_.results;
  }

  static std::string code(std::string_view jlac10, std::string_view name, std::string_view local,
                          std::string_view local_name) {
    std::string text;
    if (!jlac10.empty()) {
      text = std::string(jlac10) + "^" + std::string(name) + "^JC10^";
    }
    return text + std::string(local) + "^" + std::string(local_name) + "^99L01";
  }

  void measured(const Item& item) {
    observation(code(item.jlac10, item.name, item.local, item.local_name), result(item));
  }

  void strips() {
    constexpr std::array<std::string_view, 6> kStrips{"  -", "  -", "  -", "  +-", " 1 +", " 2 +"};
    for (const Qualitative& strip : kUrineStrips) {
      Result result;
      result.type = "ST";
      result.value = random_.per_mille(40) ? "3+(300)" : random_.of(kStrips);
      result.range = "(-)";
      result.flag = result.value.find('+') != std::string::npos ? "A" : "";
      result.status = order_.preliminary ? "P" : "F";
      observation(code(strip.jlac10, strip.name, strip.local, strip.local_name), result);
    }
  }

  void infections() {
    const bool as_codes = random_.per_mille(500);
    for (const InfectionItem& item : kInfectionItems) {
      const bool infected = person_.infected[static_cast<std::size_t>(item.infection)];
      Result result;
      if (item.unit.empty()) {
        result.type = as_codes ? "CWE" : "ST";
        result.value =
            as_codes ? (infected ? "P^陽性^99INF" : "N^陰性^99INF") : (infected ? "  +" : "  -");
        result.range = "陰性";
      } else {
        result.type = "NM";
        result.value = number(item.cut_off * (infected ? 20 + random_.bell() : 0.4), 2);
        result.unit = std::string(item.unit) + "^" + std::string(item.unit) + "^ISO+";
        result.range = number(item.cut_off, 2) + "未満";
      }
      result.flag = infected ? "A" : "";
      result.status = order_.preliminary ? "P" : "F";
      observation(code(item.jlac10, item.name, item.local, item.name), result);
      ++contents_.infection_results;
    }
  }

  const Person& person_;
  const Stamp& stamp_;
  const LabOrder& order_;
  Random random_;
  Contents& contents_;
  std::string message_;
  Stamp collected_;
  int specimens_ = 0;
  int set_ = 0;
};

}  // namespace

std::string oml_11(const Person& person, const Stamp& stamp, const LabOrder& order, Random random,
                   Contents& contents) {
  return Laboratory(person, stamp, order, random, contents).write();
}

}  // namespace sekisho::fakes
