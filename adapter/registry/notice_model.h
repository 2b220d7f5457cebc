#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "adapter/registry/model.h"

namespace sekisho::registry {

// The hospital's papers: what was filed, what a leaflet says, who was given one, and what was
// handed to who refused. A decision reads none of it; what of it decides is copied into Filing and
// Notice.

// What a filing says in words (article 52 of the Act, items 1 to 8).
struct FilingText {
  std::optional<fhir::CivilDate> accepted_on, published_on;
  std::string holder_name, holder_address, representative;
  std::string purpose, acquisition_method, provision_method, stop_method;
  std::string reception_method, update_method, contact_point;
};

// One legal judgement per leaflet: which filings its text satisfies.
struct NoticeVersion {
  struct Cover {
    std::string client;
    std::optional<Track> track;
    std::int64_t filing_version = 0;
    fhir::CategorySet items;
  };
  std::string id;
  std::string text_hash, scan_hash;  // SHA-256 in hexadecimal; a scan is optional
  std::string language;
  WaitRule wait_rule = WaitRule::kLater;
  std::vector<Cover> covers;
  std::vector<std::string> approved_by;

  const Cover* cover(const std::string& client, std::optional<Track> track) const;
};

// A leaflet handed out at visits: everyone with a visit in these days got it at the first one.
struct Campaign {
  std::string id;
  std::string notice_version;
  std::optional<fhir::CivilDate> from, to;  // days of visits, both included
  std::vector<std::string> desks;           // department codes; empty: every desk
  std::vector<std::string> visit_types;     // ADT-12, ADT-22
  std::string method;
  std::vector<std::string> exclusions;  // ids of Patient resources
  std::vector<std::string> attested_by;
  bool revoked = false;
};

// What who refused was handed (article 51 of the Ordinance): that it was asked for, who asked, when
// it was received, when the provision stopped, and when this paper was handed over.
struct Receipt {
  std::string refusal;
  std::optional<fhir::CivilDate> issued_on;
  std::optional<fhir::Instant> stopped_at;
  bool electronic = false;
  std::string sealed;  // who asked: name and identifying facts, in hexadecimal
};

// Who handed in a refusal, as the receipt has to say.
struct Requester {
  std::string name;
  std::string facts;  // what identifies the person
};

struct Papers {
  using FilingKey = std::tuple<std::string, std::optional<Track>, std::int64_t>;
  std::map<FilingKey, FilingText> filing_texts;  // client, track, version
  std::map<std::string, NoticeVersion> versions;
  std::map<std::string, Campaign> campaigns;
  std::vector<Receipt> receipts;
};

}  // namespace sekisho::registry
