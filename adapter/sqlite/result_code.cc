#include "adapter/sqlite/result_code.h"

#include <sqlite3.h>

#include <filesystem>

#include "fhir/error.h"

namespace sekisho::sqlite {

namespace {

struct Meaning {
  fhir::ErrorCode code;
  std::string_view remedy;
};

Meaning meaning_of(int result) {
  using fhir::ErrorCode;
  // The shared-memory index of the WAL is grown by writing to it, so this one means a full disk.
  if (result == SQLITE_IOERR_SHMSIZE) {
    return {ErrorCode::kNoSpace, "free space on that disk, then run again"};
  }
  switch (result & 0xff) {
    case SQLITE_FULL:
      return {ErrorCode::kNoSpace, "free space on that disk, then run again"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kConflict, "another process is writing; wait for it to end"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, "restore it from the last backup"};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return {ErrorCode::kIo,
              "check that the disk is mounted and the service user may write there"};
    default:
      return {ErrorCode::kDatabase, "run `sekisho doctor`"};
  }
}

}  // namespace

void fail(sqlite3* db, int result, std::string_view doing) {
  const char* file = db == nullptr ? nullptr : sqlite3_db_filename(db, "main");
  std::string text = "database";
  if (file != nullptr && *file != '\0') {
    text += " " + std::filesystem::u8path(file).filename().string();
  }
  text += ": ";
  text += doing;
  text += ": ";
  // sqlite's texts name tables and columns, never values.
  text += db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(result);
  text += " (" + std::to_string(result) + "); ";
  const Meaning meaning = meaning_of(result);
  text += meaning.remedy;
  throw fhir::Error(meaning.code, std::move(text));
}

}  // namespace sekisho::sqlite
