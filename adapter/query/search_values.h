#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/query/search_plan.h"

namespace sekisho::query {

// The values of one parameter, cut at its commas, escapes still in place. Nothing where one is
// empty or an escape (\, \| \$ \\) is broken.
std::optional<std::vector<std::string>> split_values(std::string_view text);
std::string unescape(std::string_view text);

std::optional<SearchPlan::Token> read_token(std::string_view text);
std::optional<SearchPlan::Date> read_date(std::string_view text);
// The logical id of the Patient that a reference value names: a bare id, "Patient/id" or an
// absolute URL under our base. "" for what names no Patient of ours; nothing for no reference.
std::optional<std::string> read_patient(std::string_view text, std::string_view base_url);

}  // namespace sekisho::query
