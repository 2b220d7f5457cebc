#include "adapter/store/store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapter/store/links.h"
#include "adapter/store/resource_table.h"
#include "adapter/store/schema.h"
#include "adapter/store/search_index.h"
#include "adapter/store/settling.h"
#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::store {

namespace {

using fhir::SetRule;

// A laboratory result takes about 2.4 KB: of pages of 4 KB a third would stay empty.
constexpr int kPageSize = 8192;

std::string more_patients(const std::vector<std::uint32_t>& patients) {
  std::string bytes;
  for (std::size_t i = 1; i < patients.size(); ++i) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes += static_cast<char>((patients[i] >> shift) & 0xffU);
    }
  }
  return bytes;
}

// The columns that come from the resource itself. A row that carries starts with the set that stood
// there; settle() finds the true one.
Row row_of(const Prepared& prepared, std::int64_t type) {
  Row row;
  row.type = type;
  row.rule = prepared.sets.rule;
  if (!prepared.patients.empty()) {
    row.patient = prepared.patients.front();
  }
  row.more_patients = more_patients(prepared.patients);
  row.flags = prepared.sets.flags;
  if (prepared.patients.size() < prepared.sets.subjects.size()) {
    row.flags |= fhir::data_flag::kSubjectUnresolved;
  }
  if (prepared.sets.data_date) {
    row.data_date = prepared.sets.data_date->time_since_epoch().count();
  }
  if (!row.carries()) {
    row.needs = prepared.sets.needs;
  }
  // Most resources are: settle() then has nothing to write.
  row.plain = row.clean() && (row.carries() || row.counts());
  return row;
}

}  // namespace

struct Store::Inner {
  explicit Inner(sqlite::Database opened)
      : database(std::move(opened)),
        rows(database),
        index(database),
        links(database),
        settling(database, rows, links) {}

  Written put(const Prepared& prepared, fhir::Instant now);
  bool unchanged(const Row& before, const Row& after, const Prepared& prepared);
  void write_links(const Row& before, Row& after, const Prepared& prepared);
  std::vector<Links::Part> parts_of(std::int64_t rid, const Prepared& prepared);
  void write_parts(const Row& after, const Prepared& prepared);
  bool remove(Row before, fhir::Instant now);

  sqlite::Database database;
  ResourceTable rows;
  SearchIndex index;
  Links links;
  Settling settling;
};

