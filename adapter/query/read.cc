#include <charconv>

#include "adapter/query/find.h"
#include "adapter/query/query.h"
#include "adapter/query/shown.h"

namespace sekisho::query {

namespace {

ReadResult result_of(Sight& sight, const std::optional<Row>& row, const Held& held) {
  ReadResult result;
  if (!row) {
    return result;
  }
  result.gone = row->deleted;
  if (!row->deleted) {
    result.held = holds(held, row->version, fhir::Instant{row->last_updated});
    result.shown = result.held ? held_back(*row) : shown(sight, *row);
  }
  return result;
}

std::int64_t version_of(std::string_view text) {
  std::int64_t version = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  const bool canonical = error == std::errc() && end == text.data() + text.size() && version > 0 &&
                         std::to_string(version) == text;
  return canonical ? version : -1;
}

}  // namespace

ReadResult read(Reader& reader, const Visibility& visibility, std::string_view type,
                std::string_view id, const Held& held) {
  Sight sight(reader, visibility);
  return result_of(sight, find(sight, type, id), held);
}

ReadResult read_version(Reader& reader, const Visibility& visibility, std::string_view type,
                        std::string_view id, std::string_view version, const Held& held) {
  Sight sight(reader, visibility);
  return result_of(sight, find_version(sight, type, id, version_of(version)), held);
}

}  // namespace sekisho::query
