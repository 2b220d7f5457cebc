#include <algorithm>
#include <array>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::agent {
namespace {

using fhir::Json;

constexpr Phrase kClients{"提供先", "Clients"};
constexpr Phrase kPermits{"利用許可", "Permits"};
constexpr Phrase kFilings{"届出", "Filings"};
constexpr Phrase kLeaflets{"お知らせの版", "Leaflets"};
constexpr Phrase kCampaigns{"配布期間", "Campaigns"};
constexpr Phrase kReceipts{"交付した書面", "Receipts"};
constexpr Phrase kNotices{"通知", "Notices"};
constexpr Phrase kRefusals{"提供停止の求め", "Refusals"};
constexpr Phrase kSources{"名簿", "Lists"};
constexpr Phrase kCount{"{0}: {1} 件", "{0}: {1}"};

std::string_view text_of(std::optional<registry::Track> track) {
  if (!track) {
    return "unknown";
  }
  return *track == registry::Track::kAnon ? "anon" : "pseudo";
}

std::string_view text_of(registry::Mode mode) {
  constexpr std::array<std::string_view, 5> kNames{"M0", "M1", "M2", "M3", "unknown"};
  return kNames[static_cast<std::size_t>(mode)];
}

std::string_view text_of(registry::RefusalStatus status) {
  constexpr std::array<std::string_view, 5> kNames{"active", "unverified", "unresolved",
                                                   "withdrawn", "rejected"};
  return kNames[static_cast<std::size_t>(status)];
}

std::string_view text_of(registry::Party party) {
  constexpr std::array<std::string_view, 4> kNames{"self", "guardian", "both", "nobody"};
  return kNames[static_cast<std::size_t>(party)];
}

Json list_of(const std::vector<std::string>& texts) {
  Json list{Json::Array{}};
  for (const std::string& text : texts) {
    list.push(text);
  }
  return list;
}

Json json_of(const registry::Client& client, bool attested) {
  Json json;
  json.set("id", client.id);
  json.set("cert_subject", client.cert_subject);
  Json tracks{Json::Array{}};
  for (const registry::Track track : client.certified) {
    tracks.push(text_of(track));
  }
  json.set("certified", std::move(tracks));
  json.set("public_body", client.public_body);
  json.set("enabled", client.enabled);
  json.set("baseline_attested", attested);
  return json;
}

Json json_of(const registry::Permit& permit, const fhir::CategoryVocabulary& vocabulary) {
  Json json;
  json.set("id", permit.id);
  json.set("client", permit.client);
  json.set("class", permit.permit_class == registry::Permit::Class::kReal ? "real" : "rehearsal");
  json.set("basis", permit.basis);
  json.set("track", text_of(permit.track));
  json.set("mode", text_of(permit.mode));
  json.set("purposes", list_of(permit.purposes));
  json.set("categories", list_of(vocabulary.codes(permit.categories)));
  json.set("from", fhir::to_text(permit.valid_from));
  json.set("to", fhir::to_text(permit.valid_to));
  json.set("revoked", permit.revoked);
  json.set("signature_ok", permit.signature_ok);
  return json;
}

std::string text_of(std::optional<fhir::CivilDate> day) { return day ? fhir::to_text(*day) : ""; }

void set_text(Json& json, const registry::FilingText& text) {
  for (const auto& [key, value] :
       {std::pair{"accepted_on", text_of(text.accepted_on)},
        std::pair{"published_on", text_of(text.published_on)},
        std::pair{"holder", text.holder_name}, std::pair{"holder_address", text.holder_address},
        std::pair{"representative", text.representative}, std::pair{"purpose", text.purpose},
        std::pair{"acquisition_method", text.acquisition_method},
        std::pair{"provision_method", text.provision_method},
        std::pair{"stop_method", text.stop_method},
        std::pair{"reception_method", text.reception_method},
        std::pair{"update_method", text.update_method},
        std::pair{"contact_point", text.contact_point}}) {
    if (!value.empty()) {
      json.set(key, value);
    }
  }
}

Json json_of(const registry::NoticeVersion& version, const fhir::CategoryVocabulary& vocabulary) {
  static constexpr std::array<std::string_view, 3> kRules{"30d", "1m", "later"};
  Json json;
  json.set("id", version.id);
  json.set("text_hash", version.text_hash);
  json.set("scan_hash", version.scan_hash);
  json.set("language", version.language);
  json.set("wait_rule", kRules[static_cast<std::size_t>(version.wait_rule)]);
  std::vector<std::string> covers;
  for (const registry::NoticeVersion::Cover& cover : version.covers) {
    std::string text = cover.client + ":" + std::string(text_of(cover.track)) + ":" +
                       std::to_string(cover.filing_version);
    for (const std::string& code : vocabulary.codes(cover.items)) {
      text += " " + code;
    }
    covers.push_back(std::move(text));
  }
  json.set("covers", list_of(covers));
  json.set("approved_by", list_of(version.approved_by));
  return json;
}

Json json_of(const registry::Campaign& campaign) {
  Json json;
  json.set("id", campaign.id);
  json.set("notice_version", campaign.notice_version);
  json.set("from", text_of(campaign.from));
  json.set("to", text_of(campaign.to));
  json.set("desks", list_of(campaign.desks));
  json.set("visit_types", list_of(campaign.visit_types));
  json.set("method", campaign.method);
  json.set("exclusions", list_of(campaign.exclusions));
  json.set("attested_by", list_of(campaign.attested_by));
  json.set("revoked", campaign.revoked);
  return json;
}

Json json_of(const registry::Receipt& receipt) {
  Json json;
  json.set("refusal", receipt.refusal);
  json.set("issued_on", text_of(receipt.issued_on));
  json.set("stopped_at", receipt.stopped_at ? fhir::to_text(*receipt.stopped_at) : "");
  json.set("form", receipt.electronic ? "electronic" : "paper");
  return json;
}

Json json_of(const registry::Filing& filing, const fhir::CategoryVocabulary& vocabulary) {
  Json json;
  json.set("client", filing.client);
  json.set("track", text_of(filing.track));
  json.set("filing_no", filing.filing_no);
  json.set("version", Json::integer(filing.version));
  json.set("accepted", filing.accepted);
  json.set("start", filing.start ? fhir::to_text(*filing.start) : "unknown");
  json.set("items", list_of(vocabulary.codes(filing.items)));
  return json;
}

Json json_of(const registry::Notice& notice, const fhir::CategoryVocabulary& vocabulary) {
  Json json;
  json.set("id", notice.id);
  json.set("patient", notice.patient);
  json.set("client", notice.client);
  json.set("track", text_of(notice.track));
  json.set("date", notice.date ? fhir::to_text(*notice.date) : "unknown");
  json.set("party", text_of(notice.party));
  json.set("revoked", notice.revoked);
  json.set("notice_version", notice.version);
  json.set("campaign", notice.campaign);
  json.set("method", notice.method);
  json.set("text_hash", notice.text_hash);
  if (notice.filing_version) {
    json.set("filing_version", Json::integer(*notice.filing_version));
  }
  json.set("items", list_of(vocabulary.codes(notice.items)));
  return json;
}

Json json_of(const registry::Refusal& refusal, const fhir::CategoryVocabulary& vocabulary) {
  Json json;
  json.set("id", refusal.id);
  json.set("status", text_of(refusal.status));
  json.set("patients", list_of(refusal.patients));
  json.set("candidates", list_of(refusal.candidates));
  json.set("recipients", list_of(refusal.recipients));
  Json tracks{Json::Array{}};
  for (const registry::Track track : refusal.tracks) {
    tracks.push(text_of(track));
  }
  json.set("tracks", std::move(tracks));
  json.set("categories", list_of(vocabulary.codes(refusal.categories)));
  json.set("requester", refusal.requester);
  json.set("channel", refusal.channel);
  json.set("recorded_at", fhir::to_text(refusal.recorded_at));
  json.set("deletion_requested", refusal.deletion_requested);
  return json;
}

Json json_of(const registry::Source& source) {
  Json json;
  json.set("name", source.name);
  json.set("required", source.required);
  json.set("always_fresh", source.always_fresh);
  json.set("last_sync", source.last_sync ? fhir::to_text(*source.last_sync) : "never");
  json.set("max_age_s", Json::integer(source.max_age_s));
  return json;
}

struct Kind {
  std::string_view name;
  Phrase title;
  bool by_default;
};
constexpr std::array kKinds{
    Kind{"clients", kClients, true},     Kind{"permits", kPermits, true},
    Kind{"filings", kFilings, true},     Kind{"leaflets", kLeaflets, true},
    Kind{"campaigns", kCampaigns, true}, Kind{"notices", kNotices, false},
    Kind{"refusals", kRefusals, true},   Kind{"receipts", kReceipts, true},
    Kind{"sources", kSources, true},
};

std::vector<Json> entries_of(std::string_view kind, const registry::State& state,
                             const fhir::CategoryVocabulary& vocabulary) {
  std::vector<Json> entries;
  if (kind == "clients") {
    for (const registry::Client* client : state.clients()) {
      entries.push_back(json_of(*client, state.baseline_attested(client->id)));
    }
  } else if (kind == "permits") {
    for (const registry::Permit* permit : state.permits()) {
      entries.push_back(json_of(*permit, vocabulary));
    }
  } else if (kind == "filings") {
    for (const registry::Filing& filing : state.filings()) {
      entries.push_back(json_of(filing, vocabulary));
      const auto& texts = state.papers().filing_texts;
      const auto text = texts.find({filing.client, filing.track, filing.version});
      if (text != texts.end()) {
        set_text(entries.back(), text->second);
      }
    }
  } else if (kind == "leaflets") {
    for (const auto& [id, version] : state.papers().versions) {
      entries.push_back(json_of(version, vocabulary));
    }
  } else if (kind == "campaigns") {
    for (const auto& [id, campaign] : state.papers().campaigns) {
      entries.push_back(json_of(campaign));
    }
  } else if (kind == "receipts") {
    for (const registry::Receipt& receipt : state.papers().receipts) {
      entries.push_back(json_of(receipt));
    }
  } else if (kind == "notices") {
    for (std::size_t i = 0; i < state.notices(); ++i) {
      entries.push_back(json_of(state.notice(i), vocabulary));
    }
  } else if (kind == "refusals") {
    for (std::size_t i = 0; i < state.refusals(); ++i) {
      entries.push_back(json_of(state.refusal(i), vocabulary));
    }
  } else {
    for (const registry::Source& source : state.sources()) {
      entries.push_back(json_of(source));
    }
  }
  return entries;
}

// One line for people: the members of the entry without the empty ones.
std::string line_of(const Json& entry) {
  std::string line;
  for (const Json::Member& member : *entry.get<Json::Object>()) {
    const auto* list = member.value.get<Json::Array>();
    const auto* text = member.value.get<std::string>();
    if ((list != nullptr && list->empty()) || (text != nullptr && text->empty())) {
      continue;
    }
    std::string value = text != nullptr ? *text : fhir::write_json(member.value);
    if (list != nullptr) {
      value.clear();
      for (const Json& item : *list) {
        value += (value.empty() ? "" : ",") + *item.get<std::string>();
      }
    }
    line += (line.empty() ? "" : "  ") + member.name + "=" + value;
  }
  return line;
}

}  // namespace

