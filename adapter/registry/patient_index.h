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

  // Who a record says that it is about.
  struct Named {
    std::optional<fhir::CivilDate> birth;
    std::string kana, name;  // keyed digests; empty: not known
    bool operator==(const Named&) const = default;
  };
  // One row as it is to be stored.
  struct Row {
    PatientNumber number = 0;
    Patient patient;  // id, birth and death
    PatientDigests digests;
    Named first;
  };
  // What is known of a number so far.
  struct Known {
    Named now;
    Named first;  // whom the card meant first, or since it was noticed that it means another
    bool deceased = false;
    std::optional<fhir::CivilDate> deceased_on;
    bool open_name = false;
    int key_format = 0;
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
  // Patients of a birth date whose digests an older program made: a line may mean them and not find
  // them, until their records are read again.
  std::vector<Found> of_older_keys(fhir::CivilDate birth);
  std::uint64_t older_keys();                         // how many there are
  sqlite::Database& database() { return database_; }  // for the transaction around all this

 private:
  sqlite::Database database_;
  sqlite::Statement select_, upsert_, add_digest_, find_, older_;
};

}  // namespace sekisho::registry
