#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapter/query/search_plan.h"

namespace sekisho::query {

// Where a page ends: the id of its last match, authenticated and bound to who asked and what was
// asked. It depends on nothing but matches that were shown, and decides nothing: each page is
// decided anew.
struct CursorKey {
  std::string key;    // 32 bytes
  std::string asker;  // client, permit and purpose
};
std::string make_cursor(const CursorKey& key, const SearchPlan& plan, std::string_view last_id);
// The id; "" for a plan without a cursor, nothing for one that this asker did not get for this
// search.
std::optional<std::string> read_cursor(const CursorKey& key, const SearchPlan& plan);

}  // namespace sekisho::query
