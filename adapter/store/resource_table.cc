#include "adapter/store/resource_table.h"

namespace sekisho::store {

namespace {

// Targets of one batch repeat (a specimen and its twenty results); more than this is no batch.
constexpr std::size_t kMaxTargets = 20'000;
// Rows of one batch: a few megabytes.
constexpr std::size_t kMaxRows = 20'000;

constexpr std::string_view kColumns =
    "rid, type, version, last_updated, deleted, rule, patient, more_patients, needs, carried, "
    "flags, data_date, plain";

std::string select(std::string_view more, std::string_view where) {
  return "SELECT " + std::string(kColumns) + std::string(more) + " FROM resource WHERE " +
         std::string(where);
}

Row read_row(const sqlite::Statement& statement) {
  Row row;
  row.rid = statement.integer(0);
  row.type = statement.integer(1);
  row.version = statement.integer(2);
  row.last_updated = statement.integer(3);
  row.deleted = statement.integer(4) != 0;
  row.rule = static_cast<fhir::SetRule>(statement.integer(5));
  if (!statement.is_null(6)) {
    row.patient = statement.integer(6);
  }
  row.more_patients = statement.blob(7);
  row.needs.bits = static_cast<std::uint64_t>(statement.integer(8));
  row.carried.bits = static_cast<std::uint64_t>(statement.integer(9));
  row.flags = static_cast<unsigned>(statement.integer(10));
  if (!statement.is_null(11)) {
    row.data_date = statement.integer(11);
  }
  row.plain = statement.integer(12) != 0;
  return row;
}

std::int64_t bits(fhir::CategorySet set) { return static_cast<std::int64_t>(set.bits); }

// Parameters 3 to 14: version to text, in the order of the columns.
void bind_row(sqlite::Statement& statement, const Row& row) {
  statement.bind(3, row.version).bind(4, row.last_updated).bind(5, std::int64_t{row.deleted});
  statement.bind(6, static_cast<std::int64_t>(row.rule));
  if (row.patient) {
    statement.bind(7, *row.patient);
  }
  if (!row.more_patients.empty()) {
    statement.bind_blob(8, row.more_patients);
  }
  statement.bind(9, bits(row.needs)).bind(10, bits(row.carried));
  statement.bind(11, std::int64_t{row.flags});
  if (row.data_date) {
    statement.bind(12, *row.data_date);
  }
  statement.bind(13, std::int64_t{row.plain}).bind_kept(14, row.text);
}

}  // namespace

ResourceTable::ResourceTable(sqlite::Database& database)
    : database_(database),
      find_by_id_(database.prepare(select(", text", "type = ? AND id = ?"))),
      find_by_rid_(database.prepare(select("", "rid = ?"))),
      text_(database.prepare("SELECT text FROM resource WHERE rid = ?")),
      rid_(database.prepare("SELECT rid FROM resource WHERE type = ? AND id = ?")),
      stub_(database.prepare("INSERT INTO resource VALUES (NULL, ?, ?, 0, 0, 0, 5, NULL, NULL, 0, "
                             "0, 0, NULL, 0, '')")),
      insert_(database.prepare(
          "INSERT INTO resource (type, id, version, last_updated, deleted, rule, patient, "
          "more_patients, needs, carried, flags, data_date, plain, text) VALUES (?1, ?2, ?3, ?4, "
          "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")),
      update_(database.prepare(
          "UPDATE resource SET version = ?3, last_updated = ?4, deleted = ?5, rule = ?6, patient "
          "= ?7, more_patients = ?8, needs = ?9, carried = ?10, flags = ?11, data_date = ?12, "
          "plain = ?13, text = ?14 WHERE rid = ?1 AND ?2 IS NULL")),
      // What an old version refers to may have gone, so it is never plain.
      archive_(database.prepare(
          "INSERT INTO resource_version SELECT rid, version, last_updated, deleted, rule, patient, "
          "more_patients, needs, carried, flags, data_date, 0, text FROM resource WHERE rid = ?")),
      set_needs_(database.prepare("UPDATE resource SET needs = ?2 WHERE rid = ?1")),
      set_carried_(database.prepare("UPDATE resource SET carried = ?2 WHERE rid = ?1")),
      set_carried_versions_(
          database.prepare("UPDATE resource_version SET carried = ?2 WHERE rid = ?1")),
      set_plain_(database.prepare("UPDATE resource SET plain = ?2 WHERE rid = ?1")),
      find_type_(database.prepare("SELECT type FROM type WHERE name = ?")),
      insert_type_(database.prepare("INSERT INTO type (name) VALUES (?)")) {}

std::int64_t ResourceTable::type_number(std::string_view type) {
  const auto known = types_.find(type);
  if (known != types_.end()) {
    return known->second;
  }
  find_type_.bind(1, type);
  std::int64_t number = 0;
  if (find_type_.step()) {
    number = find_type_.integer(0);
    find_type_.reset();
  } else {
    find_type_.reset();
    insert_type_.bind(1, type).run();
    number = database_.last_insert_rowid();
  }
  types_.emplace(type, number);
  return number;
}

std::optional<Row> ResourceTable::find(std::int64_t type, std::string_view id) {
  std::optional<Row> row;
  find_by_id_.bind(1, type).bind(2, id);
  if (find_by_id_.step()) {
    row = read_row(find_by_id_);
    row->text = find_by_id_.text(13);
  }
  find_by_id_.reset();
  return row;
}

std::optional<Row> ResourceTable::find(std::int64_t rid) {
  const auto known = rows_.find(rid);
  if (known != rows_.end()) {
    return known->second;
  }
  std::optional<Row> row;
  find_by_rid_.bind(1, rid);
  if (find_by_rid_.step()) {
    row = read_row(find_by_rid_);
    remember(*row);
  }
  find_by_rid_.reset();
  return row;
}

void ResourceTable::remember(const Row& row) {
  if (rows_.size() >= kMaxRows) {
    rows_.clear();
  }
  Row& kept = rows_[row.rid];
  kept = row;
  kept.text.clear();
}

template <class F>
void ResourceTable::change(std::int64_t rid, F&& how) {
  const auto known = rows_.find(rid);
  if (known != rows_.end()) {
    how(known->second);
  }
}

std::string ResourceTable::text(std::int64_t rid) {
  std::string text;
  text_.bind(1, rid);
  if (text_.step()) {
    text = text_.text(0);
  }
  text_.reset();
  return text;
}

std::int64_t ResourceTable::target(std::string_view type, std::string_view id) {
  std::string key(type);
  key += '/';
  key += id;
  const auto known = targets_.find(key);
  if (known != targets_.end()) {
    return known->second;
  }
  const std::int64_t number = type_number(type);
  std::int64_t rid = 0;
  rid_.bind(1, number).bind(2, id);
  const bool found = rid_.step();
  if (found) {
    rid = rid_.integer(0);
  }
  rid_.reset();
  if (!found) {
    stub_.bind(1, number).bind(2, id).run();
    rid = database_.last_insert_rowid();
  }
  if (targets_.size() >= kMaxTargets) {
    targets_.clear();
  }
  targets_.emplace(std::move(key), rid);
  return rid;
}

void ResourceTable::insert(Row& row, std::string_view id) {
  insert_.bind(1, row.type).bind(2, id);
  bind_row(insert_, row);
  insert_.run();
  row.rid = database_.last_insert_rowid();
  remember(row);
}

void ResourceTable::update(const Row& row) {
  update_.bind(1, row.rid);
  bind_row(update_, row);
  update_.run();
  remember(row);
}

void ResourceTable::archive(std::int64_t rid) { archive_.bind(1, rid).run(); }

void ResourceTable::set_needs(std::int64_t rid, fhir::CategorySet needs) {
  set_needs_.bind(1, rid).bind(2, bits(needs)).run();
  change(rid, [&](Row& row) { row.needs = needs; });
}

void ResourceTable::set_carried(const Row& row, fhir::CategorySet carried) {
  set_carried_.bind(1, row.rid).bind(2, bits(carried)).run();
  change(row.rid, [&](Row& kept) { kept.carried = carried; });
  if (row.version > 1) {
    set_carried_versions_.bind(1, row.rid).bind(2, bits(carried)).run();
  }
}

void ResourceTable::set_plain(std::int64_t rid, bool plain) {
  set_plain_.bind(1, rid).bind(2, std::int64_t{plain}).run();
  change(rid, [&](Row& row) { row.plain = plain; });
}

}  // namespace sekisho::store
