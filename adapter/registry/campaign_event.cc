// Campaigns: a leaflet handed out at visits, and the notices that follow from it.

#include <algorithm>
#include <utility>

#include "adapter/registry/body.h"
#include "adapter/registry/event_table.h"
#include "fhir/resource.h"

namespace sekisho::registry {

using fhir::Json;

Campaign read_campaign(const Json& body, Reading& reading) {
  const Body in(
      body, reading.place,
      {"id", "notice_version", "from", "to", "desks", "visit_types", "method", "exclusions"},
      reading.issues);
  Campaign campaign;
  campaign.id = in.needed_name("id");
  campaign.notice_version = in.needed_text("notice_version");
  campaign.from = in.date("from");
  campaign.to = in.date("to");
  if (!campaign.from || !campaign.to || *campaign.to < *campaign.from) {
    in.refuse("to", "value", "a campaign has a first and a last day of visits, both included");
  }
  campaign.desks = in.texts("desks");
  campaign.visit_types = in.texts("visit_types");
  for (const std::string& type : campaign.visit_types) {
    if (type != "ADT-12" && type != "ADT-22") {
      in.refuse("visit_types", "value", "it takes ADT-12 (outpatients) and ADT-22 (admissions)");
    }
  }
  if (!in.has("visit_types")) {
    campaign.visit_types = {"ADT-12", "ADT-22"};
  }
  campaign.method = in.text("method");
  in.word("method", {"paper_at_visit", "mail", "portal", "other"});
  campaign.exclusions = in.logical_ids("exclusions");
  return campaign;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

void Preparing::campaign(Json& body) {
  Reading reading = this->reading();
  const Campaign campaign = read_campaign(body, reading);
  take(reading);
  two_people("attesting to whom a leaflet was handed");
  const Papers& papers = book_.state.papers();
  if (papers.campaigns.count(campaign.id) != 0) {
    refuse("id", "conflict", "there is a campaign of this id already");
  }
  if (papers.versions.count(campaign.notice_version) == 0) {
    refuse("notice_version", "not-found", "no leaflet of this id is registered");
  }
  // An exclusion that means nobody would let a notice through.
  const auto& excluded = campaign.exclusions;
  if (!std::all_of(excluded.begin(), excluded.end(),
                   [&](const std::string& id) { return book_.state.number_of(id).has_value(); })) {
    refuse("exclusions", "not-found", "it names someone who is in no index; check the card number");
  }
}

const Campaign* Preparing::standing_campaign(std::string_view key, std::string_view id) {
  const auto& campaigns = book_.state.papers().campaigns;
  const auto found = campaigns.find(std::string(id));
  if (found == campaigns.end()) {
    refuse(key, "not-found", "there is no campaign of this id");
    return nullptr;
  }
  if (found->second.revoked) {
    refuse(key, "conflict", "this campaign is revoked");
    return nullptr;
  }
  return &found->second;
}

void Preparing::campaign_run(Json& body) {
  Reading reading = this->reading();
  const Body in(body, reading.place, {"campaign", "visits", "notices", "skipped"}, reading.issues);
  take(reading);
  const Campaign* campaign = standing_campaign("campaign", body.text("campaign"));
  if (campaign == nullptr) {
    return;
  }
  for (const Json& item : body.items("notices")) {
    const auto day = fhir::parse_civil_date(item.text("date"));
    if (!day || *day < *campaign->from || *day > *campaign->to || *day > fhir::japan_date(now_)) {
      refuse("notices.date", "value", "it is no day of the campaign up to today");
    }
    const auto patients = split_words(item.text("patients"));
    if (patients.empty() || patients.size() != split_words(item.text("visits")).size()) {
      refuse("notices.visits", "value", "each patient has the visit that the notice rests on");
    }
    if (!std::all_of(patients.begin(), patients.end(),
                     [&](std::string_view id) { return book_.state.number_of(id).has_value(); })) {
      refuse("notices.patients", "not-found", "it names someone who is in no index");
    }
  }
}

void Preparing::campaign_revoke(Json& body) {
  Reading reading = this->reading();
  const Body in(body, reading.place, {"id"}, reading.issues);
  const std::string id = in.needed_text("id");
  take(reading);
  standing_campaign("id", id);
}

Changed Book::apply_campaign(const Recorded& event) {
  Campaign campaign = read_campaign(event.body, event.reading);
  campaign.attested_by = event.line.by;
  std::string id = campaign.id;
  state.papers().campaigns.try_emplace(std::move(id), std::move(campaign));
  return {};
}

Changed Book::apply_campaign_run(const Recorded& event) {
  const auto campaign = state.papers().campaigns.find(std::string(event.body.text("campaign")));
  if (campaign == state.papers().campaigns.end()) {
    return {};
  }
  const auto version = state.papers().versions.find(campaign->second.notice_version);
  if (version == state.papers().versions.end()) {
    return {};
  }
  Changed changed;
  std::size_t number = 0;
  for (const Json& item : event.body.items("notices")) {
    const auto patients = split_words(item.text("patients"));
    changed.people.insert(changed.people.end(), patients.begin(), patients.end());
    for (const NoticeVersion::Cover& cover : version->second.covers) {
      Notice notice;
      notice.id = "n" + event.id + "-" + std::to_string(++number);
      // People may have given a notice this id; whom is not kept apart.
      changed.all = changed.all || state.notice(notice.id) != nullptr;
      notice.client = cover.client;
      notice.track = cover.track;
      notice.filing_version = cover.filing_version;
      notice.items = cover.items;
      notice.date = fhir::parse_civil_date(item.text("date"));
      notice.party = Party::kSelf;  // never a guardian's: nobody wrote down who came along
      notice.method = campaign->second.method;
      notice.version = version->second.id;
      notice.text_hash = version->second.text_hash;
      notice.wait_rule = version->second.wait_rule;
      notice.campaign = campaign->second.id;
      notice.revoked = campaign->second.revoked;
      state.put(std::move(notice), patients);
    }
  }
  return changed;
}

Changed Book::apply_campaign_revocation(const Recorded& event) {
  const std::string id(event.body.text("id"));
  const auto campaign = state.papers().campaigns.find(id);
  if (campaign != state.papers().campaigns.end()) {
    campaign->second.revoked = true;
    state.revoke_notices_of(id);
  }
  return Changed{true, {}};
}

}  // namespace sekisho::registry
