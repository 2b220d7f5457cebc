#include <cstdio>
#include <string>

#include "adapter/sqlite/database.h"
#include "fhir/digest.h"
#include "fhir/error.h"

// Prints what a store holds, a line a resource, without what depends on the moment of writing
// (meta.lastUpdated) or on surrogate keys: two stores of the same content print the same.

namespace {

constexpr std::string_view kQuery =
    "SELECT t.name, r.id, r.version, r.deleted, r.rule, r.needs, r.carried, r.flags, r.data_date,"
    " r.plain, r.text FROM resource r JOIN type t ON t.type = r.type WHERE r.version > 0"
    " ORDER BY t.name, r.id";

std::string without_time(std::string text) {
  constexpr std::string_view kMember = "\"lastUpdated\":\"";
  const std::size_t at = text.find(kMember);
  if (at != std::string::npos) {
    const std::size_t end = text.find('"', at + kMember.size());
    text.erase(at, end + 1 - at);
  }
  return text;
}

void dump(const char* file) {
  sekisho::sqlite::Database database(file, sekisho::sqlite::Open::kReadOnly,
                                     sekisho::sqlite::Durability::kNormal);
  sekisho::sqlite::Statement rows = database.prepare(kQuery);
  while (rows.step()) {
    std::string line = std::string(rows.text(0)) + "/" + std::string(rows.text(1));
    for (int column = 2; column < 10; ++column) {
      line += " " + (rows.is_null(column) ? "-" : std::to_string(rows.integer(column)));
    }
    line += " " +
            sekisho::fhir::to_hex(sekisho::fhir::sha256(without_time(std::string(rows.text(10)))));
    std::puts(line.c_str());
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: sekisho_store_dump STORE.DB\n", stderr);
    return 2;
  }
  try {
    dump(words[1]);
    return 0;
  } catch (const sekisho::fhir::Error& e) {
    std::fprintf(stderr, "%s\n", e.text().c_str());
    return 1;
  }
}
