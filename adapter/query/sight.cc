#include "adapter/query/sight.h"

#include "adapter/query/reader_inner.h"

namespace sekisho::query {

Sight::Sight(Reader& reader, const Visibility& visibility)
    : store_(*reader.inner_), visibility_(visibility) {
  store_.begin.run();
  patient_type_ = store_.type_number("Patient");
  store_.asking = this;
}

Sight::~Sight() {
  store_.asking = nullptr;
  try {
    store_.end.run();
  } catch (...) {  // a read transaction: the connection has lost nothing
  }
}

Row Sight::look_up(std::string_view type, std::string_view id) {
  return store_.at_or_after(type_number(type), id);
}

Row Sight::look_up_version(std::int64_t rid, std::int64_t version) {
  return store_.version_at_or_after(rid, version);
}

std::int64_t Sight::type_number(std::string_view name) { return store_.type_number(name); }

sqlite::Statement& Sight::statement(const std::string& sql) { return store_.statement(sql); }

void Sight::rethrow() {
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

bool Sight::shows_in_search(const Row& row) noexcept {
  try {
    return !failure_ && shows_current(row);
  } catch (...) {
    failure_ = std::current_exception();
    return false;
  }
}

}  // namespace sekisho::query
