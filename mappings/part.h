#pragma once

#include <string>

#include "fhir/json.h"

namespace sekisho::mappings {

// What one message says of a resource that several messages make up; merge.h makes the resource of
// all its parts.
struct Part {
  std::string
      order;        // sorts the parts of a resource: when the message was written, then its source
  fhir::Json what;  // docs/formats/store.md, "Parts"
};

}  // namespace sekisho::mappings
