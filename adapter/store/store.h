#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/sqlite/database.h"
#include "fhir/data_category.h"
#include "fhir/instant.h"
#include "fhir/json.h"
#include "fhir/release_sets.h"

namespace sekisho::store {

// A resource on its way in. `subjects` of `sets` have been turned into patient numbers by the
// caller; one that is in no index is left out and sets flag kSubjectUnresolved.
struct Incoming {
  std::string type;
  std::string id;
  fhir::Json body;  // without versionId and lastUpdated
  fhir::ReleaseSets sets;
  std::vector<std::uint32_t> patients;  // registry numbers, first the main subject
};

enum class Stored { kStored, kUnchanged };

// The resource store. One Store writes (the caller holds the writer lock of the installation);
// readers open their own read-only connections on the same file. Not thread-safe.
class Store {
 public:
  // Creates or migrates; throws Error(kCorrupt) for a newer format or other site categories.
  static Store open(const std::string& file, const fhir::CategoryVocabulary& vocabulary);
  Store(Store&&) noexcept;
  ~Store();

  sqlite::Database& database();  // for the source bookkeeping of adapter/ingest: same transaction

  // Inside a transaction of database(). Equal content (without versionId and lastUpdated) and equal
  // sets: kUnchanged, and nothing is written. Otherwise a new version, with meta.versionId and
  // meta.lastUpdated set.
  Stored put(const Incoming& incoming, fhir::Instant now);
  // A tombstone; false if it is not there or is one already.
  bool remove(std::string_view type, std::string_view id, fhir::Instant now);
  // Recomputes `carried` and kUnionOfTargets sets of what the puts and removes since the last call
  // touched. Call before each commit.
  void settle();

 private:
  struct Inner;
  explicit Store(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::store
