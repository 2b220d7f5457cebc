#pragma once

#include <string_view>

#include "mappings/value.h"

namespace sekisho::mappings {

// A laboratory code on one of the lists of JP-CLINS: which list it is on and how the CLINS
// profiles name it. The lists of all held versions count (release-decision 2.1b); the table
// mappings/tables/laboratory_codes.tsv names versions and sources.
struct LaboratoryCode {
  bool infection = false;
  bool core = false;
  bool jlac11 = false;
  MappedCode coding;  // CoreLabo or InfectionLabo system, code, display
};

// Null for a code that no list has. Codes have 17 characters.
const LaboratoryCode* find_laboratory_code(std::string_view code);

// One of the nine analytes of infections, by the first five characters of a JLAC10 code.
bool is_infection_analyte(std::string_view code);

}  // namespace sekisho::mappings
