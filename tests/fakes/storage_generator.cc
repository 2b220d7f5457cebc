#include "tests/fakes/storage_generator.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>

#include "fhir/error.h"
#include "tests/fakes/jis.h"

namespace sekisho::fakes {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kNoOrder = "999999999999999";
constexpr int kMorning = 9 * 3'600'000;  // the first file of a day, in milliseconds

// The files of one patient.
class PatientFiles {
 public:
  PatientFiles(const StorageOptions& options, std::uint64_t number, StorageReport& report)
      : options_(options),
        report_(report),
        random_(options.seed, number),
        person_(invent_person(random_, number, options.last_day, options.years)),
        folder_(options.out / person_.number.substr(0, 3) / person_.number.substr(3, 3) /
                person_.number) {}

  void write() {
    basics();
    problems();
    Day day = std::max(person_.birth + std::chrono::days(1),
                       options_.last_day - std::chrono::days(options_.years * 365));
    const int apart = 2 * 365 / std::max(options_.visits_per_year, 1);
    for (;;) {
      day += std::chrono::days(1 + random_.between(0, apart - 1));
      if (day > options_.last_day) {
        break;
      }
      visit(day);
    }
  }

 private:
  Stamp stamp(Day day) { return {day, kMorning + static_cast<int>(random_.below(25'000'000))}; }

  void basics() {
    const Stamp now = stamp(options_.last_day);
    if (random_.per_mille(100)) {
      Contents superseded;
      const Stamp before = stamp(options_.last_day - std::chrono::days(random_.between(100, 900)));
      put("-", "ADT-00", std::string(kNoOrder), before, "-", '2',
          adt_00(person_, before, true, superseded));
    }
    Contents contents;
    put("-", "ADT-00", std::string(kNoOrder), now, "-", '1', adt_00(person_, now, false, contents));
    report_.current.add(contents);
  }

  void problems() {
    const std::string department(person_.department->code);
    if (random_.per_mille(400)) {
      Contents superseded;
      const Stamp before = stamp(options_.last_day - std::chrono::days(random_.between(100, 900)));
      const std::string message = ppr_01(person_, before, false, superseded);
      if (superseded.problems > 0) {
        put("-", "PPR-01", std::string(kNoOrder), before, department, '2', message);
      }
    }
    const Stamp now = stamp(options_.last_day);
    Contents contents;
    put("-", "PPR-01", std::string(kNoOrder), now, department, '1',
        ppr_01(person_, now, true, contents));
    report_.current.add(contents);
  }

  void visit(Day day) {
    const std::string department(person_.department->code);
    if (random_.per_mille(40)) {
      const Stamp admitted = stamp(day);
      put(compact(day), "ADT-22", std::string(kNoOrder), admitted, department,
          random_.per_mille(100) ? '0' : '1', adt_22(person_, admitted));
    } else {
      const Stamp received = stamp(day);
      put(compact(day), "ADT-12", std::string(kNoOrder), received, department, '1',
          adt_12(person_, received));
    }
    if (random_.per_mille(850)) {
      laboratory(day, false);
    }
    if (random_.per_mille(60)) {
      laboratory(day, true);
    }
  }

  void laboratory(Day day, bool infections) {
    const std::string department(person_.department->code);
    LabOrder order;
    order.infections = infections;
    order.number = compact(day).substr(2) + person_.number.substr(person_.number.size() - 7) +
                   (infections ? "02" : "01");
    const Random results(options_.seed ^ 0x5EC15408u, random_.next());
    Stamp done = stamp(day);
    if (random_.per_mille(30)) {
      Stamp before = done;
      before.millisecond -= 1'800'000;
      LabOrder preliminary = order;
      preliminary.preliminary = true;
      Contents superseded;
      put(compact(day), "OML-11", order.number, before, department, '2',
          oml_11(person_, before, preliminary, results, superseded));
    }
    Contents contents;
    std::string message = oml_11(person_, done, order, results, contents);
    if (random_.per_mille(options_.faults)) {
      damaged(day, order, done, message);
      return;
    }
    const bool deleted = random_.per_mille(10);
    put(compact(day), "OML-11", order.number, done, department, deleted ? '0' : '1', message);
    if (!deleted) {
      report_.current.add(contents);
    }
  }

