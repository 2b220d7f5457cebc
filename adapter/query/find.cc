#include "adapter/query/find.h"

#include <utility>

#include "adapter/query/reader_inner.h"

// Every statement runs for every id: that it exists, and whether it is shown, is asked only after
// the last one, so that a denied id costs what an unknown one costs.
namespace sekisho::query {

namespace {

// Only the id is compared: a look-up gives a row of the type asked for, or none at all.
bool is_of(const Row& row, std::string_view id) { return row.rid >= 0 && row.id == id; }

}  // namespace

std::optional<Row> find(Sight& sight, std::string_view type, std::string_view id) {
  Row row = sight.look_up(type, id);
  if (!is_of(row, id)) {
    return std::nullopt;
  }
  return sight.shows(row) ? std::optional(std::move(row)) : std::nullopt;
}

std::optional<Row> find_version(Sight& sight, std::string_view type, std::string_view id,
                                std::int64_t version) {
  Row row = sight.look_up(type, id);
  const bool there = is_of(row, id);
  const bool superseded = there && version > 0 && version < row.version;
  Row older = sight.look_up_version(superseded ? row.rid : kSentinelRid, version);
  if (!there) {
    return std::nullopt;
  }
  if (superseded) {
    // A version is decided on its own sets and flags (release-decision 4.11).
    older.type = row.type;
    older.id = row.id;
    older.superseded = true;
    row = std::move(older);
  }
  if (row.version != version || !sight.shows(row)) {
    return std::nullopt;
  }
  return row;
}

}  // namespace sekisho::query
