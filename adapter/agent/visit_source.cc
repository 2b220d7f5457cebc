#include "adapter/agent/visit_source.h"

#include <optional>
#include <unordered_map>

#include "adapter/store/visits.h"
#include "connectors/ssmix2/name.h"
#include "fhir/error.h"
#include "mappings/patient.h"

namespace sekisho::agent {
namespace {

using registry::PatientNumber;

// The patients of the numbers in file names; files of one patient mostly come in a row.
class Cards {
 public:
  Cards(const fhir::IdKey& ids, const registry::Registry& registry)
      : ids_(ids), registry_(registry) {}

  // Nothing: in no index; `first` then says whether the card was met before.
  std::optional<PatientNumber> patient(const std::string& card, bool& first) {
    first = false;
    if (last_ == nullptr || last_->first != card) {
      const auto [known, added] = known_.try_emplace(card);
      last_ = &*known;
      first = added;
      if (added) {
        const std::string local_id = mappings::normal_patient_number(card);
        last_->second = registry_.view()->number_of(ids_.logical_id("Patient", {local_id}));
      }
    }
    return last_->second;
  }

 private:
  const fhir::IdKey& ids_;
  const registry::Registry& registry_;
  std::unordered_map<std::string, std::optional<PatientNumber>> known_;
  std::pair<const std::string, std::optional<PatientNumber>>* last_ = nullptr;
};

std::optional<fhir::CivilDate> day_of(const std::string& date) {  // YYYYMMDD
  if (date.size() != 8) {
    return std::nullopt;
  }
  return fhir::parse_civil_date(date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6));
}

}  // namespace

VisitsRead read_visits(const std::string& store_file, const fhir::IdKey& ids,
                       const registry::Registry& registry, const std::atomic<bool>& cancel,
                       registry::Derivation& derivation) {
  Cards cards(ids, registry);
  VisitsRead read;
  store::for_each_visit(store_file, [&](const store::VisitFile& file) {
    const auto name = connectors::ssmix2::parse_name(file.name);
    const auto day = name ? day_of(name->date) : std::nullopt;
    if (!day) {
      ++read.undated;
      return !cancel.load();
    }
    ++read.visits;
    bool first = false;
    if (const auto patient = cards.patient(name->patient, first)) {
      derivation.visit(*patient, {*day, name->type, name->department, file.file});
    } else if (first) {
      derivation.unknown_card();
    }
    return !cancel.load();
  });
  if (cancel) {
    throw fhir::Error(fhir::ErrorCode::kConflict, "stopped before all visits were read");
  }
  return read;
}

}  // namespace sekisho::agent
