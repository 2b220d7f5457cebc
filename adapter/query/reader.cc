#include "adapter/query/reader.h"

#include <utility>

#include "adapter/query/reader_inner.h"
#include "adapter/query/sight.h"
#include "adapter/store/store.h"

namespace sekisho::query {

namespace {

constexpr std::size_t kKeptSearches = 128;

std::string select_row(std::string_view table, std::string_view rest) {
  return "SELECT " + std::string(kRowColumns) + " FROM " + std::string(table) + " " +
         std::string(rest);
}

// Versions hold no type and no id: those of the resource are the caller's.
constexpr std::string_view kVersionColumns =
    "rid, -1, '', version, last_updated, deleted, rule, patient, more_patients, needs, carried, "
    "flags, data_date, plain";

std::string select_version(std::string_view rest) {
  return "SELECT " + std::string(kVersionColumns) + " FROM resource_version " + std::string(rest);
}

fhir::SetRule rule_of(std::int64_t number) {
  return number >= 0 && number <= static_cast<std::int64_t>(fhir::SetRule::kNeverReleased)
             ? static_cast<fhir::SetRule>(number)
             : fhir::SetRule::kNeverReleased;
}

Row one_row(sqlite::Statement& statement) {
  Row row;
  if (statement.step()) {
    row = row_at(statement);
  }
  statement.reset();
  return row;
}

std::string one_text(sqlite::Statement& statement) {
  std::string text;
  if (statement.step()) {
    text = statement.text(0);
  }
  statement.reset();
  return text;
}

// The arguments of `visible`, in the order in which search_sql.cc writes them.
Row row_of(const sqlite::FunctionCall& call) {
  Row row;
  row.rid = call.integer(0);
  row.type = call.integer(1);
  row.version = call.integer(2);
  row.rule = rule_of(call.integer(3));
  if (!call.is_null(4)) {
    row.patient = static_cast<std::uint32_t>(call.integer(4));
  }
  if (!call.is_null(5)) {
    row.more_patients = call.blob(5);
  }
  row.needs.bits = static_cast<std::uint64_t>(call.integer(6));
  row.carried.bits = static_cast<std::uint64_t>(call.integer(7));
  row.flags = static_cast<unsigned>(call.integer(8));
  if (!call.is_null(9)) {
    row.data_date = static_cast<std::int32_t>(call.integer(9));
  }
  row.plain = call.integer(10) != 0;
  return row;
}

}  // namespace

Row row_at(const sqlite::Statement& statement) {
  Row row;
  row.rid = statement.integer(0);
  row.type = statement.integer(1);
  row.id = statement.text(2);
  row.version = statement.integer(3);
  row.last_updated = statement.integer(4);
  row.deleted = statement.integer(5) != 0;
  row.rule = rule_of(statement.integer(6));
  if (!statement.is_null(7)) {
    row.patient = static_cast<std::uint32_t>(statement.integer(7));
  }
  if (!statement.is_null(8)) {
    row.more_patients = statement.blob(8);
  }
  row.needs.bits = static_cast<std::uint64_t>(statement.integer(9));
  row.carried.bits = static_cast<std::uint64_t>(statement.integer(10));
  row.flags = static_cast<unsigned>(statement.integer(11));
  if (!statement.is_null(12)) {
    row.data_date = static_cast<std::int32_t>(statement.integer(12));
  }
  row.plain = statement.integer(13) != 0;
  return row;
}

Reader::Inner::Inner(const std::string& store_file)
    : database(store::open_for_reading(store_file)),
      begin(database.prepare("BEGIN")),
      end(database.prepare("COMMIT")),
      look_up(database.prepare(select_row("resource INDEXED BY resource_id",
                                          "WHERE type = ? AND id >= ? ORDER BY id LIMIT 1"))),
      look_up_version(database.prepare(
          select_version("WHERE rid = ? AND version >= ? ORDER BY version LIMIT 1"))),
      earlier_version(database.prepare(
          select_version("WHERE rid = ? AND version < ? ORDER BY version DESC LIMIT 1"))),
      by_patient(database.prepare(
          select_row("resource INDEXED BY resource_patient", "WHERE patient = ? AND type = ?"))),
      text(database.prepare("SELECT text FROM resource WHERE rid = ?")),
      version_text(
          database.prepare("SELECT text FROM resource_version WHERE rid = ? AND version = ?")),
      type_of_name(database.prepare("SELECT type FROM type WHERE name = ?")) {
  database.define("visible", 11, [this](const sqlite::FunctionCall& call) -> std::int64_t {
    return asking != nullptr && asking->shows_in_search(row_of(call)) ? 1 : 0;
  });
}

Row Reader::Inner::at_or_after(std::int64_t type, std::string_view id) {
  look_up.bind(1, type).bind(2, id);
  return one_row(look_up);
}

Row Reader::Inner::version_at_or_after(std::int64_t rid, std::int64_t version) {
  look_up_version.bind(1, rid).bind(2, version);
  return one_row(look_up_version);
}

Row Reader::Inner::last_version_before(std::int64_t rid, std::int64_t version) {
  earlier_version.bind(1, rid).bind(2, version);
  return one_row(earlier_version);
}

Row Reader::Inner::patient_row(std::uint32_t patient, std::int64_t patient_type) {
  by_patient.bind(1, std::int64_t{patient}).bind(2, patient_type);
  return one_row(by_patient);
}

std::string Reader::Inner::text_of(std::int64_t rid) {
  text.bind(1, rid);
  return one_text(text);
}

std::string Reader::Inner::text_of(std::int64_t rid, std::int64_t version) {
  version_text.bind(1, rid).bind(2, version);
  return one_text(version_text);
}

std::int64_t Reader::Inner::type_number(std::string_view name) {
  const auto known = types.find(name);
  if (known != types.end()) {
    return known->second;
  }
  type_of_name.bind(1, name);
  const bool found = type_of_name.step();
  const std::int64_t number = found ? type_of_name.integer(0) : -1;
  type_of_name.reset();
  if (found) {
    types.emplace(name, number);
  }
  return number;
}

sqlite::Statement& Reader::Inner::statement(const std::string& sql) {
  const auto known = searches.find(sql);
  if (known != searches.end()) {
    return known->second;
  }
  if (searches.size() >= kKeptSearches) {
    searches.clear();
  }
  return searches.emplace(sql, database.prepare(sql)).first->second;
}

Reader::Reader(const std::string& store_file) : inner_(std::make_unique<Inner>(store_file)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

std::optional<fhir::Instant> Reader::data_as_of() {
  sqlite::Statement& statement =
      inner_->statement("SELECT value FROM meta WHERE key = 'data_as_of'");
  const std::string text = one_text(statement);
  return fhir::parse_instant(text);
}

std::uint64_t Reader::take_look_up_steps() {
  std::uint64_t steps = 0;
  for (sqlite::Statement* const statement :
       {&inner_->look_up, &inner_->look_up_version, &inner_->earlier_version, &inner_->by_patient,
        &inner_->text, &inner_->version_text, &inner_->type_of_name}) {
    steps += statement->take_vm_steps();
  }
  return steps;
}

std::uint64_t Reader::take_search_steps() {
  std::uint64_t steps = 0;
  for (auto& [text, statement] : inner_->searches) {
    steps += statement.take_vm_steps();
  }
  return steps;
}

}  // namespace sekisho::query
