#pragma once

#include <string_view>

#include "fhir/instant.h"

namespace sekisho::release {

// RFC 9110, 13.1: does the caller hold this version already? With both headers If-None-Match
// decides; a date that cannot be read counts as not given. Asked only of a shown resource.
bool not_modified(std::string_view if_none_match, std::string_view if_modified_since,
                  std::string_view etag, fhir::Instant last_modified);

}  // namespace sekisho::release
