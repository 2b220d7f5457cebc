#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/crypto/keys.h"
#include "adapter/platform/durable_file.h"
#include "adapter/registry/state.h"
#include "fhir/instant.h"
#include "fhir/issue.h"
#include "fhir/json.h"

namespace sekisho::registry {

// Who acts: the named person or persons and the operating-system user.
struct Actor {
  std::vector<std::string> by;
  std::string os_user;
};

// One event to be journaled. `place` names it in Issues ("notices[3]"; empty: its type).
struct Event {
  std::string type;
  fhir::Json body;
  std::string place;
  // A line of a list of refusals: it is taken even where it names nobody, and stays unresolved.
  bool from_list = false;
};

// What ingest tells the registry of a Patient resource; derived data, rebuilt by re-ingest, and so
// not part of the journal. Written before the store commits the resource: a patient that is in the
// store but in no index denies (SUBJECT_UNRESOLVED).
struct PatientRecord {
  std::string id;                   // logical id
  std::string local_id;             // card number, normalised
  std::string name_kana;            // folded for identity
  std::string name;                 // folded for identity
  std::string family_kana, family;  // the family's part of them; empty: as blanks divide the name
  std::optional<fhir::CivilDate> birth;
  std::string sex;
  bool deceased = false;
  std::optional<fhir::CivilDate> deceased_on;
  std::vector<std::string> insurance_ids;  // insurer:symbol:number:branch, normalised
  std::string link_code;                   // 連結符号, where the hospital has one
};

// The registry of one installation: an append-only, hash-chained journal with an in-memory view,
// and the patient index. One process writes (writer lock). Thread-safe.
class Registry {
 public:
  enum class Access { kReadOnly, kWriter };

  struct Options {
    std::string dir;  // <state>/registry
    std::string key;  // 32 bytes; seals what a line says of unmatched persons
    // Signs the hospital's own permits and verifies them when they are loaded; without it none can
    // be made, and none is valid.
    std::optional<crypto::SigningKey> signing_key;
    fhir::CategoryVocabulary vocabulary;
    std::vector<Source> sources;  // required lists besides "local"
    // Read-only: what the journal said at this instant; the patient index stays today's.
    std::optional<fhir::Instant> as_of;
    platform::OpenAppendFile open_file = [](const std::string& path) {
      return platform::AppendFile::open(path);
    };
  };

  static void create(const Options& options, fhir::Instant now);  // empty; kConflict where one is
  // Never throws for a broken journal: the registry is then locked (loaded() or chain_ok() false)
  // and decisions deny. Throws Error(kConflict) where another process holds the writer lock.
  static std::unique_ptr<Registry> open(const Options& options, Access access, fhir::Instant now);
  ~Registry();

  // A consistent view; holds a reader lock, so keep it short, and never take a second one in the
  // same thread: a writer that waits between the two would wait for ever.
  class View {
   public:
    const State& operator*() const { return *state_; }
    const State* operator->() const { return state_; }
    std::uint64_t epoch() const { return epoch_; }

   private:
    friend class Registry;
    std::shared_lock<std::shared_mutex> lock_;
    const State* state_ = nullptr;
    std::uint64_t epoch_ = 0;
  };
  View view() const;

  bool loaded() const;
  bool chain_ok() const;
  bool policy_ok() const;
  // Why decisions deny, for `doctor`: "journal.jsonl:12, byte 3441: ...". Empty where the registry
  // is loaded and its chain holds. Names files, no event's content.
  std::string locked_because() const;
  // Raised by whatever can change an answer; it never goes back, also across restarts.
  std::uint64_t epoch() const;
  // Patients whose answers an event after `epoch` may have changed; nothing: ask all again.
  std::optional<std::vector<PatientNumber>> changed_since(std::uint64_t epoch) const;
  fhir::Instant last_time() const;  // the latest time persisted, for the clock gate
  std::string policy_hash() const;

  // Appends one event: durable (fdatasync) and in the view before it returns its sequence number.
  // The data is checked first: Issues, and nothing written, where it is wrong. Throws Error(kIo,
  // kNoSpace) where that failed: then it is not in force. Shapes: docs/formats/registry.md.
  struct Appended {
    std::uint64_t sequence = 0;
    fhir::Issues issues;
    bool ok() const { return issues.empty(); }
  };
  Appended append(std::string_view type, const fhir::Json& body, const Actor& actor,
                  fhir::Instant now);
  // Several events as one line of the journal: all of them or none.
  Appended append_all(const std::vector<Event>& events, const Actor& actor, fhir::Instant now);

  // The patient index. Returns the number of each record, in order; unmatched refusal lines are
  // matched again before it returns, so that a new patient is blocked from first sight (X21).
  std::vector<PatientNumber> index_patients(const std::vector<PatientRecord>& records,
                                            fhir::Instant now);

  std::string line_digest(std::string_view list, std::string_view line) const;  // keyed
  // These two wait for whoever writes: never call them, or append, while holding a view.
  // Refusal lines of a list that are in force: (digest of the line, id of the refusal).
  std::vector<std::pair<std::string, std::string>> lines_of_list(std::string_view list) const;
  // The patient of a card number, where there is exactly one.
  std::optional<std::string> patient_of_card(std::string_view card) const;

  // Who handed in the refusal that a receipt is of; nothing where it cannot be read.
  std::optional<Requester> requester_of(const Receipt& receipt) const;
  // Patients whose search keys an older program made; who may be meant by a waiting line is held
  // back until ingest has read the record again.
  std::uint64_t older_keys() const;

  // Reads the whole journal again: where its chain breaks ("file:line, byte N"), if it does.
  std::optional<std::string> verify() const;

 private:
  Registry();
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::registry
