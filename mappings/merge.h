#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/engine.h"

namespace sekisho::mappings {

// Types of which a rule of these packs says "updates": "merge", for Settings::merged_types. All
// resources of such a type are made of parts, so that what they become does not depend on the order
// in which messages arrive.
std::set<std::string> merged_types(const std::vector<const Pack*>& packs);

// What parts make of a resource.
struct Merged {
  enum class State {
    kComplete,
    kIncomplete,  // base R4 requires an element that no message has brought
    kDeleted,     // no part, or the last word is that it is deleted
  };
  State state = State::kDeleted;
  MappedResource resource;  // of kComplete
  fhir::Issues issues;
  fhir::Issue missing;  // of kIncomplete: reason "merge.incomplete"
  // Of a Patient: what Coverages say in the messages that speak of it.
  std::vector<std::string> insurance_ids;
};

using FindProfile = std::function<const Profile*(std::string_view id)>;

// `parts`: Part::what, in the order of Part::order. `place` names the resource in Issues.
// An element that a later part has replaces the earlier one whole, one that it clears goes; a
// Period is merged by its ends and `contained` by id. A part that deletes, and one of a rule that
// replaces, begin anew.
//
// Fails closed: the subjects of every part since then are subjects of the resource, and their flags
// are its flags; the sets are the union over the sources and over what the resource needed after
// each part. Where two messages are of different patients, sets are of different kinds, or a rule
// states another category, the set is `none`.
Merged merge(std::string_view type, std::string_view id, const std::vector<fhir::Json>& parts,
             const FindProfile& find, const Settings& settings, const std::string& place);

// Makes what the messages of these results, in this order of arrival, say together: every resource
// of parts stands once, where its first part stood. For tests and for showing.
void merge_parts(Result& result, const FindProfile& find, const Settings& settings);

}  // namespace sekisho::mappings
