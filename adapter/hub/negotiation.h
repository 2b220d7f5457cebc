#pragma once

#include <string>
#include <vector>

#include "adapter/http/message.h"

namespace sekisho::hub {

// May the answer be FHIR JSON (R4 http.html#mime-type)? A _format decides over Accept; a media
// range with a fhirVersion other than 4.0 is not one of ours.
bool accepts_json(const std::vector<std::string>& accept, const std::vector<std::string>& formats);

// application/x-www-form-urlencoded, with or without parameters.
bool is_form(const std::vector<std::string>& content_types);

// A strong ETag among those of If-None-Match, or "*".
bool matches_etag(const std::vector<std::string>& if_none_match, const std::string& etag);

}  // namespace sekisho::hub
