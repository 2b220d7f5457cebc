#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/sqlite/database.h"

namespace sekisho::ingest {

// The table `message_part`: what single messages say of resources that several make up.
class PartTable {
 public:
  explicit PartTable(sqlite::Database& database);

  struct Row {
    std::int64_t file = 0;
    std::int64_t waiting = 0;  // see the schema
    std::string what;
  };
  bool empty();
  std::vector<Row> of(std::int64_t rid);  // the oldest message first
  bool more_than(std::size_t limit, std::int64_t rid);
  // Does a part of another file wait? Of one resource all do, or none.
  bool waits(std::int64_t rid, std::int64_t but_file);
  void add(std::int64_t rid, std::int64_t file, std::int64_t line, std::string_view order,
           std::string_view what);
  void drop(std::int64_t file);
  void drop(std::int64_t file, std::int64_t rid);
  void move(std::int64_t from_file, std::int64_t to_file);
  void wait(std::int64_t file, std::int64_t rid, std::int64_t generation);

 private:
  sqlite::Statement any_, of_, more_, waits_, add_, drop_, drop_one_, move_, wait_;
};

}  // namespace sekisho::ingest
