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
    Kind{"clients", kClients, true},   Kind{"permits", kPermits, true},
    Kind{"filings", kFilings, true},   Kind{"notices", kNotices, false},
    Kind{"refusals", kRefusals, true}, Kind{"sources", kSources, true},
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
                      "--of: clients, permits, filings, notices, refusals or sources");
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
