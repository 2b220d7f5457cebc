#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/crypto/keys.h"
#include "adapter/platform/durable_file.h"
#include "fhir/instant.h"

namespace sekisho::ledger {

// What an answer disclosed of one patient.
struct Disclosed {
  std::string patient;     // logical id
  std::string categories;  // sets of codes, "I4+I5 I6"

  bool operator==(const Disclosed&) const = default;
};

// One answered or refused request (release-decision 4.10). No value of a patient's record and no
// reason for a single patient; the patients of an answer stand in a sealed list named by digest.
struct Record {
  std::string request_id;
  std::string client;
  std::string certificate;  // fingerprint, hex
  std::string permit;
  std::string purpose;
  std::string mode;
  std::string interaction;
  std::string target;  // type, or type/id
  int status = 0;
  std::string outcome;  // "released", "refused", "none"
  std::string reason;   // G0 to G2 reason where refused; empty otherwise
  std::uint64_t epoch = 0;
  std::vector<std::string> categories;          // released category sets
  std::map<std::string, std::uint64_t> counts;  // resource type -> released
  std::vector<Disclosed> patients;              // sealed, digest in the chain
  std::string body_digest;                      // SHA-256 of the body, hex; empty without data
};

struct Waiting;

// The disclosure ledger: JSON lines in a SHA-256 chain with signed checkpoints (daily, at a clean
// stop, every 10,000 records), durable by group commit. Thread-safe. Format:
// docs/formats/ledger.md.
class Ledger {
 public:
  struct Options {
    std::string dir;
    crypto::SigningKey key;
    std::string seal_key;  // 32 bytes: sealed patient lists
    std::string agent_version;
    std::string host;
    std::string policy_hash;
    std::string mapping_hash;
    std::uint64_t segment_bytes = 64u << 20;       // a new file is begun above this size
    std::uint64_t checkpoint_every = 10'000;       // lines
    platform::OpenAppendFile open_file = nullptr;  // tests: a disk that fails
  };
  static void create(const Options& options, fhir::Instant now);  // kConflict where one is
  // A torn last line (never acknowledged) is cut off and recorded. Throws Error(kCorrupt) where the
  // head does not verify, kConflict where another process writes it.
  static std::unique_ptr<Ledger> open(const Options& options, fhir::Instant now);
  ~Ledger();

  // Returns when the record is on the disk (group commit).
  // Throws Error(kIo, kNoSpace) where it is not: nothing may be released then, and writable() is
  // false until an append succeeds again.
  // Gives the record's sequence number.
  std::uint64_t append(const Record& record, fhir::Instant now);
  // The same in two steps, for a thread that brings several records before it waits for them. The
  // destructor waits too: a record that was begun stands. Lives no longer than the ledger.
  class Appending {
   public:
    Appending(Appending&&) noexcept;
    ~Appending();
    std::uint64_t wait();  // once; as append()

   private:
    friend class Ledger;
    Appending(Ledger& ledger, std::unique_ptr<Waiting> line);
    Ledger* ledger_;
    std::unique_ptr<Waiting> line_;
  };
  Appending begin_append(const Record& record, fhir::Instant now);
  bool writable() const;
  fhir::Instant last_time() const;
  std::uint64_t last_sequence() const;
  // Signs the chain as it stands. The destructor does it where records came since the last one.
  void checkpoint(fhir::Instant now);

 private:
  struct Inner;
  explicit Ledger(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

// Walks a ledger folder: the first place where it does not hold, "file:line, byte N: what" (lines
// from 1, bytes of the file from 0), or the number of records and checkpoints that verify. Reads
// only; works while an agent writes. Bounded memory.
struct Verified {
  bool ok = false;
  std::uint64_t records = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t unsigned_lines = 0;  // after the last checkpoint
  std::string where;
};
Verified verify(const std::string& dir, const crypto::VerifyKey& key);

// The lines in order, as JSON; stops when `line` returns false.
void list(const std::string& dir, const std::function<bool(std::string_view line)>& line);

// The patients of a line that list() gave, unsealed. Throws Error(kCorrupt) where the key is
// another.
std::vector<Disclosed> patients_of(std::string_view line, std::string_view seal_key);

}  // namespace sekisho::ledger
