#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/registry/model.h"
#include "adapter/registry/person_key.h"
#include "adapter/registry/state.h"
#include "fhir/issue.h"
#include "fhir/json.h"

namespace sekisho::registry {

// The bodies of journal events as values. The same readers serve an event that is to be appended
// (then any Issue refuses it) and one that is replayed (then the value stands as read, in the
// denying direction). docs/formats/registry.md describes the shapes.
struct Reading {
  const fhir::CategoryVocabulary& vocabulary;
  std::string place;  // "permit", "notices[3]"
  fhir::Issues issues;
};

Client read_client(const fhir::Json& body, Reading& reading);
Permit read_permit(const fhir::Json& body, Reading& reading);
std::string read_permit_revocation(const fhir::Json& body, Reading& reading);  // the permit's id

struct FilingEvent {
  Filing filing;
  FilingText text;
};
FilingEvent read_filing(const fhir::Json& body, Reading& reading);

struct NoticeEvent {
  Notice notice;
  std::vector<std::string> patients;
  std::vector<std::string> cards;  // before they are resolved; never in the journal
};
NoticeEvent read_notice(const fhir::Json& body, Reading& reading);
NoticeVersion read_notice_version(const fhir::Json& body, Reading& reading);

struct NoticeRevocation {
  std::string id;
  std::vector<std::string> patients;  // empty: for everyone whom it was given to
};
NoticeRevocation read_notice_revocation(const fhir::Json& body, Reading& reading);

Campaign read_campaign(const fhir::Json& body, Reading& reading);
// Lists of a campaign-run are one text each, words between single blanks: they are long.
std::vector<std::string_view> split_words(std::string_view text);

struct ReceiptEvent {
  Receipt receipt;
  Requester requester;  // before it is sealed; never in the journal
};
ReceiptEvent read_receipt(const fhir::Json& body, Reading& reading);
std::optional<Requester> unseal_requester(const Receipt& receipt, std::string_view key);

struct OptInEvent {
  OptIn optin;
  std::string card;
};
OptInEvent read_optin(const fhir::Json& body, Reading& reading);

struct LinkEvent {
  std::string a, b;
  bool certain = false;
  bool remove = false;
};
LinkEvent read_link(const fhir::Json& body, Reading& reading);
LinkEvent read_unlink(const fhir::Json& body, Reading& reading);

// What the hospital says of a person beside the patient index; each member only where it is said.
struct PatientStatus {
  std::string patient;
  std::optional<bool> deceased, incapacity, identity_conflict;
  std::optional<fhir::CivilDate> deceased_on;
};
PatientStatus read_patient_status(const fhir::Json& body, Reading& reading);

struct Baseline {
  std::string client;
  std::string list;
  std::optional<fhir::CivilDate> as_of;
  std::optional<std::int64_t> line_count;
  std::string file_hash;
  bool none_known = false;
  std::string reason;  // why nothing, where the hospital provided data before
};
Baseline read_baseline(const fhir::Json& body, Reading& reading);

struct SourceSync {
  std::string name;
  std::optional<fhir::Instant> at;
  std::optional<fhir::Instant> issued, next_update;  // as a signed list states them
  std::optional<std::int64_t> sequence;
};
SourceSync read_source_sync(const fhir::Json& body, Reading& reading);

struct RefusalEvent {
  Refusal refusal;
  std::optional<PersonKeys> keys;  // before they are sealed
  std::string sealed;              // hexadecimal
};
RefusalEvent read_refusal(const fhir::Json& body, Reading& reading);

// The relatives who may refuse for a person who died (article 10 of the Cabinet Order).
bool is_bereaved_family(const std::string& requester);
// Whose refusal blocks, but waits for a check: anyone but the person, the family of a person who
// died, and who acts for a living person that may be under 16 or without capacity that day.
bool needs_check(const Refusal& refusal, const State& state, fhir::CivilDate day);

struct RefusalStatusEvent {
  std::string id;
  RefusalStatus status = RefusalStatus::kActive;
  std::string requester;
  bool identity_checked = false;
  std::vector<std::string> patients;  // resolution: who it is
  std::vector<std::string> release;   // resolution: candidates who it is not
};
RefusalStatusEvent read_refusal_status(const fhir::Json& body, Reading& reading);

// Additions to unresolved refusals by the matcher.
struct RefusalMatch {
  std::string id;
  std::vector<std::string> patients, candidates;
};
std::vector<RefusalMatch> read_refusal_matches(const fhir::Json& body);

}  // namespace sekisho::registry
