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

// Does If-None-Match name this ETag, compared weakly (RFC 9110, 13.1.2), or everything ("*")?
bool matches_etag(const std::vector<std::string>& if_none_match, const std::string& etag);

}  // namespace sekisho::hub
