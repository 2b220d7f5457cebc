#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapter/crypto/keys.h"
#include "adapter/registry/entities.h"
#include "adapter/registry/journal.h"
#include "adapter/registry/matching.h"
#include "adapter/registry/state.h"

namespace sekisho::registry {

// Whose answers an event may have changed.
struct Changed {
  bool all = false;
  std::vector<std::string> people;  // ids; their closures are meant
};

// An event of a line, as what applies it reads it.
struct Recorded {
  const fhir::Json& body;
  const JournalLine& line;
  const std::string& id;  // of what it makes: "12", or "12-3" for the third event of an import
  Reading& reading;
};

// Everything that the journal says, in memory: the State that decisions read and what the registry
// needs to check and match further events. Not thread-safe.
class Book {
 public:
  struct Keys {
    std::string seal;  // 32 bytes
    std::optional<crypto::VerifyKey> permits;
  };
  Book(fhir::CategoryVocabulary vocabulary, Keys keys);

  // Throws Error(kCorrupt) for a type that this program does not know: a newer one wrote it.
  Changed apply(const JournalLine& line);
  // A patient of the index, with what the hospital said of the person laid over it.
  PatientNumber put_patient(Patient patient);

  // What the line of a refusal says of the person, until people settled whom it means.
  std::optional<LineKeys> keys_of(const std::string& refusal) const;

  // Holds a patient back as one whose identity is in conflict; false where it was held already.
  bool hold(const std::string& patient);
  std::set<std::string> held;

  State state;
  PendingLines pending;
  std::string policy_hash;  // of the last policy event
  std::optional<fhir::Instant> created;
  std::map<std::string, std::int64_t> source_sequences;
  // Records of one person for certain, the smaller id first -> the line that said so first.
  std::map<std::pair<std::string, std::string>, std::uint64_t> merged_in;
  // (list, keyed digest of its line) -> the refusal that it became
  std::map<std::pair<std::string, std::string>, std::string> list_lines;

  // One for each type of event; event_table.h says which.
  Changed apply_client(const Recorded& event);
  Changed apply_permit(const Recorded& event);
  Changed apply_revocation(const Recorded& event);
  Changed apply_filing(const Recorded& event);
  Changed apply_notice(const Recorded& event);
  Changed apply_notice_version(const Recorded& event);
  Changed apply_notice_revocation(const Recorded& event);
  Changed apply_campaign(const Recorded& event);
  Changed apply_campaign_run(const Recorded& event);
  Changed apply_campaign_revocation(const Recorded& event);
  Changed apply_receipt(const Recorded& event);
  Changed apply_refusal(const Recorded& event);
  Changed apply_refusal_status(const Recorded& event);
  Changed apply_matches(const Recorded& event);
  Changed apply_reopen(const Recorded& event);  // rematch.cc
  Changed apply_optin(const Recorded& event);
  Changed apply_link(const Recorded& event);    // link_event.cc
  Changed apply_unlink(const Recorded& event);  // link_event.cc
  Changed apply_patient_status(const Recorded& event);
  Changed apply_baseline(const Recorded& event);
  Changed apply_sync(const Recorded& event);
  Changed apply_policy(const Recorded& event);

 private:
  Changed apply_event(const std::string& type, const fhir::Json& body, const JournalLine& line,
                      const std::string& id);
  void rest_or_wait(const Refusal& refusal);  // rematch.cc
  void forget_keys(const std::string& refusal);
  PatientNumber put_held(Patient patient);

  fhir::CategoryVocabulary vocabulary_;
  Keys keys_;
  std::map<std::string, Patient> indexed_;     // as the index says, of those below
  std::map<std::string, PatientStatus> said_;  // by patient
  std::map<std::string, std::string> sealed_;  // refusal -> sealed keys, until people settle it
};

// The text under a permit's signature: the body without it, and the names of who signed.
std::string signed_permit(const fhir::Json& body, const std::vector<std::string>& by);

// The keys of an unresolved refusal, sealed for the journal, and back.
std::string seal_keys(const PersonKeys& keys, const std::string& refusal, std::string_view key);
std::optional<PersonKeys> unseal_keys(std::string_view sealed_hex, const std::string& refusal,
                                      std::string_view key);

}  // namespace sekisho::registry
