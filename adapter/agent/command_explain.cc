#include <memory>
#include <optional>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/reasons.h"
#include "adapter/agent/request_setup.h"
#include "adapter/decision/decision.h"
#include "fhir/error.h"

namespace sekisho::agent {
namespace {

constexpr Phrase kTitle{"利用許可 {0}、提供先 {1}、利用目的 {2}、{3} 時点の判定",
                        "Permit {0}, client {1}, purpose {2}, as of {3}"};
constexpr Phrase kPatient{"患者: {0}", "Patient: {0}"};
constexpr Phrase kWhole{"Patient リソース", "Patient resource"};
constexpr Phrase kPermitted{"提供", "released"};
constexpr Phrase kDenied{"不提供", "withheld"};
constexpr Phrase kRefusal{"求め {0}", "refusal {0}"};
constexpr Phrase kNotice{"通知 {0}", "notice {0}"};
constexpr Phrase kGiven{"{0} 交付", "given on {0}"};
constexpr Phrase kLeaflet{"お知らせ {0}", "leaflet {0}"};
constexpr Phrase kCampaign{"配布期間 {0}", "campaign {0}"};
constexpr Phrase kFiling{"届出 第{0}版", "filing version {0}"};
constexpr Phrase kFix{"対応: {0}", "what to do: {0}"};
constexpr Phrase kUnknownPatient{
    "この診察券番号またはIDの患者は索引にありません。番号を確かめ、取り込み済みか確認してください",
    "the index knows no patient of this card number or id; check the number, and that the patient "
    "was ingested"};

// "notice n12-1, given on 2026-10-02, leaflet leaflet-1, campaign autumn".
std::string notice_of(Language language, const registry::State& state, const std::string& id) {
  std::string text = say(language, kNotice, {id});
  if (const registry::Notice* notice = state.notice(std::string_view(id))) {
    if (notice->date) {
      text += ", " + say(language, kGiven, {fhir::to_text(*notice->date)});
    }
    if (!notice->version.empty()) {
      text += ", " + say(language, kLeaflet, {notice->version});
    }
    if (!notice->campaign.empty()) {
      text += ", " + say(language, kCampaign, {notice->campaign});
    }
  }
  return text;
}

std::string line_of(Language language, std::string_view what, const registry::State& state,
                    const decision::Answer& answer) {
  const ReasonText& text = text_of(answer.reason);
  std::string line =
      "  " + std::string(what) + ": " + say(language, answer.permitted() ? kPermitted : kDenied) +
      "  " + std::string(decision::name_of(answer.reason)) + "  " + say(language, text.what);
  if (!answer.refusal_id.empty()) {
    line += "  [" + say(language, kRefusal, {answer.refusal_id}) + "]";
  }
  if (!answer.notice_id.empty()) {
    line += "  [" + notice_of(language, state, answer.notice_id) + "]";
  }
  if (answer.filing_version) {
    line += "  [" + say(language, kFiling, {std::to_string(*answer.filing_version)}) + "]";
  }
  const std::string fix = say(language, text.fix);
  return fix.empty() ? line : line + "  " + say(language, kFix, {fix});
}

std::optional<fhir::Instant> instant_of(const Session& session) {
  if (!session.arguments.has("--at")) {
    return std::nullopt;
  }
  const auto at = fhir::parse_instant(session.arguments.one("--at"));
  if (!at) {
    throw fhir::Error(fhir::ErrorCode::kUsage,
                      "--at: an instant with its zone, as 2026-11-20T10:00:00+09:00");
  }
  return at;
}

std::unique_ptr<registry::Registry> registry_at(Session& session, fhir::Instant at) {
  registry::Registry::Options options = session.installation.registry_options();
  options.as_of = at;
  return registry::Registry::open(options, registry::Registry::Access::kReadOnly, at);
}

}  // namespace

int command_explain(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  registry::Environment environment = session.installation.environment();
  const fhir::CategoryVocabulary& vocabulary = session.installation.vocabulary();
  const std::optional<fhir::Instant> at = instant_of(session);
  const std::unique_ptr<registry::Registry> then = at ? registry_at(session, *at) : nullptr;
  if (then) {
    environment.registry_loaded = then->loaded();
    environment.chain_ok = then->chain_ok();
    environment.policy_ok = then->policy_ok();
  }
  const registry::Registry& registry = then ? *then : session.installation.registry();
  const std::string patient = patient_of(session, registry);
  const registry::Registry::View view = registry.view();
  decision::Asking asking = asking_of(session, *view);
  asking.now = at.value_or(asking.now);
  const Language language = session.language;
  session.console.out(
      say(language, kTitle,
          {asking.permit, asking.client, asking.purpose, fhir::to_japan_text(asking.now)}));
  session.console.out(say(language, kPatient, {"Patient/" + patient}));
  if (!view->number_of(patient)) {
    session.console.out(say(language, kUnknownPatient));
  }
  decision::Subject subject;
  subject.subjects = {patient};
  subject.carried_by_permit = true;
  session.console.out(line_of(language, say(language, kWhole), *view,
                              decision::decide(*view, environment, asking, subject)));
  subject.carried_by_permit = false;
  for (const fhir::CategorySet code :
       vocabulary.in_order(view->permit(asking.permit)->categories)) {
    subject.needs = code;
    session.console.out(line_of(language, vocabulary.codes(code).front(), *view,
                                decision::decide(*view, environment, asking, subject)));
  }
  return kOk;
}

}  // namespace sekisho::agent
