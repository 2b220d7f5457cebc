#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fhir/json.h"
#include "mappings/engine.h"

namespace sekisho::mappings {

// Where a part of a merged profile was written: which of its texts, and the pointer there.
struct Origin {
  std::size_t text = 0;
  std::string pointer;
};

// A profile with what it extends merged in, and for every part the place where it was written.
struct Inherited {
  std::vector<ProfileText> texts;           // the profile's own, its parent's, and so on
  std::vector<std::string> ids;             // of the same
  fhir::Json root;                          // extends, override and disable are worked in
  std::map<std::string, Origin> origins;    // by pointer into root; what lies below goes with it
  std::vector<fhir::Json> overridden;       // what an override replaced
  std::map<std::string, std::size_t> base;  // by the pointer of what replaced it
  std::vector<std::size_t> order;           // of the rules: which run, and when

  // The nearest place on the way to `pointer` that has an entry.
  Origin origin_of(const std::string& pointer) const;
  // The entry of `base` for the override at or around `pointer`, or null.
  const std::pair<const std::string, std::size_t>* base_of(const std::string& pointer) const;
};

// The pointer under which Inherited::overridden[n] goes in origins and in complaints.
std::string base_pointer(std::size_t number);

// Reads a profile and its parents. Throws Error(kConfig) "file:line:column /pointer: what".
Inherited inherit(ProfileText text, const FindParent& find);

// The profile of that id in the base pack.
std::optional<ProfileText> base_profile(const std::string& id);

// Throws that error for a place of a text.
[[noreturn]] void complain(const ProfileText& text, const std::string& pointer,
                           const std::string& what);

// A member name as a step of a JSON pointer.
std::string pointer_step(std::string_view name);

inline constexpr fhir::JsonLimits kProfileJson{64, true};

}  // namespace sekisho::mappings
