#include "adapter/store/search_index.h"

#include "fhir/json.h"

namespace sekisho::store {

namespace {

// A hospital has tens of coding systems; a feed that invents them does not grow this without end.
constexpr std::size_t kMaxSystems = 10'000;

}  // namespace

SearchIndex::SearchIndex(sqlite::Database& database)
    : database_(database),
      add_token_(database.prepare("INSERT OR IGNORE INTO token VALUES (?, ?, ?, ?)")),
      drop_token_(database.prepare(
          "DELETE FROM token WHERE parameter = ? AND code = ? AND system = ? AND rid = ?")),
      add_date_(database.prepare("INSERT OR IGNORE INTO date VALUES (?, ?, ?, ?)")),
      drop_date_(database.prepare(
          "DELETE FROM date WHERE parameter = ? AND low = ? AND high = ? AND rid = ?")),
      find_system_(database.prepare("SELECT system FROM system WHERE uri = ?")),
      insert_system_(database.prepare("INSERT INTO system (uri) VALUES (?)")) {}

void SearchIndex::replace(std::int64_t rid, const std::vector<fhir::IndexEntry>& before,
                          const std::vector<fhir::IndexEntry>& after) {
  auto old_entry = before.begin();
  auto new_entry = after.begin();
  while (old_entry != before.end() || new_entry != after.end()) {
    if (new_entry == after.end() || (old_entry != before.end() && *old_entry < *new_entry)) {
      drop(rid, *old_entry++);
    } else if (old_entry == before.end() || *new_entry < *old_entry) {
      add(rid, *new_entry++);
    } else {
      ++old_entry;
      ++new_entry;
    }
  }
}

std::int64_t SearchIndex::system_number(std::string_view uri) {
  if (uri.empty()) {
    return 0;
  }
  const auto known = systems_.find(uri);
  if (known != systems_.end()) {
    return known->second;
  }
  std::int64_t number = 0;
  find_system_.bind(1, uri);
  const bool found = find_system_.step();
  if (found) {
    number = find_system_.integer(0);
  }
  find_system_.reset();
  if (!found) {
    insert_system_.bind(1, uri).run();
    number = database_.last_insert_rowid();
  }
  if (systems_.size() >= kMaxSystems) {
    systems_.clear();
  }
  systems_.emplace(uri, number);
  return number;
}

void SearchIndex::add(std::int64_t rid, const fhir::IndexEntry& entry) {
  if (entry.kind == fhir::SearchKind::kToken) {
    add_token_.bind(1, std::int64_t{entry.parameter}).bind_kept(2, entry.code);
    add_token_.bind(3, system_number(entry.system)).bind(4, rid).run();
  } else {
    add_date_.bind(1, std::int64_t{entry.parameter}).bind(2, entry.begin.ms);
    add_date_.bind(3, entry.end.ms).bind(4, rid).run();
  }
}

void SearchIndex::drop(std::int64_t rid, const fhir::IndexEntry& entry) {
  if (entry.kind == fhir::SearchKind::kToken) {
    drop_token_.bind(1, std::int64_t{entry.parameter}).bind(2, entry.code);
    drop_token_.bind(3, system_number(entry.system)).bind(4, rid).run();
  } else {
    drop_date_.bind(1, std::int64_t{entry.parameter}).bind(2, entry.begin.ms);
    drop_date_.bind(3, entry.end.ms).bind(4, rid).run();
  }
}

std::vector<fhir::IndexEntry> stored_entries(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  std::vector<fhir::IndexEntry> entries = fhir::index_entries(fhir::parse_json(text));
  std::erase_if(entries, [](const fhir::IndexEntry& entry) {
    return entry.kind == fhir::SearchKind::kReference;
  });
  return entries;
}

}  // namespace sekisho::store
