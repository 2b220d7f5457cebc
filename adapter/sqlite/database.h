#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sekisho::sqlite {

enum class Open { kReadOnly, kReadWrite, kCreate };
enum class Durability { kFull, kNormal };  // PRAGMA synchronous; a reader has none

class Database;

// The page cache that the connections of this room keep: a writer's of 64 MB (libraries 6.4), a
// reader's small, because an agent has many of them.
inline constexpr std::int64_t kWriterCacheKiB = 65536;
inline constexpr std::int64_t kReaderCacheKiB = 4096;
// So much of its file a reader maps into memory and reads in place, which saves copying each page.
// No more is possible.
inline constexpr std::int64_t kReaderMapBytes = 0x7fff0000;

// A prepared statement that is reset, never re-prepared. Belongs to one Database and one thread.
// Text and blob views of a row are good until the next step or reset.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  Statement& bind(int index, std::int64_t value);          // 1-based
  Statement& bind(int index, std::string_view text);       // copied
  Statement& bind_kept(int index, std::string_view text);  // not copied: good until the next reset
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True: a row. Throws Error(kNoSpace) where the disk is full, kConflict where another connection
  // holds the lock, kCorrupt, kIo, else kDatabase; the statement is reset then.
  bool step();
  void reset();  // also clears bindings
  void run();    // step to the end and reset

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_null(int column) const;
  int columns() const;

  std::uint64_t take_vm_steps();  // SQLITE_STMTSTATUS_VM_STEP since the last call

 private:
  friend class Database;
  Statement(sqlite3* db, sqlite3_stmt* statement);
  sqlite3* db_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

// Arguments of an SQL function written in C++.
class FunctionCall {
 public:
  virtual ~FunctionCall() = default;
  virtual std::int64_t integer(int argument) const = 0;
  virtual std::string_view blob(int argument) const = 0;
  virtual bool is_null(int argument) const = 0;
};

// One connection; not thread-safe. WAL, foreign keys on, busy timeout of 5 s, extensions off. Every
// call throws as Statement::step does.
class Database {
 public:
  // kCreate also opens one that is there; the file is for its owner alone. `page_size` is taken by
  // a database that is made new; one that is there keeps its own.
  Database(const std::string& file, Open mode, Durability durability, int page_size = 4096);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Statement prepare(std::string_view sql);
  void execute(std::string_view sql);  // one or more statements without rows
  std::int64_t changes() const;
  std::int64_t last_insert_rowid() const;
  // Defines a deterministic SQL function that returns an integer; it must not throw.
  void define(const std::string& name, int arguments,
              std::function<std::int64_t(const FunctionCall&)> function);
  std::int64_t user_version();
  bool quick_check();
  bool in_transaction() const;

 private:
  friend class Transaction;
  sqlite3* db_ = nullptr;
};

// BEGIN IMMEDIATE; rolls back unless committed. Throws Error(kConflict) where another writes for
// longer than the busy timeout.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

// Brings a database from its user_version to the last of `steps` (step i leads to version i + 1),
// each in its transaction. Throws Error(kCorrupt) where the file is of a newer version or of
// another application_id, with what to do.
void migrate(Database& database, std::int64_t application_id,
             std::span<const std::string_view> steps);
// For who only reads, and so cannot migrate: throws Error(kCorrupt), with what to do, unless the
// database is of exactly this format.
void require_format(Database& database, std::int64_t application_id, std::int64_t format);

}  // namespace sekisho::sqlite
