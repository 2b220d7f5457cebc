#include "adapter/ingest/source_table.h"

namespace sekisho::ingest {

namespace {

constexpr std::string_view kColumns =
    "file, root, path, size, modified, digest, type, match_key, at, flag, status, reason, mapping, "
    "resources, rejected, generation";

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM source_file WHERE " + std::string(rest);
}

FileRow read_row(const sqlite::Statement& statement) {
  FileRow row;
  row.file = statement.integer(0);
  row.root = statement.integer(1);
  row.path = statement.text(2);
  row.size = static_cast<std::uint64_t>(statement.integer(3));
  row.modified = statement.integer(4);
  row.digest = statement.blob(5);
  row.type = statement.text(6);
  row.match_key = statement.text(7);
  row.at = statement.text(8);
  row.flag = statement.integer(9);
  row.status = static_cast<FileStatus>(statement.integer(10));
  row.reason = statement.text(11);
  row.mapping = statement.integer(12);
  row.resources = static_cast<std::uint64_t>(statement.integer(13));
  row.rejected = static_cast<std::uint64_t>(statement.integer(14));
  row.generation = statement.integer(15);
  return row;
}

std::int64_t one(sqlite::Statement& statement) {
  const std::int64_t value = statement.step() ? statement.integer(0) : 0;
  statement.reset();
  return value;
}

std::vector<std::int64_t> integers(sqlite::Statement& statement, std::int64_t parameter) {
  std::vector<std::int64_t> values;
  statement.bind(1, parameter);
  while (statement.step()) {
    values.push_back(statement.integer(0));
  }
  statement.reset();
  return values;
}

std::vector<FileRow> rows(sqlite::Statement& statement) {
  std::vector<FileRow> found;
  while (statement.step()) {
    found.push_back(read_row(statement));
  }
  statement.reset();
  return found;
}

// A file is not lost while it stands there under another condition flag, the last character.
constexpr std::string_view kLost =
    "SELECT count(*) FROM source_file gone WHERE root = ?1 AND generation <> ?2 AND NOT EXISTS "
    "(SELECT 1 FROM source_file still WHERE still.root = ?1 AND still.generation = ?2 AND "
    "gone.flag <> 9 AND still.path IN (substr(gone.path, 1, length(gone.path) - 1) || '0', "
    "substr(gone.path, 1, length(gone.path) - 1) || '1', "
    "substr(gone.path, 1, length(gone.path) - 1) || '2'))";

}  // namespace

KnownFiles::KnownFiles(sqlite::Database& database)
    : find_(database.prepare(select("root = ? AND path = ?"))) {}

std::optional<FileRow> KnownFiles::find(std::int64_t root, std::string_view path) {
  std::optional<FileRow> row;
  find_.bind(1, root).bind(2, path);
  if (find_.step()) {
    row = read_row(find_);
  }
  find_.reset();
  return row;
}

SourceTable::SourceTable(sqlite::Database& database)
    : database_(database),
      known_(database),
      find_root_(database.prepare("SELECT root FROM source_root WHERE name = ?")),
      insert_root_(database.prepare("INSERT INTO source_root (name) VALUES (?)")),
      find_mapping_(database.prepare("SELECT mapping FROM mapping WHERE digest = ?")),
      insert_mapping_(database.prepare("INSERT INTO mapping (digest) VALUES (?)")),
      next_file_(database.prepare("SELECT coalesce(max(file), 0) + 1 FROM source_file")),
      count_files_(
          database.prepare("SELECT count(*) FROM source_file WHERE root = ? AND file < ?")),
      write_(database.prepare("INSERT OR REPLACE INTO source_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
                              "?, ?, ?, ?, ?, ?, ?, ?)")),
      met_(database.prepare("UPDATE source_file SET generation = ?2 WHERE file = ?1")),
      erase_(database.prepare("DELETE FROM source_file WHERE file = ?")),
      set_status_(
          database.prepare("UPDATE source_file SET status = ?2, reason = ?3 WHERE file = ?1")),
      read_again_(database.prepare("UPDATE source_file SET modified = -1 WHERE file = ?")),
      of_key_(database.prepare(
          select("root = ? AND match_key = ? AND file <> ? ORDER BY at DESC, file DESC"))),
      vanished_(database.prepare(
          select("root = ? AND generation <> ? AND file > ? ORDER BY file LIMIT ?"))),
      lost_(database.prepare(kLost)),
      produced_(database.prepare("SELECT rid FROM produced WHERE file = ?")),
      add_produced_(database.prepare("INSERT OR IGNORE INTO produced VALUES (?, ?)")),
      drop_produced_(database.prepare("DELETE FROM produced WHERE file = ? AND rid = ?")),
      producers_(database.prepare("SELECT file FROM produced WHERE rid = ?")),
      quarantine_(database.prepare("INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?, ?)")),
      clear_quarantine_(database.prepare("DELETE FROM quarantine WHERE file = ?")),
      clear_rejected_(database.prepare("DELETE FROM rejected WHERE file = ?")),
      reject_(database.prepare("INSERT INTO rejected VALUES (?, ?, ?, ?, ?, ?, ?, ?)")),
      last_line_(database.prepare("SELECT coalesce(max(line), 0) FROM rejected WHERE file = ?")),
      unreject_(database.prepare(
          "DELETE FROM rejected WHERE file = ?1 AND line = (SELECT min(line) FROM rejected WHERE "
          "file = ?1 AND type = ?2 AND reason = ?3)")),
      move_counts_(database.prepare(
          "UPDATE source_file SET resources = resources + ?2, rejected = rejected - ?2 WHERE file "
          "= ?1 AND resources + ?2 >= 0 AND rejected - ?2 >= 0")) {}

