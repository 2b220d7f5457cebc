// Notices to patients, the leaflets that they were given, and taking either back.

#include <algorithm>
#include <utility>

#include "adapter/registry/body.h"
#include "adapter/registry/event_table.h"

namespace sekisho::registry {

using fhir::Json;

const NoticeVersion::Cover* NoticeVersion::cover(const std::string& client,
                                                 std::optional<Track> track) const {
  for (const Cover& each : covers) {
    if (each.client == client && each.track == track) {
      return &each;
    }
  }
  return nullptr;
}

namespace {

std::string_view name_of(std::optional<Track> track) {
  return !track ? "" : *track == Track::kAnon ? "anon" : "pseudo";
}

std::string read_hash(const Body& in, std::string_view key) {
  std::string hash = in.text(key);
  if (in.has(key) &&
      (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos)) {
    in.refuse(key, "value", "it is no SHA-256 in 64 hexadecimal digits");
  }
  return hash;
}

NoticeVersion::Cover read_cover(const Json& body, const std::string& place, Reading& reading) {
  const Body in(body, place, {"client", "track", "filing_version", "items"}, reading.issues);
  NoticeVersion::Cover cover;
  cover.client = in.needed_text("client");
  cover.track = in.track("track");
  cover.filing_version = in.integer("filing_version").value_or(0);
  in.categories("items", reading.vocabulary, cover.items);
  if (cover.filing_version < 1) {
    in.refuse("filing_version", "required", "name the version of the filing that it satisfies");
  }
  if (cover.items.empty()) {
    in.refuse("items", "required", "it names at least one data category");
  }
  return cover;
}

}  // namespace

NoticeEvent read_notice(const Json& body, Reading& reading) {
  const Body in(body, reading.place,
                {"id", "patient", "patients", "card", "cards", "client", "track", "filing_version",
                 "date", "party", "method", "items", "text_hash", "notice_version"},
                reading.issues);
  NoticeEvent event;
  event.notice.id = in.text("id");
  event.patients = in.logical_ids("patients");
  if (in.has("patient")) {
    event.patients.push_back(in.needed_text("patient"));
  }
  event.cards = in.texts("cards");
  if (in.has("card")) {
    event.cards.push_back(in.needed_text("card"));
  }
  if (event.patients.empty() && event.cards.empty()) {
    in.refuse("patients", "required", "a notice names its patients or their card numbers");
  }
  Notice& notice = event.notice;
  notice.client = in.needed_text("client");
  notice.track = in.track("track");
  notice.filing_version = in.integer("filing_version");
  notice.date = in.date("date");
  if (!notice.date) {
    in.refuse("date", "required", "a notice has the day on which it was given");
  }
  const auto party = in.word("party", {"self", "guardian", "both"});
  notice.party = party ? static_cast<Party>(*party) : Party::kNobody;
  notice.method = in.text("method");
  if (in.has("method")) {
    in.word("method", {"paper_at_visit", "mail", "portal", "other"});
  }
  in.categories("items", reading.vocabulary, notice.items);
  if (notice.items.empty()) {
    in.refuse("items", "required", "a notice names at least one data category");
  }
  notice.text_hash = read_hash(in, "text_hash");
  notice.version = in.text("notice_version");
  return event;
}

NoticeVersion read_notice_version(const Json& body, Reading& reading) {
  const Body in(body, reading.place,
                {"id", "text_hash", "scan_hash", "covers", "wait_rule", "language"},
                reading.issues);
  NoticeVersion version;
  version.id = in.needed_name("id");
  version.text_hash = read_hash(in, "text_hash");
  if (version.text_hash.empty()) {
    in.refuse("text_hash", "required", "it is missing");
  }
  version.scan_hash = read_hash(in, "scan_hash");
  version.language = in.text("language");
  if (in.has("wait_rule")) {
    const auto rule = in.word("wait_rule", {"30d", "1m", "later"});
    version.wait_rule = rule ? static_cast<WaitRule>(*rule) : WaitRule::kLater;
  }
  const auto& covers = body.items("covers");
  for (std::size_t i = 0; i < covers.size(); ++i) {
    const std::string place = reading.place + ".covers[" + std::to_string(i) + "]";
    NoticeVersion::Cover cover = read_cover(covers[i], place, reading);
    if (version.cover(cover.client, cover.track) != nullptr) {
      in.refuse("covers", "value", "it names one client and track twice");
    }
    version.covers.push_back(std::move(cover));
  }
  if (version.covers.empty()) {
    in.refuse("covers", "required", "say which filings the text satisfies");
  }
  return version;
}

// A notice of a known leaflet says what the leaflet says.
void Preparing::fill_from_version(Json& body) {
  const auto found = book_.state.papers().versions.find(std::string(body.text("notice_version")));
  if (found == book_.state.papers().versions.end()) {
    refuse("notice_version", "not-found", "no leaflet of this id is registered");
    return;
  }
  const NoticeVersion& version = found->second;
  const std::string_view track = body.text("track");
  const NoticeVersion::Cover* cover = nullptr;
  for (const NoticeVersion::Cover& each : version.covers) {
    if (body.text("client") == each.client && track == name_of(each.track)) {
      cover = &each;
    }
  }
  if (cover == nullptr) {
    refuse("notice_version", "value", "this leaflet does not cover the client and track");
    return;
  }
  if (body.find("filing_version") == nullptr) {
    body.set("filing_version", Json::integer(cover->filing_version));
  }
  if (body.find("items") == nullptr) {
    Json items = Json::Array{};
    for (const std::string& code : options_.vocabulary.codes(cover->items)) {
      items.push(code);
    }
    body.set("items", std::move(items));
  }
  Reading reading = this->reading();
  const Notice notice = read_notice(body, reading).notice;
  if (notice.filing_version != cover->filing_version || !cover->items.contains(notice.items)) {
    refuse("items", "value", "the leaflet says less than that of this client and track");
  }
}

void Preparing::notice(Json& body) {
  if (body.find("notice_version") != nullptr) {
    fill_from_version(body);
  }
  Reading reading = this->reading();
  NoticeEvent event = read_notice(body, reading);
  take(reading);
  check_client_known(event.notice.client);
  if (event.notice.filing_version) {
    check_filed(event.notice.client, event.notice.track, *event.notice.filing_version,
                event.notice.items);
  }
  const std::string& id = event.notice.id;
  if (!id.empty() && (book_.state.notice(id) != nullptr || !new_notices_.insert(id).second)) {
    refuse("id", "conflict", "there is a notice of this id already");
  }
  for (const std::string& card : event.cards) {
    if (auto patient = patient_of_card(card, "card")) {
      event.patients.push_back(*std::move(patient));
    }
  }
  if (body.get<Json::Object>() == nullptr) {
    return;
  }
  Json patients = Json::Array{};
  for (const std::string& patient : event.patients) {
    patients.push(patient);
  }
  for (const char* key : {"card", "cards", "patient"}) {
    body.erase(key);
  }
  body.set("patients", std::move(patients));
}

void Preparing::notice_version(Json& body) {
  Reading reading = this->reading();
  const NoticeVersion version = read_notice_version(body, reading);
  take(reading);
  two_people("saying which filings a leaflet satisfies");
  if (book_.state.papers().versions.count(version.id) != 0) {
    refuse("id", "conflict", "there is a leaflet of this id already; a changed text is a new one");
  }
  for (const NoticeVersion::Cover& cover : version.covers) {
    check_client_known(cover.client);
    check_filed(cover.client, cover.track, cover.filing_version, cover.items);
  }
}

void Preparing::notice_revoke(Json& body) {
  Reading reading = this->reading();
  const NoticeRevocation revocation = read_notice_revocation(body, reading);
  take(reading);
  const Notice* notice = book_.state.notice(revocation.id);
  if (notice == nullptr) {
    refuse("id", "not-found", "there is no notice of this id");
  } else if (notice->revoked) {
    refuse("id", "conflict", "it is revoked already");
  }
  for (const std::string& patient : revocation.patients) {
    const auto& held = book_.state.notices_of(patient);
    if (notice != nullptr && std::none_of(held.begin(), held.end(), [&](std::size_t index) {
          return &book_.state.notice(index) == notice;
        })) {
      refuse("patients", "not-found",
             "it names someone who does not hold this notice; check the card number, and the "
             "other records of the person: it may stand on one that was merged");
    }
  }
}

NoticeRevocation read_notice_revocation(const Json& body, Reading& reading) {
  const Body in(body, reading.place, {"id", "patients"}, reading.issues);
  NoticeRevocation revocation;
  revocation.id = in.needed_text("id");
  revocation.patients = in.logical_ids("patients");
  if (in.has("patients") && revocation.patients.empty()) {
    in.refuse("patients", "value", "it names nobody; without it the notice is revoked for all");
  }
  return revocation;
}

Changed Book::apply_notice(const Recorded& recorded) {
  NoticeEvent event = read_notice(recorded.body, recorded.reading);
  Notice& notice = event.notice;
  if (notice.id.empty()) {
    notice.id = "n" + recorded.id;
  }
  if (!notice.version.empty()) {
    const auto version = state.papers().versions.find(notice.version);
    notice.wait_rule =
        version == state.papers().versions.end() ? WaitRule::kLater : version->second.wait_rule;
  }
  if (event.patients.size() == 1) {
    notice.patient = event.patients[0];
  }
  // Journals of older programs hold notices that take the place of one before: whom that was given
  // to is not kept apart.
  const bool again = state.notice(notice.id) != nullptr;
  state.put(std::move(notice), event.patients);
  return {again, std::move(event.patients)};
}

Changed Book::apply_notice_version(const Recorded& event) {
  NoticeVersion version = read_notice_version(event.body, event.reading);
  version.approved_by = event.line.by;
  std::string id = version.id;
  state.papers().versions.try_emplace(std::move(id), std::move(version));
  return {};
}

Changed Book::apply_notice_revocation(const Recorded& event) {
  const NoticeRevocation revocation = read_notice_revocation(event.body, event.reading);
  if (revocation.patients.empty()) {
    state.revoke_notice(revocation.id);
    return Changed{true, {}};
  }
  for (const std::string& patient : revocation.patients) {
    state.revoke_notice(revocation.id, patient);
  }
  return {false, revocation.patients};
}

}  // namespace sekisho::registry
