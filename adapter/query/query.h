#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/query/held.h"
#include "adapter/query/reader.h"
#include "adapter/query/search_plan.h"
#include "adapter/query/visibility.h"
#include "fhir/data_category.h"
#include "fhir/instant.h"

namespace sekisho::query {

// One shown resource: its text without the references to what is not shown, and what the ledger
// says of it.
struct Shown {
  std::string id;
  std::int64_t version = 0;
  fhir::Instant last_updated;
  std::string text;
  fhir::CategorySet categories;         // what it needs, or the permitted codes that carry it
  std::vector<std::uint32_t> patients;  // registry numbers
};

// What a read finds. `gone`: a tombstone whose last version would have been shown. `held`: shown,
// but the caller holds it, so without text.
struct ReadResult {
  bool gone = false;
  bool held = false;
  std::optional<Shown> shown;
};
ReadResult read(Reader& reader, const Visibility& visibility, std::string_view type,
                std::string_view id, const Held& held);
// `version` as in the URL; what is no version number is an unknown version.
ReadResult read_version(Reader& reader, const Visibility& visibility, std::string_view type,
                        std::string_view id, std::string_view version, const Held& held);

struct SearchResult {
  std::vector<Shown> matches;        // one page, by id
  bool more = false;                 // there are matches after it
  std::optional<std::size_t> total;  // over all pages; nothing where it was not asked or not cheap
};
// The page after the resource id `after` ("" for the first). One snapshot; the mask is applied
// before anything is counted, ordered or cut into pages.
SearchResult search(Reader& reader, const Visibility& visibility, const SearchPlan& plan,
                    std::string_view after);

// Without _total, a total above this is left out, whatever the size of the store.
inline constexpr std::size_t kCheapTotal = 50'000;

}  // namespace sekisho::query
