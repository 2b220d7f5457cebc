#include <sqlite3.h>

#include <utility>

#include "adapter/sqlite/database.h"
#include "adapter/sqlite/result_code.h"
#include "fhir/check.h"

namespace sekisho::sqlite {

Statement::Statement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}

Statement::Statement(Statement&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)),
      statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(statement_);
    db_ = std::exchange(other.db_, nullptr);
    statement_ = std::exchange(other.statement_, nullptr);
  }
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::int64_t value) {
  const int result = sqlite3_bind_int64(statement_, index, value);
  if (result != SQLITE_OK) {
    fail(db_, result, "binding a parameter");
  }
  return *this;
}

namespace {

void bind_text(sqlite3* db, sqlite3_stmt* statement, int index, std::string_view text,
               sqlite3_destructor_type lifetime) {
  const char* bytes = text.data() == nullptr ? "" : text.data();
  const int result =
      sqlite3_bind_text64(statement, index, bytes, text.size(), lifetime, SQLITE_UTF8);
  if (result != SQLITE_OK) {
    fail(db, result, "binding a parameter");
  }
}

}  // namespace

Statement& Statement::bind(int index, std::string_view text) {
  bind_text(db_, statement_, index, text, SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_kept(int index, std::string_view text) {
  bind_text(db_, statement_, index, text, SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  const int result = sqlite3_bind_blob64(statement_, index, data, bytes.size(), SQLITE_TRANSIENT);
  if (result != SQLITE_OK) {
    fail(db_, result, "binding a parameter");
  }
  return *this;
}

Statement& Statement::bind_null(int index) {
  const int result = sqlite3_bind_null(statement_, index);
  if (result != SQLITE_OK) {
    fail(db_, result, "binding a parameter");
  }
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) {
    return true;
  }
  if (result == SQLITE_DONE) {
    return false;
  }
  try {
    fail(db_, sqlite3_extended_errcode(db_), "running a statement");
  } catch (...) {
    reset();
    throw;
  }
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) {
    return {};
  }
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) {
    return {};
  }
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int Statement::columns() const { return sqlite3_column_count(statement_); }

std::uint64_t Statement::take_vm_steps() {
  return static_cast<std::uint64_t>(
      static_cast<unsigned>(sqlite3_stmt_status(statement_, SQLITE_STMTSTATUS_VM_STEP, 1)));
}

}  // namespace sekisho::sqlite
