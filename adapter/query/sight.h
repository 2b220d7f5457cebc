#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapter/query/reader.h"
#include "adapter/query/visible.h"

namespace sekisho::sqlite {
class Statement;
}

namespace sekisho::query {

// What one Visibility sees of one snapshot of the store. A row is shown where the mask admits it
// and no mandatory reference of it leads to a row that is not shown: one definition for read,
// search and totals, so that they cannot disagree. Lives as long as one request; not thread-safe.
class Sight {
 public:
  Sight(Reader& reader, const Visibility& visibility);
  ~Sight();
  Sight(const Sight&) = delete;
  Sight& operator=(const Sight&) = delete;

  // Raw rows, for the look-ups of find.cc: these ask first and decide after.
  Row look_up(std::string_view type, std::string_view id);  // of the type, at or after the id
  Row look_up_version(std::int64_t rid, std::int64_t version);

  // A tombstone is shown where its last version would have been.
  bool shows(const Row& row);
  // The text of a shown row without the references to rows that are not shown.
  std::string text_of(const Row& row);

  const Visibility& visibility() const { return visibility_; }
  std::int64_t type_number(std::string_view name);
  // A prepared statement whose function visible(...) asks this Sight. Call `rethrow` after its
  // last step: an SQL function cannot throw.
  sqlite::Statement& statement(const std::string& sql);
  void rethrow();
  bool shows_in_search(const Row& row) noexcept;  // what visible(...) answers

 private:
  bool shows_current(const Row& row);
  bool shows_tombstone(const Row& row);
  bool keeps_mandatory(const Row& row);
  bool whole(const Row& row);
  bool patient_shown(std::uint32_t patient);
  bool reference_shown(std::string_view type, std::string_view id);
  std::string stored_text(const Row& row);

  Reader::Inner& store_;
  const Visibility& visibility_;
  std::int64_t patient_type_ = -1;
  std::unordered_map<std::int64_t, bool> shown_;  // by rid; false while it is being found out
  std::unordered_map<std::uint32_t, bool> patients_;
  unsigned depth_ = 0;
  bool tombstones_count_ = false;  // asking what would have been shown before a deletion
  std::exception_ptr failure_;
};

}  // namespace sekisho::query
