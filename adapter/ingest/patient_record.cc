#include "adapter/ingest/patient_record.h"

#include <algorithm>

#include "fhir/date_time.h"
#include "fhir/text.h"

namespace sekisho::ingest {

namespace {

using fhir::Json;

constexpr std::string_view kRepresentation =
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
constexpr std::string_view kJpCore = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/";
constexpr std::string_view kInsurerNumber = "/InsurerNumber";

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

const Json* extension(const Json& element, std::string_view url) {
  for (const Json& item : element.items("extension")) {
    if (item.text("url") == url) {
      return &item;
    }
  }
  return nullptr;
}

// A name's text for matching: all its parts in the order of writing, or its text.
std::string folded(const Json& name) {
  std::string text(name.text("family"));
  for (const Json& given : name.items("given")) {
    if (const auto* part = given.get<std::string>()) {
      text += ' ';
      text += *part;
    }
  }
  return fhir::fold_for_identity(text.empty() ? name.text("text") : std::string_view(text));
}

// The family's part: by itself, or as a blank divides the text.
std::string family_of(const Json& name) {
  std::string_view family = name.text("family");
  const std::string text = fhir::trim(fhir::nfkc(name.text("text")));
  if (family.empty() && text.find(' ') != std::string::npos) {
    family = std::string_view(text).substr(0, text.find(' '));
  }
  return fhir::fold_for_identity(family);
}

void read_names(const Json& patient, registry::PatientRecord& record) {
  for (const Json& name : patient.items("name")) {
    const Json* representation = extension(name, kRepresentation);
    const bool kana = representation != nullptr && representation->text("valueCode") == "SYL";
    std::string& into = kana ? record.name_kana : record.name;
    if (into.empty()) {
      into = folded(name);
      (kana ? record.family_kana : record.family) = family_of(name);
    }
  }
}

void read_death(const Json& patient, registry::PatientRecord& record) {
  const Json* flag = patient.find("deceasedBoolean");
  if (flag != nullptr && flag->get<bool>() != nullptr) {
    record.deceased = *flag->get<bool>();
  }
  const std::string_view at = patient.text("deceasedDateTime");
  if (!at.empty()) {
    record.deceased = true;
    record.deceased_on = fhir::full_japan_date(at);
  }
}

std::string half_width(std::string_view text) { return fhir::trim(fhir::nfkc(text)); }

std::string value_of(const Json& coverage, std::string_view name) {
  const Json* found = extension(coverage, std::string(kJpCore) + std::string(name));
  return found == nullptr ? std::string() : half_width(found->text("valueString"));
}

std::string insurer_in(const Json& holder) {
  for (const Json& identifier : holder.items("identifier")) {
    if (ends_with(identifier.text("system"), kInsurerNumber)) {
      return half_width(identifier.text("value"));
    }
  }
  return {};
}

// The insurer stands in a contained Organization or as a reference by identifier.
std::string insurer_number(const Json& coverage) {
  for (const Json& contained : coverage.items("contained")) {
    const std::string number = insurer_in(contained);
    if (!number.empty()) {
      return number;
    }
  }
  for (const Json& payor : coverage.items("payor")) {
    const Json* identifier = payor.find("identifier");
    if (identifier != nullptr && ends_with(identifier->text("system"), kInsurerNumber)) {
      return half_width(identifier->text("value"));
    }
  }
  return {};
}

}  // namespace

registry::PatientRecord patient_record(const Json& patient,
                                       const std::function<bool(std::string_view)>& is_local_id) {
  registry::PatientRecord record;
  record.id = patient.text("id");
  for (const Json& identifier : patient.items("identifier")) {
    if (is_local_id(identifier.text("value"))) {
      record.local_id = identifier.text("value");
      break;
    }
  }
  read_names(patient, record);
  record.birth = fhir::full_japan_date(patient.text("birthDate"));
  record.sex = patient.text("gender");
  read_death(patient, record);
  record.insurance_ids = insurance_ids(patient);
  return record;
}

std::vector<std::string> insurance_ids(const Json& resource) {
  std::vector<std::string> ids;
  for (const Json& identifier : resource.items("identifier")) {
    if (ends_with(identifier.text("system"), "_memberID")) {
      ids.push_back(half_width(identifier.text("value")));
    }
  }
  if (resource.text("resourceType") == "Coverage") {
    const std::string symbol = value_of(resource, "JP_Coverage_InsuredPersonSymbol");
    const std::string number = value_of(resource, "JP_Coverage_InsuredPersonNumber");
    const std::string branch = value_of(resource, "JP_Coverage_InsuredPersonSubNumber");
    const std::string insurer = insurer_number(resource);
    if (!insurer.empty() && !number.empty()) {
      ids.push_back(insurer + ":" + symbol + ":" + number + ":" + branch);
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace sekisho::ingest
