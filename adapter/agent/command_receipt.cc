#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/registry_report.h"
#include "adapter/agent/request_setup.h"
#include "fhir/error.h"

// registry receipt: the paper of article 51 of the Ordinance, item by item.

namespace sekisho::agent {
namespace {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;

constexpr Phrase kTitle{"医療情報の提供停止の求めを受けた旨の書面（求め {0}）",
                        "Receipt of a request to stop the provision of medical data (refusal {0})"};
constexpr Phrase kAsked{"一 医療情報の提供の停止の求めがありました。",
                        "1. A request to stop the provision of medical data was made."};
constexpr Phrase kWho{"二 求めをした方: {0}（{1}）", "2. Requested by: {0} ({1})"};
constexpr Phrase kReceived{"三 求めを受けた日: {0}", "3. Received on: {0}"};
constexpr Phrase kHanded{"四 この書面を交付します。", "4. This paper is handed over."};
constexpr Phrase kStopped{"五 提供を停止した日時: {0}", "5. Provision stopped at: {0}"};
constexpr Phrase kIssued{"六 交付した日: {0}", "6. Handed over on: {0}"};
constexpr Phrase kKept{"交付を記録しました（記録番号 {0}）。写しを3年間保存してください",
                       "the receipt is recorded (event {0}); keep a copy for three years"};

// The refusal's last receipt as it is handed over.
void print(Session& session, const registry::Registry& registry, const std::string& id) {
  registry::Receipt receipt;
  registry::Refusal refusal;
  {
    const registry::Registry::View view = registry.view();
    for (const registry::Receipt& each : view->papers().receipts) {
      receipt = each.refusal == id ? each : receipt;
    }
    const registry::Refusal* known = view->refusal(id);
    if (known == nullptr || receipt.refusal.empty()) {
      throw Error(ErrorCode::kNotFound, "no receipt of this refusal is recorded");
    }
    refusal = *known;
  }
  const auto requester = registry.requester_of(receipt);
  const Language language = session.language;
  const auto day = [](std::optional<fhir::CivilDate> date) {
    return date ? fhir::to_text(*date) : std::string("-");
  };
  session.console.out(say(language, kTitle, {id}));
  session.console.out(say(language, kAsked));
  session.console.out(
      say(language, kWho, {requester ? requester->name : "-", requester ? requester->facts : "-"}));
  session.console.out(
      say(language, kReceived,
          {day(refusal.received_on.value_or(fhir::japan_date(refusal.recorded_at)))}));
  session.console.out(say(language, kHanded));
  session.console.out(say(language, kStopped,
                          {receipt.stopped_at ? fhir::to_japan_text(*receipt.stopped_at) : "-"}));
  session.console.out(say(language, kIssued, {day(receipt.issued_on)}));
}

}  // namespace

int command_registry_receipt(Session& session) {
  session.arguments.expect_operands(1, 1, "the refusal's id");
  const std::string& id = session.arguments.operands().front();
  if (session.arguments.has("--again")) {
    print(session, session.installation.registry(), id);
    return kOk;
  }
  const registry::Actor actor = actor_of(session, 1);
  Json body;
  body.set("refusal", id);
  body.set("issued_on",
           session.arguments.one("--issued", fhir::to_text(fhir::japan_date(session.clock()))));
  const bool electronic = session.arguments.has("--electronic");
  body.set("form", electronic ? "electronic" : "paper");
  body.set("econsent", electronic);
  body.set("name", session.arguments.required("--name"));
  body.set("facts", session.arguments.required("--facts"));
  registry::Registry& registry = writable_registry(session);
  const std::optional<std::uint64_t> event = append_event(session, "receipt", body, actor);
  if (!event) {
    return kFailed;
  }
  print(session, registry, id);
  session.console.err(say(session.language, kKept, {std::to_string(*event)}));
  return kOk;
}

}  // namespace sekisho::agent
