#pragma once

#include <string>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/release_sets.h"
#include "mappings/program.h"

namespace sekisho::mappings {

// The first of the rule's profiles whose needs are all there and whose condition holds; each better
// one that is passed over is an Issue that names the element and the field it comes from
// (mapping-format 6.2). `label` names the input, `place` the part of it that the resource is of.
std::string claim_of(const Rule& rule, const fhir::Json& body, const std::vector<bool>& holds,
                     const std::string& label, const std::string& place, fhir::Issues& issues);

// Where a rule states another category than the resource has, its set becomes `none`, and there is
// an Issue (release-decision 2.1b).
void hold_to_category(fhir::CategorySet stated, const std::string& type, const std::string& place,
                      fhir::ReleaseSets& sets, fhir::Issues& issues);

}  // namespace sekisho::mappings