int command_registry_list(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const std::string only = session.arguments.one("--of");
  if (!only.empty() && std::none_of(kKinds.begin(), kKinds.end(),
                                    [&](const Kind& kind) { return kind.name == only; })) {
    throw fhir::Error(fhir::ErrorCode::kUsage,
                      "--of: clients, permits, filings, leaflets, campaigns, notices, refusals, "
                      "receipts or sources");
  }
  const fhir::CategoryVocabulary& vocabulary = session.installation.vocabulary();
  const registry::Registry& registry = session.installation.registry();
  // What is written may wait for a slow reader, so the view is let go before.
  std::vector<std::pair<Kind, std::vector<Json>>> lists;
  {
    const registry::Registry::View view = registry.view();
    for (const Kind& kind : kKinds) {
      if (only.empty() ? kind.by_default : kind.name == only) {
        lists.emplace_back(kind, entries_of(kind.name, *view, vocabulary));
      }
    }
  }
  for (const auto& [kind, entries] : lists) {
    if (!session.arguments.has("--json")) {
      session.console.out(say(session.language, kCount,
                              {say(session.language, kind.title), std::to_string(entries.size())}));
    }
    for (const Json& entry : entries) {
      if (session.arguments.has("--json")) {
        Json line;
        line.set(kind.name, entry);
        session.console.out(fhir::write_json(line));
      } else {
        session.console.out("  " + line_of(entry));
      }
    }
  }
  return kOk;
}

}  // namespace sekisho::agent
