#pragma once

#include <string>
#include <string_view>

#include "adapter/http/message.h"
#include "adapter/release/door.h"

namespace sekisho::hub {

// Every answer that the hub can get, as release-decision 4.11a says: equal cases have equal bytes.
inline constexpr int kRetryAfterSeconds = 120;

http::Response json_answer(std::string body, const char* content_type);
http::Response outcome(int status, std::string_view code, std::string_view diagnostics);

http::Response not_found();  // unknown path, unknown id and denied resource: one body
http::Response closed();     // 503 and Retry-After
http::Response refused(release::Refusal refusal);
http::Response not_allowed(const char* allow);  // 405
// What a view said; `status` as release::Answer has it.
http::Response of_view(release::Answer answer);

}  // namespace sekisho::hub
