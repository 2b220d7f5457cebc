#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapter/registry/book.h"
#include "adapter/registry/journal.h"
#include "adapter/registry/patient_index.h"
#include "adapter/registry/registry.h"

namespace sekisho::registry {

// The parts of a Registry. Only registry*.cc includes this.
struct Registry::Inner {
  Options options;
  Access access = Access::kReadOnly;
  std::optional<platform::FileLock> lock;

  // Appending, the patient index, and everything that only they use. Taken before the others.
  mutable std::mutex writing;
  std::unique_ptr<PatientIndex> index;
  std::optional<JournalWriter> journal;
  std::uint64_t index_epoch = 0;
  bool older_keys = false;             // some patients' digests are of an older format
  std::set<fhir::CivilDate> held_for;  // birth dates of lines for which those are held

  // The book as readers see it. A writer waits behind `gate`, so that readers who come after it let
  // it through: a refusal must not starve.
  mutable std::mutex gate;
  mutable std::shared_mutex reading;
  std::unique_ptr<Book> book;

  std::atomic<bool> loaded{false};
  std::atomic<bool> chain_ok{false};
  std::atomic<bool> policy_ok{false};
  std::atomic<std::uint64_t> epoch{0};
  std::atomic<std::int64_t> last_time{0};

  mutable std::mutex noting;  // guards the rest
  std::string locked_because;
  std::string policy_hash;
  struct Change {
    std::uint64_t epoch = 0;
    bool all = false;
    std::vector<PatientNumber> patients;
  };
  std::deque<Change> changes;  // one for each epoch, oldest first

  // Opening (registry.cc).
  void load(fhir::Instant now);
  void load_journal(fhir::Instant now);
  void lock_up(const std::string& because);
  void take_policy();

  // Writing (registry_write.cc); all with `writing` held.
  void require_open() const;
  void write(JournalLine& line);  // durable and in force, or Error
  Appended append(const std::vector<Event>& events, bool as_import, const Actor& actor,
                  fhir::Instant now);
  std::vector<PatientNumber> index_patients(const std::vector<PatientRecord>& records,
                                            fhir::Instant now);
  // What a batch of patients tells about who is who (rematch.cc).
  struct Noticed {
    std::set<std::string> lines;         // refusals whose line may mean one of them
    std::set<std::string> other_people;  // patients whose card means somebody else now
  };
  bool take_first(PatientIndex::Row& row);  // true: the card means somebody else now
  void notice(const PatientIndex::Row& row, Noticed& noticed);
  void record(const Noticed& noticed, fhir::Instant now);
  void compare_lines(const std::set<std::string>& refusals, fhir::Json& events);
  // Patients whom a waiting line may mean without finding them are held back.
  void hold_older_keys(Changed& changed);
  void publish(const std::vector<std::pair<PatientNumber, Patient>>& changed, bool answers_change);

  // With `reading` held for writing: what changed, and only then the epoch that says so.
  void note(const Changed& changed);
  std::vector<PatientNumber> numbers_of(const std::vector<std::string>& people) const;

  struct Exclusive {
    explicit Exclusive(const Inner& inner) : gate(inner.gate), reading(inner.reading) {}
    std::lock_guard<std::mutex> gate;
    std::lock_guard<std::shared_mutex> reading;
  };
};

}  // namespace sekisho::registry
