#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "adapter/query/sight.h"

namespace sekisho::query {

// The row where it is shown, tombstones included (Row::deleted). The same statements and steps for
// a denied as for an unknown id.
std::optional<Row> find(Sight& sight, std::string_view type, std::string_view id);
std::optional<Row> find_version(Sight& sight, std::string_view type, std::string_view id,
                                std::int64_t version);

}  // namespace sekisho::query
