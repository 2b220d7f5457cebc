// There is no read without a Visibility.

#include "adapter/query/query.h"

namespace sekisho::tests {

bool found(query::Reader& reader, const query::Visibility& visibility, const query::Held& held) {
  return query::read(reader, visibility, "Patient", "x", held).shown.has_value();
}

#ifdef MUST_FAIL
bool found_by_nobody(query::Reader& reader, const query::Held& held) {
  return query::read(reader, "Patient", "x", held).shown.has_value();
}
#endif

}  // namespace sekisho::tests
