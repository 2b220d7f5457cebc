#include "mappings/settings.h"

#include <utility>

#include "mappings/patient.h"

namespace sekisho::mappings {

Settings settings_for(fhir::IdKey ids, const std::string& institution_number,
                      const std::string& institution_name,
                      const std::map<std::string, std::string>& mapping_values,
                      const std::string& feed) {
  std::map<std::string, std::string> config = {
      {"institutionNumber", institution_number},
      {"institutionName", institution_name},
      // The digit 1 before the ten says "medical institution" (jp-profiles 2).
      {"patientIdSystem", "urn:oid:1.2.392.100495.20.3.51.1" + institution_number},
      {"practitionerIdSystem", "urn:oid:1.2.392.100495.20.3.41.1" + institution_number},
      {"localSystemBase", "urn:sekisho:facility:" + institution_number + ":codesystem:"},
      {"timezone", "+09:00"},
      {"uninformedCodes", ""},
  };
  bool pad_hour_only = false;
  for (const auto& [name, value] : mapping_values) {
    if (name == "hourOnly") {
      pad_hour_only = value == "pad";
    } else {
      config[name] = value;
    }
  }
  Settings settings{std::move(ids), std::move(config), feed, pad_hour_only};
  return settings;
}

SourceKind source_kind(const Settings& settings, std::string_view data_type) {
  SourceKind source;
  source.data_type = data_type;
  auto patients = settings.config.find("patientIdSystem");
  if (patients == settings.config.end()) {
    return source;
  }
  source.patient_of_identifier = [&settings, &system_of_patients = patients->second](
                                     std::string_view system,
                                     std::string_view value) -> std::optional<std::string> {
    if (system != system_of_patients) {
      return std::nullopt;
    }
    std::string number = normal_patient_number(value);
    return settings.ids.logical_id("Patient", &number, 1);
  };
  return source;
}

}  // namespace sekisho::mappings
