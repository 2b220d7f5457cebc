#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/fakes/person.h"
#include "tests/soak/house.h"
#include "tests/soak/storage.h"

namespace sekisho::soak {

// What happens in a hospital, hour by hour, and what has to hold after each. Throws
// std::runtime_error with what does not.
class Month {
 public:
  Month(const std::filesystem::path& folder, std::uint64_t seed);

  void hour();
  std::string at() const;  // the hour, for a failure
  std::string summary() const;

 private:
  // What the rules know of a patient, kept beside the product and reckoned anew by Month itself.
  struct Person {
    std::string id;
    std::optional<fhir::CivilDate> notified;
    bool refused = false;
  };

  void begin_business();
  void happen();  // what the hour brings
  void people_come_and_go();
  void permits_change();
  void list_is_read();
  void certificates_rotate();
  void agent_restarts();
  void clock_steps_back();
  void ingest();
  void check();
  void check_closed(int status);
  void check_visible();
  void check_refused();
  void check_ledger();
  void check_readiness(std::size_t visible);

  void admit();
  void notify(const Person& person);
  void import(const std::string& name, const std::string& text);
  std::string run(const std::vector<std::string>& words);
  void make_permit();
  bool list_fresh() const;
  std::set<std::string> expected() const;  // ids of the patients that have to be visible

  fakes::Random random_;
  Storage storage_;
  House house_;
  std::int64_t hour_ = 0;
  std::vector<Person> people_;
  fhir::Instant permit_from_, permit_to_, list_read_;
  std::uint64_t permits_ = 0;
  std::uint64_t refusals_ = 0, withdrawals_ = 0, rotations_ = 0, closed_hours_ = 0, restarts_ = 0,
                files_ = 0;
};

}  // namespace sekisho::soak
