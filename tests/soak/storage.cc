#include "tests/soak/storage.h"

#include <fstream>
#include <stdexcept>
#include <utility>

#include "tests/fakes/jis.h"
#include "tests/fakes/messages.h"

namespace sekisho::soak {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNoOrder = "999999999999999";

fakes::Stamp stamp_of(fhir::Instant now) {
  const fhir::CivilDate day = fhir::japan_date(now);
  return {day, static_cast<int>(now.ms - fhir::japan_midnight(day).ms)};
}

}  // namespace

Storage::Storage(fs::path root, std::uint64_t seed)
    : root_(std::move(root)), seed_(seed), random_(seed, 0) {
  fs::create_directories(root_);
}

fs::path Storage::write(std::size_t patient, const std::string& date, const std::string& type,
                        const std::string& order, fhir::Instant now, const std::string& message) {
  const fakes::Person& person = people_[patient];
  const fs::path folder =
      root_ / person.number.substr(0, 3) / person.number.substr(3, 3) / person.number / date / type;
  fs::create_directories(folder);
  const std::string department = type == "ADT-00" ? "-" : std::string(person.department->code);
  const fs::path file = folder / (person.number + "_" + date + "_" + type + "_" + order + "_" +
                                  stamp_of(now).file_part() + "_" + department + "_1");
  std::ofstream out(file, std::ios::binary);
  out << fakes::to_iso2022jp(message);
  out.close();
  if (!out) {
    throw std::runtime_error("the storage cannot be written");
  }
  ++files_;
  return file;
}

std::string Storage::admit(fhir::Instant now) {
  const std::size_t patient = people_.size();
  people_.push_back(fakes::invent_person(random_, patient + 1, fhir::japan_date(now), 1));
  fakes::Contents contents;
  write(patient, "-", "ADT-00", kNoOrder, now,
        fakes::adt_00(people_[patient], stamp_of(now), false, contents));
  write(patient, "-", "PPR-01", kNoOrder, now,
        fakes::ppr_01(people_[patient], stamp_of(now), true, contents));
  return people_[patient].number;
}

void Storage::write_result(Result& result, fhir::Instant now) {
  fakes::LabOrder order;
  order.number = result.order;
  fakes::Contents contents;
  const fakes::Random results(seed_,
                              std::stoull(result.order) ^ static_cast<std::uint64_t>(now.ms));
  result.file =
      write(result.patient, result.date, "OML-11", result.order, now,
            fakes::oml_11(people_[result.patient], stamp_of(now), order, results, contents));
}

void Storage::visit(std::size_t patient, fhir::Instant now) {
  Result result;
  result.patient = patient;
  result.date = fakes::compact(fhir::japan_date(now));
  result.order = fakes::padded(++orders_, 15);
  write_result(result, now);
  results_.push_back(std::move(result));
}

// The older file stays as history: its flag becomes 2.
void Storage::replace(fhir::Instant now) {
  if (results_.empty()) {
    return;
  }
  Result& result = results_[random_.below(results_.size())];
  std::string name = result.file.filename().string();
  name.back() = '2';
  fs::rename(result.file, result.file.parent_path() / name);
  write_result(result, fhir::Instant{now.ms + 60'000});  // no two files of one order and time
}

void Storage::remove() {
  if (results_.empty()) {
    return;
  }
  const std::size_t at = random_.below(results_.size());
  fs::remove(results_[at].file);
  --files_;
  results_.erase(results_.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace sekisho::soak
