#pragma once

#include <string>
#include <string_view>

struct sqlite3;

namespace sekisho::sqlite {

// Throws the Error of an extended result code: where (the database file's name), what, what to do.
[[noreturn]] void fail(sqlite3* db, int result, std::string_view doing);

}  // namespace sekisho::sqlite
