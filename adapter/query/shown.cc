#include "adapter/query/shown.h"

namespace sekisho::query {

Shown held_back(const Row& row) {
  Shown shown;
  shown.id = row.id;
  shown.version = row.version;
  shown.last_updated = fhir::Instant{row.last_updated};
  return shown;
}

Shown shown(Sight& sight, const Row& row) {
  Shown shown = held_back(row);
  shown.text = sight.text_of(row);
  const bool carried = row.rule == fhir::SetRule::kCarriedByPatient ||
                       row.rule == fhir::SetRule::kCarriedByReferrers;
  shown.categories = carried ? row.carried & permitted(sight.visibility(), row) : row.needs;
  shown.patients = patients_of(row);
  return shown;
}

}  // namespace sekisho::query