Store::Store(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

namespace {

std::string joined(const std::vector<std::string>& codes) {
  std::string text;
  for (const std::string& code : codes) {
    text += code;
    text += '\n';
  }
  return text;
}

// Bits of stored sets mean what they meant when they were written, so codes may only be added.
void check_categories(sqlite::Database& database, const fhir::CategoryVocabulary& vocabulary) {
  const std::string given = joined(vocabulary.site_codes());
  sqlite::Statement select =
      database.prepare("SELECT value FROM meta WHERE key = 'site_categories'");
  const std::string kept = select.step() ? std::string(select.text(0)) : std::string();
  select.reset();
  if (given.compare(0, kept.size(), kept) != 0) {
    throw fhir::Error(fhir::ErrorCode::kCorrupt,
                      "store: the site categories of the configuration are not those that the "
                      "store was written with; put the old ones back in their order, and new ones "
                      "behind them");
  }
  if (given != kept) {
    database.prepare("INSERT OR REPLACE INTO meta VALUES ('site_categories', ?)")
        .bind(1, given)
        .run();
  }
}

}  // namespace

sqlite::Database open_for_reading(const std::string& file) {
  sqlite::Database database(file, sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
  sqlite::require_format(database, kApplicationId, kFormat);
  return database;
}

Store Store::open(const std::string& file, const fhir::CategoryVocabulary& vocabulary) {
  sqlite::Database database(file, sqlite::Open::kCreate, sqlite::Durability::kNormal, kPageSize);
  // Batches write the same index pages again and again: at 128 MB of log they are copied a quarter
  // as often as at 32 MB, and a long ingest takes a fifth less.
  database.execute("PRAGMA wal_autocheckpoint = 16000");
  const std::array<std::string_view, kFormat> steps = {kSchema, kSchema2};
  sqlite::migrate(database, kApplicationId, steps);
  check_categories(database, vocabulary);
  return Store(std::make_unique<Inner>(std::move(database)));
}

sqlite::Database& Store::database() { return inner_->database; }

Stored Store::put(const Incoming& incoming, fhir::Instant now) {
  return put(prepare(incoming), now).stored;
}

Written Store::put(const Prepared& prepared, fhir::Instant now) {
  return inner_->put(prepared, now);
}

bool Store::remove(std::string_view type, std::string_view id, fhir::Instant now) {
  auto row = inner_->rows.find(inner_->rows.type_number(type), id);
  return row && inner_->remove(std::move(*row), now);
}

bool Store::remove(std::int64_t rid, fhir::Instant now) {
  auto row = inner_->rows.find(rid);
  if (!row) {
    return false;
  }
  row->text = inner_->rows.text(rid);
  return inner_->remove(std::move(*row), now);
}

std::int64_t Store::reserve(std::string_view type, std::string_view id) {
  return inner_->rows.target(type, id);
}

void Store::settle() { inner_->settling.settle(); }

bool Store::Inner::unchanged(const Row& before, const Row& after, const Prepared& prepared) {
  if (!before.live() || before.rule != after.rule || before.patient != after.patient ||
      before.more_patients != after.more_patients || before.flags != after.flags ||
      before.data_date != after.data_date) {
    return false;
  }
  if (after.rule == SetRule::kUnionOfTargets) {
    // A resource of several messages may need what its text does not name any more.
    if (links.own_needs(before.rid) != prepared.sets.needs ||
        links.parts_said_by(before.rid) != parts_of(before.rid, prepared)) {
      return false;
    }
  } else if (before.needs != after.needs) {
    return false;
  }
  return before.text == prepared.text(before.version, fhir::Instant{before.last_updated});
}

Written Store::Inner::put(const Prepared& prepared, fhir::Instant now) {
  fhir::check(database.in_transaction(), "a put is in a transaction");
  Row after = row_of(prepared, rows.type_number(prepared.type));
  const auto found = rows.find(after.type, prepared.id);
  const Row before = found ? *found : Row{};
  after.rid = before.rid;
  if (unchanged(before, after, prepared)) {
    return {Stored::kUnchanged, before.rid};
  }
  if (after.rule == SetRule::kUnionOfTargets && before.live()) {
    after.needs = before.needs;  // until settle() has looked
  }
  if (after.carries()) {
    after.carried = before.carried;
  }
  after.version = before.version + 1;
  after.last_updated = std::max(now.ms, before.last_updated);
  after.text = prepared.text(after.version, fhir::Instant{after.last_updated});
  if (!found) {
    rows.insert(after, prepared.id);
  } else {
    if (before.version > 0) {
      rows.archive(before.rid);
    }
    rows.update(after);
  }
  index.replace(after.rid, stored_entries(before.text), prepared.index);
  write_links(before, after, prepared);
  return {Stored::kStored, after.rid};
}

void Store::Inner::write_links(const Row& before, Row& after, const Prepared& prepared) {
  const auto old_links =
      before.rid == 0 ? std::vector<std::int64_t>() : links.targets_of(before.rid);
  std::vector<std::int64_t> new_links;
  for (const fhir::Reference& target : prepared.links) {
    new_links.push_back(rows.target(target.type, target.id));
  }
  std::sort(new_links.begin(), new_links.end());
  links.replace(after.rid, old_links, new_links);
  if (before.rid != 0 || after.rule == SetRule::kUnionOfTargets || !prepared.based_on.empty()) {
    write_parts(after, prepared);
  }
  settling.changed(before, after, old_links, new_links);
}

std::vector<Links::Part> Store::Inner::parts_of(std::int64_t rid, const Prepared& prepared) {
  std::vector<Links::Part> parts;
  if (prepared.sets.rule == SetRule::kUnionOfTargets) {
    for (const std::string& text : prepared.sets.union_of) {
      if (const auto target = fhir::parse_reference(text)) {
        parts.push_back({rid, rows.target(target->type, target->id), rid});
      }
    }
  }
  for (const fhir::Reference& target : prepared.based_on) {
    parts.push_back({rows.target(target.type, target.id), rid, rid});
  }
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  return parts;
}

void Store::Inner::write_parts(const Row& after, const Prepared& prepared) {
  const bool is_union = after.rule == SetRule::kUnionOfTargets;
  const auto old_parts = links.parts_said_by(after.rid);
  const auto new_parts = parts_of(after.rid, prepared);
  if (is_union) {
    settling.union_changed(after.rid);
  }
  links.replace_parts(old_parts, new_parts);
  for (const auto& parts : {old_parts, new_parts}) {
    for (const Links::Part& part : parts) {
      settling.union_changed(part.owner);
    }
  }
  links.set_own_needs(after.rid, is_union ? std::optional(prepared.sets.needs) : std::nullopt);
}

// Links stay: what a tombstone carries is found through them.
bool Store::Inner::remove(Row before, fhir::Instant now) {
  fhir::check(database.in_transaction(), "a remove is in a transaction");
  if (!before.live()) {
    return false;
  }
  rows.archive(before.rid);
  index.replace(before.rid, stored_entries(before.text), {});
  Row after = before;
  after.version += 1;
  after.deleted = true;
  after.last_updated = std::max(now.ms, before.last_updated);
  after.plain = false;
  after.text.clear();
  rows.update(after);
  const auto targets = links.targets_of(before.rid);
  settling.changed(before, after, targets, targets);
  return true;
}

}  // namespace sekisho::store
