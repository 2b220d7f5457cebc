#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/sqlite/database.h"
#include "fhir/data_category.h"
#include "fhir/instant.h"
#include "fhir/json.h"
#include "fhir/release_sets.h"
#include "fhir/resource.h"
#include "fhir/search_parameter.h"

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

// A resource as it will be written: its text but for versionId and lastUpdated, its search index
// and its references. Pure and by far the dearest part of a put, so several threads may do it.
struct Prepared {
  std::string type;
  std::string id;
  std::string head, tail;  // of the text, around versionId and lastUpdated
  fhir::ReleaseSets sets;
  std::vector<std::uint32_t> patients;
  std::vector<fhir::IndexEntry> index;    // without references, which are links
  std::vector<fhir::Reference> links;     // targets but the resource's own Patient, each once
  std::vector<fhir::Reference> based_on;  // ServiceRequests of basedOn

  std::string text(std::int64_t version, fhir::Instant last_updated) const;
};
Prepared prepare(Incoming incoming);

struct Written {
  Stored stored = Stored::kStored;
  std::int64_t rid = 0;
};

// A connection for who only reads. Throws Error(kCorrupt), with what to do, where the file is of
// another format than this program's.
sqlite::Database open_for_reading(const std::string& file);

// The resource store. One Store writes (the caller holds the writer lock of the installation);
// readers open their own read-only connections on the same file. After a rollback the Store is done
// for: what it remembers may not be there. Not thread-safe.
class Store {
 public:
  // Creates, or brings an older format forward; throws Error(kCorrupt) for a newer one or other
  // site categories.
  static Store open(const std::string& file, const fhir::CategoryVocabulary& vocabulary);
  Store(Store&&) noexcept;
  ~Store();

  sqlite::Database& database();  // for the source bookkeeping of adapter/ingest: same transaction

  // Inside a transaction of database() (checked). Equal content (without versionId and lastUpdated)
  // and equal sets: kUnchanged, and nothing is written. Otherwise a new version, with
  // meta.versionId and meta.lastUpdated set; lastUpdated of a resource never goes back, whatever
  // `now` says.
  Stored put(const Incoming& incoming, fhir::Instant now);
  Written put(const Prepared& prepared, fhir::Instant now);
  // A tombstone; false if it is not there or is one already.
  bool remove(std::string_view type, std::string_view id, fhir::Instant now);
  bool remove(std::int64_t rid, fhir::Instant now);
  // The same; where there is none, of one that does not exist for anyone.
  std::int64_t reserve(std::string_view type, std::string_view id);
  // Recomputes `carried` and kUnionOfTargets sets of what the puts and removes since the last call
  // touched. Call before each commit.
  void settle();

 private:
  struct Inner;
  explicit Store(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::store
