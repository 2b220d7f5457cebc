#include <array>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/readiness.h"
#include "adapter/agent/reasons.h"
#include "adapter/agent/request_setup.h"
#include "adapter/store/patients.h"
#include "fhir/json.h"

namespace sekisho::agent {
namespace {

constexpr Phrase kTitle{"提供準備の状況  利用許可 {0}（提供先 {1}、利用目的 {2}）  {3}",
                        "Readiness of permit {0} (client {1}, purpose {2}), {3}"};
constexpr Phrase kState{"状態: {0}", "State: {0}"};
constexpr Phrase kStored{"保存されている患者", "patients in the store"};
constexpr Phrase kReleasable{"本日提供できる患者", "releasable today"};
constexpr Phrase kPeople{"{0} 人", "{0}"};
constexpr Phrase kByDate{"今後12か月の見込み（その日の0時に提供できる人数が変わる日）:",
                         "Over the next 12 months (days on which the number changes at 00:00):"};
constexpr Phrase kNoChange{"今後12か月、日付の経過だけで人数が変わる日はありません",
                           "Over the next 12 months time alone changes nothing"};
constexpr Phrase kFix{"  対応: {0}", "  what to do: {0}"};

struct StateName {
  const char* code;
  Phrase text;
};
constexpr StateName kUninitialised{"uninitialised", {"未設定", "uninitialised"}};
constexpr StateName kRehearsing{"rehearsing", {"疎通確認中", "rehearsing"}};
constexpr StateName kWaiting{"waiting", {"待機中", "waiting"}};
constexpr StateName kServing{"serving", {"提供中", "serving"}};
constexpr StateName kLocked{"locked", {"閉鎖中", "locked"}};

bool locked(const Readiness& readiness) {
  return !readiness.by_reason.empty() &&
         readiness.by_reason.begin()->first <= decision::Reason::kSysInternal;
}

StateName state_of(const Readiness& readiness, const registry::Permit& permit,
                   decision::Reason may_ask) {
  if (locked(readiness) || may_ask <= decision::Reason::kSysInternal) {
    return kLocked;
  }
  if (permit.permit_class == registry::Permit::Class::kRehearsal) {
    return kRehearsing;
  }
  return readiness.by_reason.contains(decision::Reason::kOk) ? kServing : kWaiting;
}

void print(Session& session, const Readiness& readiness, const decision::Asking& asking,
           const StateName& state) {
  const Language language = session.language;
  const auto people = [&](std::uint64_t count) {
    return say(language, kPeople, {std::to_string(count)});
  };
  session.console.out(
      say(language, kTitle,
          {asking.permit, asking.client, asking.purpose, fhir::to_japan_text(asking.now)}));
  session.console.out(say(language, kState, {say(language, state.text)}));
  session.console.out(say(language, kStored) + ": " + people(readiness.patients));
  for (int gate = 0; gate < 9; ++gate) {
    for (const auto& [reason, count] : readiness.by_reason) {
      const ReasonText& text = text_of(reason);
      if (text.gate != gate) {
        continue;
      }
      const std::string fix = say(language, text.fix);
      session.console.out("  " + say(language, gate_name(gate)) + "  " + people(count) + "  " +
                          std::string(decision::name_of(reason)) + "  " + say(language, text.what) +
                          (fix.empty() ? "" : say(language, kFix, {fix})));
    }
  }
  const auto ok = readiness.by_reason.find(decision::Reason::kOk);
  session.console.out(say(language, kReleasable) + ": " +
                      people(ok == readiness.by_reason.end() ? 0 : ok->second));
  session.console.out(say(language, readiness.by_date.empty() ? kNoChange : kByDate));
  for (const auto& [day, count] : readiness.by_date) {
    session.console.out("  " + fhir::to_text(day) + "  " + people(count));
  }
}

fhir::Json json_of(const Readiness& readiness, const decision::Asking& asking,
                   const StateName& state) {
  fhir::Json json;
  json.set("permit", asking.permit);
  json.set("state", state.code);
  json.set("at", fhir::to_text(asking.now));
  json.set("patients", fhir::Json::integer(static_cast<long long>(readiness.patients)));
  fhir::Json gates{fhir::Json::Array{}};
  for (const auto& [reason, count] : readiness.by_reason) {
    fhir::Json gate;
    gate.set("gate", fhir::Json::integer(text_of(reason).gate));
    gate.set("reason", decision::name_of(reason));
    gate.set("patients", fhir::Json::integer(static_cast<long long>(count)));
    gates.push(std::move(gate));
  }
  json.set("byReason", std::move(gates));
  fhir::Json days{fhir::Json::Array{}};
  for (const auto& [day, count] : readiness.by_date) {
    fhir::Json entry;
    entry.set("date", fhir::to_text(day));
    entry.set("releasable", fhir::Json::integer(static_cast<long long>(count)));
    days.push(std::move(entry));
  }
  json.set("byDate", std::move(days));
  return json;
}

}  // namespace

int command_readiness(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  Installation& installation = session.installation;
  if (!installation.exists()) {
    session.console.out(
        say(session.language, kState, {say(session.language, kUninitialised.text)}));
    return kFailed;
  }
  std::vector<StoredPatient> patients;
  store::for_each_patient(installation.store_file(),
                          [&](std::string_view id, fhir::CategorySet carried, unsigned flags) {
                            patients.push_back({std::string(id), carried, flags});
                          });
  const registry::Environment environment = installation.environment();
  const registry::Registry::View view = installation.registry().view();
  const decision::Asking asking = asking_of(session, *view);
  const Readiness readiness = readiness_of(*view, environment, asking, patients);
  const StateName state = state_of(readiness, *view->permit(asking.permit),
                                   decision::may_ask(*view, environment, asking));
  if (session.arguments.has("--json")) {
    session.console.out(fhir::write_json(json_of(readiness, asking, state)));
  } else {
    print(session, readiness, asking, state);
  }
  return kOk;
}

}  // namespace sekisho::agent
