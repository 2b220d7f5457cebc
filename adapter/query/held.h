#pragma once

#include <cstdint>
#include <string>

#include "fhir/instant.h"

namespace sekisho::query {

// What the caller says he holds already: the headers of a conditional read.
struct Held {
  std::string if_none_match;
  std::string if_modified_since;
};

std::string etag_of(std::int64_t version);  // W/"3"

// RFC 9110, 13.1: does he hold this version? With both headers If-None-Match decides; a date that
// cannot be read counts as not given. Asked only of a row that is shown (release-decision 4.11).
bool holds(const Held& held, std::int64_t version, fhir::Instant last_updated);

}  // namespace sekisho::query
