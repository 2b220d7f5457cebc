#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/registry/model.h"
#include "adapter/registry/person_key.h"
#include "adapter/sqlite/database.h"

namespace sekisho::registry {

// patients.db: which patient has which number, what a decision must know of each, and the keyed
// digests by which refusal lines find them. One connection; the caller serialises.
class PatientIndex {
 public:
  static void create(const std::string& file);
  PatientIndex(const std::string& file, sqlite::Open mode);

  // In the order of numbers; throws Error(kCorrupt) where one is missing.
  void load(const std::function<void(Patient)>& patient);
  std::uint64_t epoch();  // raised with every change that can change an answer

  // One row as it is to be stored.
  struct Row {
    PatientNumber number = 0;
    Patient patient;  // id, birth and death
    PatientDigests digests;
  };
  // What is known of a number so far, for telling whether a record changed.
  struct Known {
    std::optional<fhir::CivilDate> birth;
    bool deceased = false;
    std::optional<fhir::CivilDate> deceased_on;
    std::string kana, name;
  };
  std::optional<Known> known(PatientNumber number);
  // Digests are only ever added: cards, names and insurance ids change, and an old one still names
  // the person. True where the row brought something new.
  bool put(const Row& row);
  void raise_epoch();

  struct Found {
    PatientNumber number = 0;
    std::string id;
  };
  std::vector<Found> find(std::string_view digest);
  sqlite::Database& database() { return database_; }  // for the transaction around all this

 private:
  sqlite::Database database_;
  sqlite::Statement select_, upsert_, add_digest_, find_;
};

}  // namespace sekisho::registry