std::int64_t SourceTable::intern(sqlite::Statement& find_one, sqlite::Statement& insert,
                                 std::string_view text) {
  find_one.bind(1, text);
  const std::int64_t number = one(find_one);
  if (number != 0) {
    return number;
  }
  insert.bind(1, text).run();
  return database_.last_insert_rowid();
}

std::int64_t SourceTable::root_number(std::string_view name) {
  return intern(find_root_, insert_root_, name);
}

std::int64_t SourceTable::mapping_number(std::string_view digest) {
  return intern(find_mapping_, insert_mapping_, digest);
}

std::int64_t SourceTable::next_file() { return one(next_file_); }

std::uint64_t SourceTable::files_of(std::int64_t root, std::int64_t before_file) {
  count_files_.bind(1, root).bind(2, before_file);
  return static_cast<std::uint64_t>(one(count_files_));
}

void SourceTable::write(const FileRow& row) {
  write_.bind(1, row.file).bind(2, row.root).bind(3, row.path);
  write_.bind(4, static_cast<std::int64_t>(row.size)).bind(5, row.modified);
  if (!row.digest.empty()) {
    write_.bind_blob(6, row.digest);
  }
  write_.bind(7, row.type);
  if (!row.match_key.empty()) {
    write_.bind(8, row.match_key);
  }
  write_.bind(9, row.at).bind(10, row.flag).bind(11, static_cast<std::int64_t>(row.status));
  write_.bind(12, row.reason).bind(13, row.mapping);
  write_.bind(14, static_cast<std::int64_t>(row.resources));
  write_.bind(15, static_cast<std::int64_t>(row.rejected)).bind(16, row.generation).run();
}

void SourceTable::met(std::int64_t file, std::int64_t generation) {
  met_.bind(1, file).bind(2, generation).run();
}

void SourceTable::erase(std::int64_t file) {
  clear_findings(file);
  erase_.bind(1, file).run();
}

void SourceTable::set_status(std::int64_t file, FileStatus status, std::string_view reason) {
  set_status_.bind(1, file).bind(2, static_cast<std::int64_t>(status)).bind(3, reason).run();
}

void SourceTable::read_again(std::int64_t file) { read_again_.bind(1, file).run(); }

std::vector<FileRow> SourceTable::of_key(const FileRow& except) {
  of_key_.bind(1, except.root).bind(2, except.match_key).bind(3, except.file);
  return rows(of_key_);
}

std::vector<FileRow> SourceTable::vanished(std::int64_t root, std::int64_t generation,
                                           std::int64_t after, std::size_t limit) {
  vanished_.bind(1, root).bind(2, generation).bind(3, after);
  vanished_.bind(4, static_cast<std::int64_t>(limit));
  return rows(vanished_);
}

std::uint64_t SourceTable::lost(std::int64_t root, std::int64_t generation) {
  lost_.bind(1, root).bind(2, generation);
  return static_cast<std::uint64_t>(one(lost_));
}

std::vector<std::int64_t> SourceTable::produced_by(std::int64_t file) {
  return integers(produced_, file);
}

void SourceTable::add_produced(std::int64_t file, std::int64_t rid) {
  add_produced_.bind(1, file).bind(2, rid).run();
}

void SourceTable::drop_produced(std::int64_t file, std::int64_t rid) {
  drop_produced_.bind(1, file).bind(2, rid).run();
}

std::vector<std::int64_t> SourceTable::producers_of(std::int64_t rid) {
  return integers(producers_, rid);
}

void SourceTable::quarantine(std::int64_t file, const QuarantineEntry& entry) {
  quarantine_.bind(1, file).bind(2, entry.reason).bind(3, entry.segment).bind(4, entry.field);
  quarantine_.bind(5, entry.rule).bind(6, entry.remedy).run();
}

void SourceTable::clear_findings(std::int64_t file) {
  clear_quarantine_.bind(1, file).run();
  clear_rejected_.bind(1, file).run();
}

void SourceTable::reject(std::int64_t file, std::int64_t line,
                         const mappings::RejectedResource& rejected) {
  reject_.bind(1, file).bind(2, line).bind(3, rejected.rule).bind(4, rejected.type);
  reject_.bind(5, rejected.issue.code).bind(6, rejected.issue.expression);
  reject_.bind(7, rejected.issue.source).bind(8, rejected.issue.diagnostics).run();
}

void SourceTable::wait_again(std::int64_t file, std::string_view type, const fhir::Issue& why) {
  move_counts_.bind(1, file).bind(2, std::int64_t{-1}).run();
  last_line_.bind(1, file);
  reject(file, one(last_line_) + 1, {"", std::string(type), why});
}

void SourceTable::waits_no_more(std::int64_t file, std::string_view type) {
  move_counts_.bind(1, file).bind(2, std::int64_t{1}).run();
  unreject_.bind(1, file).bind(2, type).bind(3, kIncomplete).run();
}

}  // namespace sekisho::ingest
