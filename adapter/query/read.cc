#include <charconv>

#include "adapter/query/query.h"
#include "adapter/query/shown.h"
#include "adapter/query/sight.h"
#include "fhir/search_parameter.h"

namespace sekisho::query {

namespace {

ReadResult result_of(Sight& sight, const std::optional<Row>& row) {
  ReadResult result;
  if (!row) {
    return result;
  }
  result.gone = row->deleted;
  if (!row->deleted) {
    result.shown = shown(sight, *row);
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
                std::string_view id) {
  Sight sight(reader, visibility);
  return result_of(sight, sight.find(type, id));
}

ReadResult read_version(Reader& reader, const Visibility& visibility, std::string_view type,
                        std::string_view id, std::string_view version) {
  Sight sight(reader, visibility);
  return result_of(sight, sight.find_version(type, id, version_of(version)));
}

}  // namespace sekisho::query
