#include <algorithm>
#include <chrono>
#include <map>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/registry_report.h"
#include "adapter/agent/request_setup.h"
#include "adapter/agent/visit_source.h"
#include "adapter/decision/decision.h"
#include "adapter/registry/campaign.h"
#include "fhir/digest.h"
#include "fhir/error.h"

// notice version, campaign, derive, revoke: from a leaflet to the notices that count.

namespace sekisho::agent {
namespace {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;
using registry::Skipped;

constexpr Phrase kVersion{"お知らせの版を登録しました（{0}、記録番号 {1}）",
                          "the leaflet is registered ({0}, event {1})"};
constexpr Phrase kCampaign{
    "配布期間を登録しました（{0}、記録番号 {1}）。通知は sekisho notice "
    "derive {0} で記録します",
    "the campaign is registered ({0}, event {1}); `sekisho notice derive "
    "{0}` records its notices"};
constexpr Phrase kRevoked{"取り消しました。ただちに有効です（{0}、記録番号 {1}）",
                          "revoked, in force at once ({0}, event {1})"};
constexpr Phrase kRead{"受診の記録 {0} 件、対象 {1} 人", "{0} visits read, {1} people"};
constexpr Phrase kUndated{"日付のない受診の記録 {0} 件は通知の根拠にしません",
                          "{0} records of visits name no day; no notice rests on them"};
constexpr Phrase kDry{"通知となる人: {0} 人（試行。記録していません）",
                      "notices: {0} (dry run, nothing was recorded)"};
constexpr Phrase kDone{"通知を記録しました: {0} 人", "notices recorded: {0}"};
constexpr Phrase kNotGiven{"通知としない人: {0} 人  {1}", "no notice: {0}  {1}"};
constexpr Phrase kCurve{"待機期間が終わる日（その日までの累計）:",
                        "waiting period over (cumulated by day):"};
constexpr Phrase kDay{"  {0}  {1} 人", "  {0}  {1}"};

constexpr std::array<Phrase, registry::kSkippedReasons> kReasons{
    Phrase{"受診がない", "no visit"},
    Phrase{"配布期間より前の受診のみ", "only visits before the campaign"},
    Phrase{"配布期間より後の受診のみ", "only visits after the campaign"},
    Phrase{"対象外の窓口・受診種別のみ", "only visits at other desks or of other types"},
    Phrase{"受診日に16歳未満（保護者への通知が必要）",
           "under 16 on the day of the visit: a guardian has to be told"},
    Phrase{"死亡日より後の記録のみ", "only records after the death"},
    Phrase{"生年月日が不明", "birth date unknown"},
    Phrase{"判断能力を欠く（代理人への通知が必要）",
           "without capacity: who acts for the person has to be told"},
    Phrase{"本人確認に疑いがある記録", "the record may mix two people"},
    Phrase{"除外の指定あり", "excluded by name"},
    Phrase{"この版の通知が取り消されている", "a notice of this leaflet was taken back"},
    Phrase{"この版の通知が既にある", "has a notice of this leaflet already"},
    Phrase{"索引にない患者番号", "a patient number that is in no index"},
};

// "CLIENT:TRACK:VERSION" as a cover with the items of that filing, or with --category.
Json cover_of(Session& session, const registry::State& state, const std::string& given) {
  const std::size_t first = given.find(':');
  const std::size_t last = given.rfind(':');
  const std::string number = last == std::string::npos ? "" : given.substr(last + 1);
  if (first == last || number.empty() || number.size() > 9 ||
      number.find_first_not_of("0123456789") != std::string::npos) {
    throw Error(ErrorCode::kUsage, "--covers: CLIENT:TRACK:VERSION of a filing, as hub:anon:1");
  }
  Json cover;
  cover.set("client", given.substr(0, first));
  cover.set("track", given.substr(first + 1, last - first - 1));
  cover.set("filing_version", Json::integer(std::stoll(number)));
  std::vector<std::string> items = session.arguments.all("--category");
  for (const registry::Filing& filing : state.filings()) {
    const bool anon = filing.track == registry::Track::kAnon;
    if (items.empty() && filing.client == cover.text("client") && filing.track &&
        cover.text("track") == (anon ? "anon" : "pseudo") &&
        std::to_string(filing.version) == number) {
      items = state.vocabulary().codes(filing.items);
    }
  }
  if (items.empty()) {
    throw Error(ErrorCode::kNotFound,
                "--covers: no such filing is registered; `sekisho registry list --of filings`");
  }
  set_list(cover, "items", items);
  return cover;
}

int finish(Session& session, const char* type, const Json& body, const registry::Actor& actor,
           const Phrase& phrase, const std::string& id) {
  const std::optional<std::uint64_t> event = append_event(session, type, body, actor);
  if (!event) {
    return kFailed;
  }
  session.console.out(say(session.language, phrase, {id, std::to_string(*event)}));
  return kOk;
}

fhir::CivilDate day_of(const Session& session, const char* option, fhir::CivilDate otherwise) {
  if (!session.arguments.has(option)) {
    return otherwise;
  }
  const auto day = fhir::parse_civil_date(session.arguments.one(option));
  if (!day) {
    throw Error(ErrorCode::kUsage, std::string(option) + ": a day as 2026-11-20");
  }
  return *day;
}

struct Source {
  registry::Campaign campaign;
  registry::WaitRule wait_rule = registry::WaitRule::kLater;  // of the leaflet
};

Source source_of(const registry::State& state, const std::string& id) {
  const auto& papers = state.papers();
  const auto campaign = papers.campaigns.find(id);
  if (campaign == papers.campaigns.end()) {
    throw Error(ErrorCode::kNotFound,
                "the registry has no such campaign; `sekisho registry list --of campaigns`");
  }
  if (campaign->second.revoked) {
    throw Error(ErrorCode::kConflict, "this campaign is revoked");
  }
  return {campaign->second, papers.versions.at(campaign->second.notice_version).wait_rule};
}

void print(Session& session, const registry::Derivation::Counts& counts, const Source& source,
           const VisitsRead& read, bool dry) {
  const Language language = session.language;
  session.console.out(
      say(language, kRead, {std::to_string(read.visits), std::to_string(counts.people)}));
  if (read.undated > 0) {
    session.console.out(say(language, kUndated, {std::to_string(read.undated)}));
  }
  for (std::size_t i = 0; i < registry::kSkippedReasons; ++i) {
    if (counts.skipped[i] > 0) {
      session.console.out(say(language, kNotGiven,
                              {std::to_string(counts.skipped[i]), say(language, kReasons[i])}));
    }
  }
  session.console.out(say(language, dry ? kDry : kDone, {std::to_string(counts.notices)}));
  std::map<fhir::CivilDate, std::uint64_t> by_day;
  const registry::WaitRule rule = session.installation.environment().wait_rule;
  for (const auto& [day, count] : counts.by_day) {
    by_day[std::max(decision::eligible_from(day, rule),
                    decision::eligible_from(day, source.wait_rule))] += count;
  }
  if (!by_day.empty()) {
    session.console.out(say(language, kCurve));
  }
  std::uint64_t sum = 0;
  for (const auto& [day, count] : by_day) {
    sum += count;
    session.console.out(say(language, kDay, {fhir::to_text(day), std::to_string(sum)}));
  }
}

// The people behind one of the counts, a line each: those whom somebody has to notify otherwise.
void print_who(Session& session, const registry::Registry& registry,
               const registry::Derivation& derivation, Skipped reason) {
  std::vector<std::string> ids;
  {
    const registry::Registry::View view = registry.view();
    for (const registry::PatientNumber number : derivation.without_notice(reason)) {
      ids.push_back(view->patient(number)->id);
    }
  }
  for (const std::string& id : ids) {
    session.console.out("Patient/" + id);
  }
}

std::optional<Skipped> reason_of(const Session& session) {
  const std::string given = session.arguments.one("--who");
  for (std::size_t i = 0; i < registry::kSkippedReasons; ++i) {
    if (registry::name_of(static_cast<Skipped>(i)) == given) {
      return static_cast<Skipped>(i);
    }
  }
  if (session.arguments.has("--who")) {
    throw Error(ErrorCode::kUsage, "--who: no such reason; `sekisho notice derive --help`");
  }
  return std::nullopt;
}

}  // namespace

int command_notice_version(Session& session) {
  session.arguments.expect_operands(1, 1, "the leaflet's file");
  const registry::Actor actor = actor_of(session, 2);
  Json body;
  const std::string id = session.arguments.required("--id");
  body.set("id", id);
  body.set("text_hash",
           fhir::to_hex(fhir::sha256(session.input(session.arguments.operands().front()))));
  body.set("wait_rule", session.arguments.one("--wait", "later"));
  Json covers{Json::Array{}};
  {
    const registry::Registry::View view = writable_registry(session).view();
    for (const std::string& given : session.arguments.all("--covers")) {
      covers.push(cover_of(session, *view, given));
    }
  }
  body.set("covers", std::move(covers));
  return finish(session, "notice-version", body, actor, kVersion, id);
}

int command_notice_campaign(Session& session) {
  session.arguments.expect_operands(1, 1, "the campaign's id");
  const registry::Actor actor = actor_of(session, 2);
  const std::string& id = session.arguments.operands().front();
  Json body;
  body.set("id", id);
  body.set("notice_version", session.arguments.required("--version"));
  body.set("from", session.arguments.required("--from"));
  body.set("to", session.arguments.required("--to"));
  body.set("method", session.arguments.one("--method", "paper_at_visit"));
  set_list(body, "desks", session.arguments.all("--desk"));
  set_list(body, "visit_types", session.arguments.all("--visits"));
  std::vector<std::string> excluded;
  for (const std::string& patient : session.arguments.all("--except")) {
    excluded.push_back(patient_named(patient, writable_registry(session)));
  }
  set_list(body, "exclusions", excluded);
  return finish(session, "campaign", body, actor, kCampaign, id);
}

int command_notice_derive(Session& session) {
  session.arguments.expect_operands(1, 1, "the campaign's id");
  const bool dry = session.arguments.has("--dry-run");
  const std::optional<Skipped> who = reason_of(session);
  const registry::Actor actor = dry ? registry::Actor{} : actor_of(session, 1);
  const fhir::CivilDate today = fhir::japan_date(session.clock());
  const fhir::CivilDate through = std::min(today, day_of(session, "--through", today));
  registry::Registry& registry = dry ? session.installation.registry() : writable_registry(session);
  const auto derivation_of = [&](const registry::State& state, Source& source) {
    source = source_of(state, session.arguments.operands().front());
    return registry::Derivation(state, source.campaign, through);
  };
  Source source;
  registry::Derivation derivation = derivation_of(*registry.view(), source);
  const VisitsRead visits =
      read_visits(session.installation.store_file(), session.installation.id_key(), registry,
                  session.cancel, derivation);
  if (!dry) {
    const std::vector<Json> events = derivation.events(*registry.view());
    for (const Json& event : events) {
      if (!append_event(session, "campaign-run", event, actor)) {
        return kFailed;
      }
    }
  }
  print(session, derivation.counts(), source, visits, dry);
  if (who) {
    print_who(session, registry, derivation, *who);
  }
  return kOk;
}

int command_notice_revoke(Session& session) {
  session.arguments.expect_operands(1, 1, "the id of a campaign or of a notice");
  const registry::Actor actor = actor_of(session, 1);
  const std::string& id = session.arguments.operands().front();
  registry::Registry& registry = writable_registry(session);
  const bool campaign = registry.view()->papers().campaigns.count(id) != 0;
  Json body;
  body.set("id", id);
  std::vector<std::string> patients;
  for (const std::string& patient : session.arguments.all("--patient")) {
    patients.push_back(patient_named(patient, registry));
  }
  if (campaign && !patients.empty()) {
    throw Error(ErrorCode::kUsage, "--patient: goes with a notice, not with a campaign");
  }
  set_list(body, "patients", patients);
  return finish(session, campaign ? "campaign-revoke" : "notice-revoke", body, actor, kRevoked, id);
}

}  // namespace sekisho::agent
