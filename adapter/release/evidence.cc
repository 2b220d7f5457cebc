#include "adapter/release/evidence.h"

#include <map>
#include <set>

#include "fhir/digest.h"

namespace sekisho::release {

namespace {

std::string set_text(const fhir::CategoryVocabulary& vocabulary, fhir::CategorySet set) {
  std::string text;
  for (const std::string& code : vocabulary.codes(set)) {
    text += (text.empty() ? "" : "+") + code;
  }
  return text;
}

}  // namespace

ledger::Record record_of(const Asker& asker, const Entrance& entrance, int status) {
  ledger::Record record;
  record.request_id = asker.request_id;
  record.client = asker.client;
  record.certificate = asker.certificate;
  record.permit = entrance.permit;
  record.purpose = entrance.purpose;
  record.mode = entrance.mode;
  record.interaction = asker.interaction;
  record.target = asker.target;
  record.status = status;
  record.outcome = entrance.refusal ? "refused" : "none";
  if (entrance.reason != decision::Reason::kOk) {
    record.reason = decision::name_of(entrance.reason);
  }
  return record;
}

ledger::Record refusal_of(const Desk& desk, const Asker& asker, const Entrance& entrance) {
  ledger::Record record = record_of(asker, entrance, status_of(*entrance.refusal));
  record.epoch = desk.registry().epoch();
  return record;
}

void add_released(ledger::Record& record, std::string_view type,
                  const std::vector<query::Shown>& shown, std::string_view body,
                  const fhir::CategoryVocabulary& vocabulary, const registry::Registry& registry) {
  record.body_digest = fhir::to_hex(fhir::sha256(body));
  if (shown.empty()) {
    return;
  }
  record.outcome = "released";
  record.counts[std::string(type)] = shown.size();
  std::map<std::uint64_t, std::string> sets;
  std::map<registry::PatientNumber, std::set<std::uint64_t>> patients;
  for (const query::Shown& one : shown) {
    sets[one.categories.bits];
    for (const registry::PatientNumber number : one.patients) {
      patients[number].insert(one.categories.bits);
    }
  }
  for (auto& [bits, text] : sets) {
    text = set_text(vocabulary, fhir::CategorySet{bits});
    record.categories.push_back(text);
  }
  const auto view = registry.view();
  for (const auto& [number, of_patient] : patients) {
    if (const registry::Patient* patient = view->patient(number)) {
      ledger::Disclosed one{patient->id, {}};
      for (const std::uint64_t bits : of_patient) {
        one.categories += (one.categories.empty() ? "" : " ") + sets[bits];
      }
      record.patients.push_back(std::move(one));
    }
  }
}

}  // namespace sekisho::release
