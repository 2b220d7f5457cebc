#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapter/query/reader.h"
#include "adapter/query/visible.h"
#include "adapter/sqlite/database.h"

namespace sekisho::query {

// The columns that `row_at` reads, in its order.
inline constexpr std::string_view kRowColumns =
    "rid, type, id, version, last_updated, deleted, rule, patient, more_patients, needs, carried, "
    "flags, data_date, plain";
Row row_at(const sqlite::Statement& statement);

// The resource_version row that is asked for where there can be no such version (schema.sql).
inline constexpr std::int64_t kSentinelRid = std::numeric_limits<std::int64_t>::max();

// Raw access to the store, for Sight alone: nothing here asks a mask.
struct Reader::Inner {
  explicit Inner(const std::string& store_file);

  // The row of the type at or after the id. There always is one, the type's sentinel being last, so
  // that an unknown id costs what a denied one costs; only the caller compares the id.
  Row at_or_after(std::int64_t type, std::string_view id);
  // The superseded version, or one after it. There always is one where version < current.
  Row version_at_or_after(std::int64_t rid, std::int64_t version);
  Row last_version_before(std::int64_t rid, std::int64_t version);
  Row patient_row(std::uint32_t patient, std::int64_t patient_type);
  std::string text_of(std::int64_t rid);
  std::string text_of(std::int64_t rid, std::int64_t version);
  std::int64_t type_number(std::string_view name);  // -1 where the store has none of that type

  // A statement prepared once for each text.
  sqlite::Statement& statement(const std::string& sql);

  sqlite::Database database;
  sqlite::Statement begin, end;
  sqlite::Statement look_up, look_up_version, earlier_version, by_patient, text, version_text,
      type_of_name;
  std::unordered_map<std::string, sqlite::Statement> searches;
  std::map<std::string, std::int64_t, std::less<>> types;
  Sight* asking = nullptr;  // whose mask the SQL function `visible` asks
};

}  // namespace sekisho::query
