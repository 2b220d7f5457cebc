#include "adapter/sqlite/database.h"

#include <sqlite3.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "adapter/sqlite/result_code.h"
#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::sqlite {

namespace {

constexpr int kBusyTimeoutMs = 5000;

class Arguments final : public FunctionCall {
 public:
  Arguments(int count, sqlite3_value** values) : count_(count), values_(values) {}

  std::int64_t integer(int argument) const override { return sqlite3_value_int64(at(argument)); }
  std::string_view blob(int argument) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(at(argument)));
    return bytes == nullptr
               ? std::string_view()
               : std::string_view(bytes,
                                  static_cast<std::size_t>(sqlite3_value_bytes(at(argument))));
  }
  bool is_null(int argument) const override {
    return sqlite3_value_type(at(argument)) == SQLITE_NULL;
  }

 private:
  sqlite3_value* at(int argument) const {
    fhir::check(argument >= 0 && argument < count_, "an SQL function reads its own arguments");
    return values_[argument];
  }

  int count_;
  sqlite3_value** values_;
};

using Function = std::function<std::int64_t(const FunctionCall&)>;

void call_function(sqlite3_context* context, int count, sqlite3_value** values) {
  const auto* function = static_cast<const Function*>(sqlite3_user_data(context));
  sqlite3_result_int64(context, (*function)(Arguments(count, values)));
}

void drop_function(void* function) { delete static_cast<Function*>(function); }

std::int64_t pragma_value(Database& database, std::string_view pragma) {
  Statement statement = database.prepare(pragma);
  return statement.step() ? statement.integer(0) : 0;
}

void set_up(Database& database, Open mode, Durability durability) {
  database.execute("PRAGMA foreign_keys = ON");
  database.execute("PRAGMA trusted_schema = OFF");
  if (mode == Open::kReadOnly) {
    database.execute("PRAGMA query_only = ON");
    database.execute("PRAGMA cache_size = -" + std::to_string(kReaderCacheKiB));
    database.execute("PRAGMA mmap_size = " + std::to_string(kReaderMapBytes));
    return;
  }
  database.execute("PRAGMA journal_mode = WAL");
  database.execute(durability == Durability::kFull ? "PRAGMA synchronous = FULL"
                                                   : "PRAGMA synchronous = NORMAL");
  database.execute("PRAGMA cache_size = -" + std::to_string(kWriterCacheKiB));
}

// SQLite counts the memory in use under one lock for all connections, which nobody asks for here.
// Takes effect where no connection was opened before; else all stays as it is.
void count_no_memory() {
  static const int kDone = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kDone);
}

}  // namespace

Database::Database(const std::string& file, Open mode, Durability durability, int page_size) {
  count_no_memory();
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Open::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == Open::kCreate) {
    flags |= SQLITE_OPEN_CREATE;
  }
  const int result = sqlite3_open_v2(file.c_str(), &db_, flags, nullptr);
  try {
    if (result != SQLITE_OK) {
      fail(db_, result, "opening it");
    }
    if (mode == Open::kCreate) {
      // Patients' data: for the service's user alone. The WAL files take over this mode.
      std::error_code ignored;
      std::filesystem::permissions(
          std::filesystem::u8path(file),
          std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    }
    sqlite3_busy_timeout(db_, kBusyTimeoutMs);
    if (mode == Open::kCreate) {
      execute("PRAGMA page_size = " + std::to_string(page_size));
    }
    set_up(*this, mode, durability);
  } catch (...) {
    sqlite3_close_v2(db_);
    db_ = nullptr;
    throw;
  }
}

Database::Database(Database&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  if (this != &other) {
    sqlite3_close_v2(db_);
    db_ = std::exchange(other.db_, nullptr);
  }
  return *this;
}

// close_v2: a Statement that outlives its Database keeps the connection until it goes too.
Database::~Database() { sqlite3_close_v2(db_); }

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) {
    fail(db_, result, "preparing a statement");
  }
  fhir::check(statement != nullptr, "an SQL text holds a statement");
  return Statement(db_, statement);
}

void Database::execute(std::string_view sql) {
  const int result = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) {
    fail(db_, result, "running a statement");
  }
}

std::int64_t Database::changes() const { return sqlite3_changes64(db_); }

std::int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(db_); }

void Database::define(const std::string& name, int arguments, Function function) {
  const int result = sqlite3_create_function_v2(
      db_, name.c_str(), arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
      new Function(std::move(function)), call_function, nullptr, nullptr, drop_function);
  if (result != SQLITE_OK) {
    fail(db_, result, "defining an SQL function");
  }
}

std::int64_t Database::user_version() { return pragma_value(*this, "PRAGMA user_version"); }

bool Database::quick_check() {
  Statement statement = prepare("PRAGMA quick_check(1)");
  return statement.step() && statement.text(0) == "ok";
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // A full disk may have rolled back already.
  if (open_ && database_.in_transaction()) {
    sqlite3_exec(database_.db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

namespace {

[[noreturn]] void refuse_stranger() {
  throw fhir::Error(fhir::ErrorCode::kCorrupt,
                    "database: this file belongs to another program; name another file");
}

void refuse_newer(std::int64_t version, std::int64_t known) {
  if (version > known) {
    throw fhir::Error(fhir::ErrorCode::kCorrupt,
                      "database: its format " + std::to_string(version) +
                          " is newer than this program's " + std::to_string(known) +
                          "; install the newer program again or restore the backup made before it");
  }
}

}  // namespace

void require_format(Database& database, std::int64_t application_id, std::int64_t format) {
  const std::int64_t version = database.user_version();
  if (pragma_value(database, "PRAGMA application_id") != application_id) {
    refuse_stranger();
  }
  refuse_newer(version, format);
  if (version < format) {
    throw fhir::Error(fhir::ErrorCode::kCorrupt,
                      "database: its format " + std::to_string(version) +
                          " is older than this program's " + std::to_string(format) +
                          "; start the agent or run `sekisho ingest`, which brings it forward");
  }
}

void migrate(Database& database, std::int64_t application_id,
             std::span<const std::string_view> steps) {
  const std::int64_t found_id = pragma_value(database, "PRAGMA application_id");
  std::int64_t version = database.user_version();
  const bool fresh = pragma_value(database, "SELECT count(*) FROM sqlite_schema") == 0;
  if (found_id != application_id && !(fresh && found_id == 0 && version == 0)) {
    refuse_stranger();
  }
  const auto newest = static_cast<std::int64_t>(steps.size());
  refuse_newer(version, newest);
  for (; version < newest; ++version) {
    Transaction transaction(database);
    database.execute(steps[static_cast<std::size_t>(version)]);
    database.execute("PRAGMA application_id = " + std::to_string(application_id));
    database.execute("PRAGMA user_version = " + std::to_string(version + 1));
    transaction.commit();
  }
}

}  // namespace sekisho::sqlite
