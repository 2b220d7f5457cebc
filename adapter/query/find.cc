// Look-ups by id. Every statement runs for every id: that it exists, and whether it is shown, is
// asked only after the last one, so that a denied id costs what an unknown one costs.

#include "adapter/query/reader_inner.h"
#include "adapter/query/sight.h"

namespace sekisho::query {

namespace {

bool is_of(const Row& row, std::int64_t type, std::string_view id) {
  return type >= 0 && row.type == type && row.id == id;
}

}  // namespace

std::optional<Row> Sight::find(std::string_view type, std::string_view id) {
  const std::int64_t number = type_number(type);
  Row row = store_.at_or_after(number, id);
  if (!is_of(row, number, id)) {
    return std::nullopt;
  }
  if (row.deleted ? !shows_tombstone(row) : !shows(row)) {
    return std::nullopt;
  }
  return row;
}

std::optional<Row> Sight::find_version(std::string_view type, std::string_view id,
                                       std::int64_t version) {
  const std::int64_t number = type_number(type);
  Row row = store_.at_or_after(number, id);
  const bool there = is_of(row, number, id);
  const bool superseded = there && version > 0 && version < row.version;
  Row older = store_.version_at_or_after(superseded ? row.rid : kSentinelRid, version);
  if (!there) {
    return std::nullopt;
  }
  if (row.version != version) {
    if (!superseded || older.version != version) {
      return std::nullopt;
    }
    // A version is decided on its own sets and flags (release-decision 4.11).
    older.type = row.type;
    older.id = row.id;
    older.superseded = true;
    row = std::move(older);
  }
  if (row.deleted ? !shows_tombstone(row) : !shows(row)) {
    return std::nullopt;
  }
  return row;
}

}  // namespace sekisho::query
