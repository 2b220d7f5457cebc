#include "adapter/ingest/part_table.h"

namespace sekisho::ingest {

PartTable::PartTable(sqlite::Database& database)
    : any_(database.prepare("SELECT 1 FROM message_part LIMIT 1")),
      of_(database.prepare("SELECT file, waiting, what FROM message_part WHERE rid = ? ORDER BY "
                           "sort, line, file")),
      more_(database.prepare("SELECT 1 FROM message_part WHERE rid = ? LIMIT 1 OFFSET ?")),
      waits_(database.prepare(
          "SELECT waiting <> 0 FROM message_part WHERE rid = ? AND file <> ? LIMIT 1")),
      add_(database.prepare("INSERT INTO message_part VALUES (?, ?, ?, ?, 0, ?)")),
      drop_(database.prepare("DELETE FROM message_part WHERE file = ?")),
      drop_one_(database.prepare("DELETE FROM message_part WHERE file = ? AND rid = ?")),
      move_(database.prepare("UPDATE OR REPLACE message_part SET file = ?2 WHERE file = ?1")),
      wait_(database.prepare("UPDATE message_part SET waiting = ?3 WHERE file = ?1 AND rid = ?2")) {
}

bool PartTable::empty() {
  const bool found = any_.step();
  any_.reset();
  return !found;
}

std::vector<PartTable::Row> PartTable::of(std::int64_t rid) {
  std::vector<Row> rows;
  of_.bind(1, rid);
  while (of_.step()) {
    rows.push_back({of_.integer(0), of_.integer(1), std::string(of_.text(2))});
  }
  of_.reset();
  return rows;
}

bool PartTable::more_than(std::size_t limit, std::int64_t rid) {
  more_.bind(1, rid).bind(2, static_cast<std::int64_t>(limit));
  const bool found = more_.step();
  more_.reset();
  return found;
}

bool PartTable::waits(std::int64_t rid, std::int64_t but_file) {
  waits_.bind(1, rid).bind(2, but_file);
  const bool waits = waits_.step() && waits_.integer(0) != 0;
  waits_.reset();
  return waits;
}

void PartTable::add(std::int64_t rid, std::int64_t file, std::int64_t line, std::string_view order,
                    std::string_view what) {
  add_.bind(1, rid).bind(2, file).bind(3, line).bind(4, order).bind(5, what).run();
}

void PartTable::drop(std::int64_t file) { drop_.bind(1, file).run(); }

void PartTable::drop(std::int64_t file, std::int64_t rid) {
  drop_one_.bind(1, file).bind(2, rid).run();
}

void PartTable::move(std::int64_t from_file, std::int64_t to_file) {
  move_.bind(1, from_file).bind(2, to_file).run();
}

void PartTable::wait(std::int64_t file, std::int64_t rid, std::int64_t generation) {
  wait_.bind(1, file).bind(2, rid).bind(3, generation).run();
}

}  // namespace sekisho::ingest