  void damaged(Day day, const LabOrder& order, const Stamp& stamp, std::string message) {
    std::string file =
        name(compact(day), "OML-11", order.number, stamp, person_.department->code, '1');
    std::string bytes = to_iso2022jp(message);
    const auto fault = static_cast<std::size_t>(report_.faults["total"]++ % 5);
    constexpr std::array<const char*, 5> kFaults{"other-patient", "cut", "empty", "wrong-charset",
                                                 "bad-name"};
    switch (fault) {
      case 0:
        bytes.replace(bytes.find(person_.number + "^^^^PI"), person_.number.size(), "9999999");
        break;
      case 1:
        bytes.resize(bytes.size() / 2);
        break;
      case 2:
        bytes.clear();
        break;
      case 3:
        bytes = message;  // UTF-8 under an ISO-2022-JP label: readable, with an Issue
        break;
      default:
        file = "copy of " + file;
        file.back() = 'x';
    }
    ++report_.faults[kFaults[fault]];
    store(compact(day), "OML-11", file, bytes);
  }

  std::string name(const std::string& date, const std::string& type, const std::string& order,
                   const Stamp& stamp, std::string_view department, char flag) const {
    return person_.number + "_" + date + "_" + type + "_" + order + "_" + stamp.file_part() + "_" +
           std::string(department) + "_" + std::string(1, flag);
  }

  void put(const std::string& date, const std::string& type, const std::string& order,
           const Stamp& stamp, std::string_view department, char flag, const std::string& message) {
    store(date, type, name(date, type, order, stamp, department, flag), to_iso2022jp(message));
    ++report_.files[type][static_cast<std::size_t>(flag - '0')];
  }

  void store(const std::string& date, const std::string& type, const std::string& file,
             std::string_view bytes) {
    const fs::path folder = folder_ / date / type;
    std::error_code error;
    if (made_.insert(folder.native()).second) {
      fs::create_directories(folder, error);
    }
    std::ofstream out(folder / file, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (error || !out) {
      throw fhir::Error(
          fhir::ErrorCode::kIo,
          "storage generator: cannot write below the output folder; check that it may "
          "be written and the disk is not full");
    }
    report_.bytes += bytes.size();
  }

  const StorageOptions& options_;
  StorageReport& report_;
  Random random_;
  Person person_;
  fs::path folder_;
  std::set<fs::path::string_type> made_;
};

}  // namespace

StorageReport generate_storage(const StorageOptions& options) {
  StorageReport report;
  for (std::uint64_t i = 0; i < options.patients; ++i) {
    PatientFiles(options, options.first_number + i, report).write();
  }
  return report;
}

std::string to_json(const StorageReport& report) {
  std::string json = "{\"files\":{";
  std::uint64_t total = 0;
  for (const auto& [type, flags] : report.files) {
    json += (json.back() == '{' ? "\"" : ",\"") + type +
            "\":{\"current\":" + std::to_string(flags[1]) +
            ",\"superseded\":" + std::to_string(flags[2]) +
            ",\"deleted\":" + std::to_string(flags[0]) + "}";
    total += flags[0] + flags[1] + flags[2];
  }
  json += "},\"faults\":{";
  for (const auto& [kind, count] : report.faults) {
    json += (json.back() == '{' ? "\"" : ",\"") + kind + "\":" + std::to_string(count);
    total += kind == "total" ? count : 0;
  }
  const auto patients = report.files.find("ADT-00");
  json += "},\"total\":" + std::to_string(total) + ",\"bytes\":" + std::to_string(report.bytes) +
          ",\"current\":{\"patients\":" +
          std::to_string(patients == report.files.end() ? 0 : patients->second[1]) +
          ",\"coverages\":" + std::to_string(report.current.coverages) +
          ",\"problems\":" + std::to_string(report.current.problems) +
          ",\"specimens\":" + std::to_string(report.current.specimens) +
          ",\"results\":" + std::to_string(report.current.results) +
          ",\"infection_results\":" + std::to_string(report.current.infection_results) + "}}";
  return json;
}

}  // namespace sekisho::fakes
