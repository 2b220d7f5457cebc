#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fhir/data_category.h"
#include "fhir/instant.h"

namespace sekisho::registry {

// The entities of release-decision 4.2 as values. Unknown texts in loaded records are kept as the
// denying value that 4.4 note 3 names.

using PatientNumber = std::uint32_t;  // dense, 0-based; also the store's integer patient key

enum class Track : std::uint8_t { kAnon, kPseudo };
enum class Mode : std::uint8_t { kM0, kM1, kM2, kM3, kUnknown };

struct Client {
  std::string id;
  std::string cert_subject;  // one exact SAN URI, or the RFC 4514 DN
  std::vector<Track> certified;
  bool public_body = false;
  bool enabled = true;
};

struct Permit {
  enum class Class : std::uint8_t { kReal, kRehearsal };
  std::string id;
  Class permit_class = Class::kReal;
  std::string basis;  // jisedai52, jisedai57
  std::string client;
  std::string issuer = "local";
  std::optional<Track> track;  // nothing: unknown, which denies
  Mode mode = Mode::kUnknown;
  std::vector<std::string> purposes;
  fhir::CategorySet categories;
  std::optional<std::vector<std::string>> cohort;         // nothing: all; subject ids
  std::optional<fhir::CivilDate> period_from, period_to;  // data period, both ends included
  bool has_period = false;
  fhir::Instant valid_from, valid_to;  // [from, to)
  bool revoked = false;
  bool requires_optin = false;
  bool ip_ok = false;
  bool signature_ok = true;  // verified when it was loaded
};

struct Filing {
  std::string client;
  std::optional<Track> track;
  std::string filing_no;
  std::int64_t version = 1;
  bool accepted = false;
  std::optional<fhir::CivilDate> start;
  fhir::CategorySet items;
};

enum class WaitRule : std::uint8_t { k30Days, k1Month, kLater };
enum class Party : std::uint8_t { kSelf, kGuardian, kBoth, kNobody };

struct Notice {
  std::string id;
  std::string patient;  // logical id
  std::string client;
  std::optional<Track> track;
  std::optional<fhir::CivilDate> date;  // nothing: unreadable, never eligible
  Party party = Party::kNobody;
  fhir::CategorySet items;
  bool revoked = false;               // it counts for nobody
  std::optional<WaitRule> wait_rule;  // of its leaflet; the later of this and the hospital's
  // Where it comes from; no decision reads these.
  std::optional<std::int64_t> filing_version;
  std::string method, text_hash, version, campaign;  // version: the leaflet's id
};

enum class RefusalStatus : std::uint8_t {
  kActive,
  kUnverified,
  kUnresolved,
  kWithdrawn,
  kRejected
};

struct Refusal {
  std::string id;
  RefusalStatus status = RefusalStatus::kActive;
  std::vector<std::string> patients, candidates;
  // Empty scopes cover everything; an unknown value in a record empties its scope.
  std::vector<std::string> recipients;
  std::vector<Track> tracks;
  fhir::CategorySet categories;
  std::string requester, channel;
  std::optional<fhir::CivilDate> received_on;  // never compared with the clock
  fhir::Instant recorded_at;
  std::uint64_t named_in = 0;  // line of the journal in which people last said whom it means
  bool deletion_requested = false;
  std::string source;       // the list that it came from; empty: recorded here
  std::string source_line;  // keyed digest of its line in that list
};

struct OptIn {
  std::string patient;
  std::string purpose;
  bool given = false;
  std::vector<std::string> recipients;      // empty: every recipient
  std::optional<fhir::CivilDate> from, to;  // days in Japan, both included; nothing: unlimited
};

// What a decision must know of a person. `links` certain, `maybe` uncertain (4.6).
struct Patient {
  std::string id;                        // logical id of the Patient resource
  std::optional<fhir::CivilDate> birth;  // nothing: unknown or partial
  bool deceased = false;
  std::optional<fhir::CivilDate>
      deceased_on;  // deceased without a readable date: before any notice
  bool incapacity = false;
  bool identity_conflict = false;
  std::vector<std::string> links;
  std::vector<std::string> maybe;
};

enum class Renotify : std::uint8_t { kOff, kContinue, kHold };

struct Source {
  std::string name;
  bool required = true;
  std::optional<fhir::Instant> last_sync;
  std::int64_t max_age_s = 86400;
  std::optional<fhir::Instant> fresh_until;  // where the list itself says; wins over max_age_s
  bool always_fresh = false;                 // the verified journal of this installation ("local")
};

// G0's inputs besides the sources.
struct Environment {
  bool registry_loaded = false;
  bool chain_ok = false;
  bool policy_ok = false;
  bool audit_writable = false;
  std::int64_t clock_skew_s = 0;
  std::int64_t max_skew_s = 60;
  bool clock_went_back = false;
  WaitRule wait_rule = WaitRule::kLater;
  Renotify renotify = Renotify::kHold;
};

}  // namespace sekisho::registry
