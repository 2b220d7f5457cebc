#pragma once

#include <map>
#include <string>

#include "mappings/engine.h"
#include "mappings/release_sets.h"

namespace sekisho::mappings {

// Settings of one facility: `mapping_values` of the configuration over what follows from the
// institution number. The names that the base profiles use (docs/formats/mapping-profile.md):
//   institutionNumber, institutionName, patientIdSystem, practitionerIdSystem, localSystemBase,
//   timezone, uninformedCodes. And `hourOnly`, which no profile sees: "pad" sets pad_hour_only.
Settings settings_for(fhir::IdKey ids, const std::string& institution_number,
                      const std::string& institution_name,
                      const std::map<std::string, std::string>& mapping_values,
                      const std::string& feed);

// The source of a message of this SS-MIX2 type, for release_sets(). Good while `settings` stands.
SourceKind source_kind(const Settings& settings, std::string_view data_type);

}  // namespace sekisho::mappings
