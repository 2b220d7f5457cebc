#include "adapter/store/visits.h"

#include <unordered_map>

#include "adapter/store/store.h"

namespace sekisho::store {

namespace {

// What storages call the same occurrence -> the time of its last cancellation.
std::unordered_map<std::string, std::string> cancellations(sqlite::Database& database) {
  std::unordered_map<std::string, std::string> result;
  sqlite::Statement rows = database.prepare(
      "SELECT root, match_key, at FROM source_file"
      " WHERE type IN ('ADT-12', 'ADT-22') AND flag = 0 AND match_key IS NOT NULL");
  while (rows.step()) {
    std::string& last = result[std::to_string(rows.integer(0)) + ' ' + std::string(rows.text(1))];
    if (rows.text(2) > last) {
      last = rows.text(2);
    }
  }
  return result;
}

}  // namespace

void for_each_visit(const std::string& store_file,
                    const std::function<bool(const VisitFile&)>& visit) {
  sqlite::Database database = open_for_reading(store_file);
  const auto cancelled = cancellations(database);
  // Whether a profile maps these files or not: ingest has compared folder, name and PID-3 before.
  sqlite::Statement rows = database.prepare(
      "SELECT file, path, root, match_key, at FROM source_file"
      " WHERE type IN ('ADT-12', 'ADT-22') AND flag = 1"
      " AND (status = 1 OR (status = 4 AND reason = 'no mapping profile'))");
  std::string key;
  while (rows.step()) {
    if (!cancelled.empty()) {
      key = std::to_string(rows.integer(2)) + ' ';
      key += rows.text(3);
      const auto found = cancelled.find(key);
      if (found != cancelled.end() && found->second >= rows.text(4)) {
        continue;
      }
    }
    const std::string_view path = rows.text(1);
    if (!visit({rows.integer(0), path.substr(path.find_last_of("/\\") + 1)})) {
      return;
    }
  }
}

}  // namespace sekisho::store
