#include "adapter/store/links.h"

#include <algorithm>
#include <iterator>

namespace sekisho::store {

namespace {

std::vector<std::int64_t> integers(sqlite::Statement& statement, std::int64_t parameter) {
  std::vector<std::int64_t> values;
  statement.bind(1, parameter);
  while (statement.step()) {
    values.push_back(statement.integer(0));
  }
  statement.reset();
  return values;
}

std::vector<Links::Part> parts(sqlite::Statement& statement, std::int64_t parameter) {
  std::vector<Links::Part> values;
  statement.bind(1, parameter);
  while (statement.step()) {
    Links::Part part;
    part.owner = statement.integer(0);
    part.part = statement.integer(1);
    part.source = statement.integer(2);
    values.push_back(part);
  }
  statement.reset();
  return values;
}

template <class T>
std::vector<T> minus(const std::vector<T>& all, const std::vector<T>& without) {
  std::vector<T> rest;
  std::set_difference(all.begin(), all.end(), without.begin(), without.end(),
                      std::back_inserter(rest));
  return rest;
}

}  // namespace

Links::Links(sqlite::Database& database)
    : targets_(database.prepare("SELECT target FROM link_from WHERE rid = ? ORDER BY target")),
      referrers_(database.prepare("SELECT rid FROM link WHERE target = ?")),
      add_(database.prepare("INSERT INTO link (target, rid) VALUES (?, ?)")),
      add_from_(database.prepare("INSERT INTO link_from (target, rid) VALUES (?, ?)")),
      drop_(database.prepare("DELETE FROM link WHERE target = ? AND rid = ?")),
      drop_from_(database.prepare("DELETE FROM link_from WHERE target = ? AND rid = ?")),
      said_(database.prepare("SELECT owner, part, source FROM union_part WHERE source = ? "
                             "ORDER BY owner, part")),
      parts_(database.prepare("SELECT owner, part, source FROM union_part WHERE owner = ?")),
      owners_(database.prepare("SELECT DISTINCT owner FROM union_part WHERE part = ?")),
      add_part_(database.prepare("INSERT INTO union_part (owner, part, source) VALUES (?, ?, ?)")),
      drop_part_(
          database.prepare("DELETE FROM union_part WHERE owner = ? AND part = ? AND source = ?")),
      own_(database.prepare("SELECT own_needs FROM union_owner WHERE rid = ?")),
      set_own_(database.prepare("INSERT OR REPLACE INTO union_owner VALUES (?, ?)")),
      drop_own_(database.prepare("DELETE FROM union_owner WHERE rid = ?")) {}

std::vector<std::int64_t> Links::targets_of(std::int64_t rid) { return integers(targets_, rid); }

std::vector<std::int64_t> Links::referrers_of(std::int64_t target) {
  return integers(referrers_, target);
}

void Links::replace(std::int64_t rid, const std::vector<std::int64_t>& before,
                    const std::vector<std::int64_t>& after) {
  for (const std::int64_t target : minus(before, after)) {
    drop_.bind(1, target).bind(2, rid).run();
    drop_from_.bind(1, target).bind(2, rid).run();
  }
  for (const std::int64_t target : minus(after, before)) {
    add_.bind(1, target).bind(2, rid).run();
    add_from_.bind(1, target).bind(2, rid).run();
  }
}

std::vector<Links::Part> Links::parts_said_by(std::int64_t source) { return parts(said_, source); }

std::vector<Links::Part> Links::parts_of(std::int64_t owner) { return parts(parts_, owner); }

std::vector<std::int64_t> Links::owners_of(std::int64_t part) { return integers(owners_, part); }

void Links::replace_parts(const std::vector<Part>& before, const std::vector<Part>& after) {
  for (const Part& part : minus(before, after)) {
    drop_part_.bind(1, part.owner).bind(2, part.part).bind(3, part.source).run();
  }
  for (const Part& part : minus(after, before)) {
    add_part_.bind(1, part.owner).bind(2, part.part).bind(3, part.source).run();
  }
}

std::optional<fhir::CategorySet> Links::own_needs(std::int64_t rid) {
  std::optional<fhir::CategorySet> needs;
  own_.bind(1, rid);
  if (own_.step()) {
    needs = fhir::CategorySet{static_cast<std::uint64_t>(own_.integer(0))};
  }
  own_.reset();
  return needs;
}

void Links::set_own_needs(std::int64_t rid, std::optional<fhir::CategorySet> needs) {
  if (needs) {
    set_own_.bind(1, rid).bind(2, static_cast<std::int64_t>(needs->bits)).run();
  } else {
    drop_own_.bind(1, rid).run();
  }
}

}  // namespace sekisho::store
