#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/request_setup.h"
#include "fhir/error.h"
#include "fhir/instant.h"
#include "fhir/json.h"

namespace sekisho::agent {
namespace {

constexpr Phrase kTitle{"診療情報の提供の記録 ({0} 作成)",
                        "Disclosures of health records (made {0})"};
constexpr Phrase kPatient{"患者: {0}", "Patient: {0}"};
constexpr Phrase kNothing{"この患者の情報は、これまでに提供されていません。",
                          "Nothing about this patient was disclosed so far."};
constexpr Phrase kColumns{"日時 / 提供先 / 利用許可 / 利用目的 / 情報の区分",
                          "time / recipient / permit / purpose / categories"};
constexpr Phrase kTotal{"提供: {0} 回", "Disclosures: {0}"};
constexpr Phrase kRefused{"提供停止の求め {0} が有効です ({1} に記録)。",
                          "Refusal {0} is in force (recorded {1})."};
constexpr Phrase kUnverified{
    "台帳が検証できません。この記録は不完全かもしれません。sekisho ledger verify "
    "を実行してください: ",
    "The ledger does not verify: this statement may be incomplete. Run sekisho ledger verify: "};

// One answer that held something of the patient.
struct Provision {
  std::string time, client, permit, purpose, categories;
};

// The categories that the record names for one of `ids`; nothing where it names none of them.
std::optional<std::string> categories_of(std::string_view line, const std::string& seal_key,
                                         const std::vector<std::string>& ids) {
  std::optional<std::string> found;
  for (const ledger::Disclosed& one : ledger::patients_of(line, seal_key)) {
    if (std::find(ids.begin(), ids.end(), one.patient) != ids.end()) {
      std::string& all = found ? *found : found.emplace();
      all += (all.empty() || one.categories.empty() ? "" : " ") + one.categories;
    }
  }
  return found;
}

std::vector<Provision> provisions_to(const std::string& dir, const std::string& seal_key,
                                     const std::vector<std::string>& ids) {
  std::vector<Provision> provisions;
  ledger::list(dir, [&](std::string_view line) {
    auto categories = categories_of(line, seal_key, ids);
    if (!categories) {
      return true;
    }
    const fhir::Json record = fhir::parse_json(line);
    if (categories->empty()) {  // a record of a program that kept them for the whole answer only
      for (const fhir::Json& one : record.items("categories")) {
        const auto* text = one.get<std::string>();
        *categories += (categories->empty() ? "" : " ") + (text == nullptr ? std::string() : *text);
      }
    }
    const auto time = fhir::parse_instant(record.text("time"));
    provisions.push_back({time ? fhir::to_japan_text(*time) : std::string(record.text("time")),
                          std::string(record.text("client")), std::string(record.text("permit")),
                          std::string(record.text("purpose")), std::move(*categories)});
    return true;
  });
  return provisions;
}

void print_json(Session& session, const std::string& patient,
                const std::vector<Provision>& provisions) {
  fhir::Json list = fhir::Json::Array{};
  for (const Provision& one : provisions) {
    list.push(fhir::Json::object({{"time", one.time},
                                  {"client", one.client},
                                  {"permit", one.permit},
                                  {"purpose", one.purpose},
                                  {"categories", one.categories}}));
  }
  session.console.out(fhir::write_json(
      fhir::Json::object({{"patient", patient}, {"disclosures", std::move(list)}})));
}

// What the registry says of the person now. Taken at once: whoever reads slowly what is printed
// must not hold the registry.
struct Person {
  std::string id;
  std::vector<std::string> ids;  // every number that certainly is theirs
  bool indexed = false;
  std::vector<std::string> refusals;  // lines to print
};

bool names(const registry::Refusal& refusal, const std::vector<std::string>& ids) {
  return std::any_of(refusal.patients.begin(), refusal.patients.end(), [&](const auto& patient) {
    return std::find(ids.begin(), ids.end(), patient) != ids.end();
  });
}

Person person_of(Session& session) {
  const registry::Registry& registry = session.installation.registry();
  Person person;
  person.id = patient_of(session, registry);
  const registry::Registry::View view = registry.view();
  person.ids = view->certain_closure(person.id);
  person.indexed = view->number_of(person.id).has_value();
  std::set<std::size_t> seen;
  for (const std::string& id : person.ids) {
    for (const std::size_t index : view->refusals_of(id)) {
      const registry::Refusal& refusal = view->refusal(index);
      const bool over = refusal.status == registry::RefusalStatus::kWithdrawn ||
                        refusal.status == registry::RefusalStatus::kRejected;
      if (!over && names(refusal, person.ids) && seen.insert(index).second) {
        person.refusals.push_back(say(session.language, kRefused,
                                      {refusal.id, fhir::to_japan_text(refusal.recorded_at)}));
      }
    }
  }
  return person;
}

}  // namespace

// What a person may ask for: to whom, when, by which permit and for what purpose something of them
// was disclosed (release-decision 4.10). Under every number that certainly is theirs.
int command_statement(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const Person person = person_of(session);
  const ledger::Ledger::Options options = session.installation.ledger_options();
  const ledger::Verified verified = ledger::verify(options.dir, options.key.verify_key());
  const auto provisions = provisions_to(options.dir, options.seal_key, person.ids);
  if (provisions.empty() && !person.indexed) {
    throw fhir::Error(fhir::ErrorCode::kNotFound,
                      "--patient: neither the index nor the ledger knows this card number or id; "
                      "check the number");
  }
  if (session.arguments.has("--json")) {
    print_json(session, person.id, provisions);
  } else {
    const Language language = session.language;
    session.console.out(say(language, kTitle, {fhir::to_japan_text(session.clock())}));
    session.console.out(say(language, kPatient, {"Patient/" + person.id}));
    for (const std::string& refusal : person.refusals) {
      session.console.out(refusal);
    }
    session.console.out(provisions.empty() ? say(language, kNothing) : say(language, kColumns));
    for (const Provision& one : provisions) {
      session.console.out("  " + one.time + " / " + one.client + " / " + one.permit + " / " +
                          one.purpose + " / " + one.categories);
    }
    session.console.out(say(language, kTotal, {std::to_string(provisions.size())}));
  }
  if (!verified.ok) {
    session.console.err(say(session.language, kUnverified) + verified.where);
    return kFailed;
  }
  return kOk;
}

}  // namespace sekisho::agent
