#include "mappings/coding_systems.h"

#include <array>
#include <cstddef>

namespace sekisho::mappings {
namespace {

// Facts of HL7, JAHIS, MEDIS and JP Core. `length` 0 matches any code.
struct CodingSystem {
  std::string_view name;
  std::size_t length;
  std::string_view uri;
};

constexpr std::array kSystems = {
    CodingSystem{"JC10", 17, "http://medis.or.jp/CodeSystem/master-JLAC10-17digits"},
    CodingSystem{"JC10", 3,
                 "http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationSampleMaterialCode_CS"},
    CodingSystem{"HOT7", 0, "http://medis.or.jp/CodeSystem/master-HOT7"},
    CodingSystem{"HOT9", 0, "http://medis.or.jp/CodeSystem/master-HOT9"},
    CodingSystem{"HOT13", 0, "http://medis.or.jp/CodeSystem/master-HOT13"},
    CodingSystem{"HOT", 7, "http://medis.or.jp/CodeSystem/master-HOT7"},
    CodingSystem{"HOT", 9, "http://medis.or.jp/CodeSystem/master-HOT9"},
    CodingSystem{"HOT", 13, "http://medis.or.jp/CodeSystem/master-HOT13"},
    CodingSystem{"YJ", 0, "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code"},
    CodingSystem{"MDCDX2", 8, "http://medis.or.jp/CodeSystem/master-disease-keyNumber"},
    CodingSystem{"MDCDX2", 4, "http://medis.or.jp/CodeSystem/master-disease-exCode"},
    CodingSystem{"MR9P", 0, "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUnitMERIT9Code"},
    CodingSystem{"JAMISDP01", 16, "http://jami.jp/CodeSystem/MedicationUsage"},
    CodingSystem{"JAMISDP01", 8, "http://jami.jp/CodeSystem/MedicationUsageAdditional"},
    CodingSystem{"JAMISDP01", 3, "http://jami.jp/CodeSystem/MedicationBodySiteExternal"},
    CodingSystem{"UCUM", 0, "http://unitsofmeasure.org"},
    CodingSystem{"LN", 0, "http://loinc.org"},
    CodingSystem{"HL70063", 0, "http://terminology.hl7.org/CodeSystem/v2-0063"},
    CodingSystem{"HL70069", 2, "http://jami.jp/SS-MIX2/CodeSystem/ClinicalDepartment"},
    CodingSystem{"HL70127", 0, "http://terminology.hl7.org/CodeSystem/v2-0127"},
    CodingSystem{"HL70128", 0, "http://terminology.hl7.org/CodeSystem/v2-0128"},
    CodingSystem{"HL70162", 0, "http://terminology.hl7.org/CodeSystem/v2-0162"},
    CodingSystem{"HL70164", 0, "http://terminology.hl7.org/CodeSystem/v2-0164"},
    CodingSystem{"HL70482", 0, "http://terminology.hl7.org/CodeSystem/v2-0482"},
    CodingSystem{"HL70485", 0, "http://terminology.hl7.org/CodeSystem/v2-0485"},
    CodingSystem{"DCM", 0, "http://dicom.nema.org/resources/ontology/DCM"},
};

}  // namespace

std::string_view known_coding_system(std::string_view name, std::string_view code) {
  for (const CodingSystem& known : kSystems) {
    if (known.name == name && (known.length == 0 || known.length == code.size())) {
      return known.uri;
    }
  }
  return {};
}

}  // namespace sekisho::mappings
