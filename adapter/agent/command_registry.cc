#include <algorithm>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/registry_report.h"
#include "adapter/agent/request_setup.h"
#include "fhir/digest.h"
#include "fhir/error.h"

// registry attest, refuse, withdraw: one event each.

namespace sekisho::agent {
namespace {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;

constexpr Phrase kAttested{
    "既存の停止者リストを確認済みとして記録しました（提供先 {0}、記録番号 {1}）",
    "the list of earlier refusals is attested (client {0}, event {1})"};
constexpr Phrase kRefused{
    "提供停止の求めを記録しました。ただちに有効です（求め {0}、記録番号 {1}）",
    "the refusal is recorded and in force (refusal {0}, event {1})"};
constexpr Phrase kUnresolved{
    "対象者を特定できませんでした。候補者は特定されるまで提供されません。二人で特定してください",
    "nobody could be named for certain; candidates are withheld until two people resolve the line"};
constexpr Phrase kWithdrawn{"提供停止の求めの撤回を記録しました（求め {0}、記録番号 {1}）",
                            "the refusal is withdrawn (refusal {0}, event {1})"};
constexpr Phrase kResolved{"求めの確認結果を記録しました（求め {0}、記録番号 {1}）",
                           "the refusal's resolution is recorded (refusal {0}, event {1})"};
constexpr Phrase kRevoked{
    "利用許可を取り消しました。ただちに有効です（利用許可 {0}、記録番号 {1}）",
    "the permit is revoked (permit {0}, event {1})"};
constexpr Phrase kNotTaken{"記録しませんでした", "nothing was recorded"};

bool in_force(const registry::Refusal& refusal) {
  return refusal.status != registry::RefusalStatus::kWithdrawn &&
         refusal.status != registry::RefusalStatus::kRejected;
}

std::string refusal_of(Session& session, const registry::Registry& registry) {
  if (!session.arguments.operands().empty()) {
    return session.arguments.operands().front();
  }
  const std::string patient = patient_of(session, registry);
  const registry::Registry::View view = registry.view();
  std::vector<std::string> found;
  for (const std::size_t index : view->refusals_of(patient)) {
    if (in_force(view->refusal(index))) {
      found.push_back(view->refusal(index).id);
    }
  }
  if (found.size() == 1) {
    return found.front();
  }
  throw Error(ErrorCode::kUsage,
              found.empty()
                  ? "--patient: no refusal of this patient is in force"
                  : "--patient: several refusals of this patient are in force; name one of "
                    "them (`sekisho registry list --of refusals`)");
}

}  // namespace

registry::Registry& writable_registry(Session& session) {
  if (session.live == nullptr) {
    session.installation.become_writer();
  }
  return session.installation.registry();
}

void set_list(Json& body, const char* key, const std::vector<std::string>& values) {
  if (values.empty()) {
    return;
  }
  Json list{Json::Array{}};
  for (const std::string& value : values) {
    list.push(value);
  }
  body.set(key, std::move(list));
}

void show_issues(Session& session, const fhir::Issues& issues) {
  for (const fhir::Issue& issue : issues) {
    session.console.err(std::string(fhir::name_of(issue.severity)) + " " + issue.code + ": " +
                        (issue.source.empty() ? "" : issue.source + ": ") + issue.expression +
                        ": " + issue.diagnostics);
  }
}

std::optional<std::uint64_t> append_event(Session& session, const char* type, const Json& body,
                                          const registry::Actor& actor) {
  const registry::Registry::Appended appended =
      writable_registry(session).append(type, body, actor, session.clock());
  show_issues(session, appended.issues);
  if (!appended.ok()) {
    session.console.err(say(session.language, kNotTaken));
    return std::nullopt;
  }
  return appended.sequence;
}

int command_registry_attest(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const registry::Actor actor = actor_of(session, 2);
  Json body;
  const std::string client = session.arguments.required("--client");
  body.set("client", client);
  body.set("as_of", session.arguments.required("--as-of"));
  if (session.arguments.has("--none-known")) {
    body.set("none_known", true);
  } else {
    const std::string lines = session.arguments.required("--lines");
    if (lines.empty() || lines.size() > 9 ||
        lines.find_first_not_of("0123456789") != std::string::npos) {
      throw Error(ErrorCode::kUsage, "--lines: how many refusals the list holds");
    }
    body.set("list", session.arguments.required("--list"));
    body.set("line_count", Json::integer(std::stoll(lines)));
    body.set("file_hash",
             fhir::to_hex(fhir::sha256(session.input(session.arguments.required("--file")))));
  }
  if (session.arguments.has("--reason")) {
    body.set("reason", session.arguments.one("--reason"));
  }
  const std::optional<std::uint64_t> event = append_event(session, "baseline", body, actor);
  if (!event) {
    return kFailed;
  }
  session.console.out(say(session.language, kAttested, {client, std::to_string(*event)}));
  return kOk;
}

int command_registry_refuse(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const registry::Actor actor = actor_of(session, 1);
  registry::Registry& registry = writable_registry(session);
  Json body;
  const std::string patient = patient_of(session, registry);
  if (registry.view()->number_of(patient)) {
    set_list(body, "patients", {patient});
  } else {
    // Not in the index: it stays unresolved, and blocks whoever turns up with this card.
    Json keys;
    keys.set("card", session.arguments.required("--patient"));
    body.set("keys", std::move(keys));
  }
  set_list(body, "recipients", session.arguments.all("--client"));
  set_list(body, "tracks", session.arguments.all("--track"));
  set_list(body, "categories", session.arguments.all("--category"));
  body.set("requester", session.arguments.one("--requester", "self"));
  body.set("channel", session.arguments.one("--channel", "counter"));
  body.set("received_on",
           session.arguments.one("--received", fhir::to_text(fhir::japan_date(session.clock()))));
  if (session.arguments.has("--delete")) {
    body.set("deletion_requested", true);
  }
  const std::optional<std::uint64_t> event = append_event(session, "refusal", body, actor);
  if (!event) {
    return kFailed;
  }
  // By the event's own number: another counter may have recorded one since.
  const std::string id = "r" + std::to_string(*event);
  session.console.out(say(session.language, kRefused, {id, std::to_string(*event)}));
  const registry::Registry::View view = registry.view();
  const registry::Refusal* refusal = view->refusal(id);
  if (refusal != nullptr && refusal->status == registry::RefusalStatus::kUnresolved) {
    session.console.err(say(session.language, kUnresolved));
  }
  return kOk;
}

int command_registry_withdraw(Session& session) {
  session.arguments.expect_operands(0, 1, "the refusal's id");
  const registry::Actor actor = actor_of(session, 2);
  registry::Registry& registry = writable_registry(session);
  Json body;
  const std::string id = refusal_of(session, registry);
  body.set("id", id);
  body.set("status", "withdrawn");
  body.set("requester", session.arguments.one("--requester", "self"));
  body.set("identity_checked", session.arguments.has("--identity-checked"));
  const std::optional<std::uint64_t> event = append_event(session, "refusal-status", body, actor);
  if (!event) {
    return kFailed;
  }
  session.console.out(say(session.language, kWithdrawn, {id, std::to_string(*event)}));
  return kOk;
}

int command_registry_resolve(Session& session) {
  session.arguments.expect_operands(1, 1, "the refusal's id");
  const bool reject = session.arguments.has("--reject");
  const registry::Actor actor = actor_of(session, reject ? 2 : 1);
  const std::string& id = session.arguments.operands().front();
  Json body;
  body.set("id", id);
  body.set("status", reject ? "rejected" : "active");
  std::vector<std::string> patients;
  for (const std::string& given : session.arguments.all("--patient")) {
    patients.push_back(patient_named(given, writable_registry(session)));
  }
  set_list(body, "patients", patients);
  set_list(body, "release", session.arguments.all("--release"));
  const std::optional<std::uint64_t> event = append_event(session, "refusal-status", body, actor);
  if (!event) {
    return kFailed;
  }
  session.console.out(say(session.language, kResolved, {id, std::to_string(*event)}));
  return kOk;
}

int command_registry_revoke(Session& session) {
  session.arguments.expect_operands(1, 1, "the permit's id");
  const registry::Actor actor = actor_of(session, 1);
  const std::string& id = session.arguments.operands().front();
  Json body;
  body.set("id", id);
  const std::optional<std::uint64_t> event = append_event(session, "permit-revoke", body, actor);
  if (!event) {
    return kFailed;
  }
  session.console.out(say(session.language, kRevoked, {id, std::to_string(*event)}));
  return kOk;
}

}  // namespace sekisho::agent
