#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fhir/instant.h"
#include "tests/fakes/person.h"

namespace sekisho::soak {

// An SS-MIX2 storage that grows: patients come, visits write laboratory results, orders are
// replaced and deleted.
class Storage {
 public:
  Storage(std::filesystem::path root, std::uint64_t seed);

  std::string admit(fhir::Instant now);  // a new patient's basics and problems; the number
  void visit(std::size_t patient, fhir::Instant now);
  void replace(fhir::Instant now);  // one of the results is sent again
  void remove();                    // one of the results goes away

  std::size_t patients() const { return people_.size(); }
  const std::string& number(std::size_t patient) const { return people_[patient].number; }
  std::uint64_t files() const { return files_; }
  const std::filesystem::path& root() const { return root_; }

 private:
  struct Result {
    std::size_t patient = 0;
    std::string date, order, department;
    std::filesystem::path file;
  };
  std::filesystem::path write(std::size_t patient, const std::string& date, const std::string& type,
                              const std::string& order, fhir::Instant now,
                              const std::string& message);
  void write_result(Result& result, fhir::Instant now);

  std::filesystem::path root_;
  std::uint64_t seed_;
  fakes::Random random_;
  std::vector<fakes::Person> people_;
  std::vector<Result> results_;
  std::uint64_t orders_ = 0;
  std::uint64_t files_ = 0;
};

}  // namespace sekisho::soak
