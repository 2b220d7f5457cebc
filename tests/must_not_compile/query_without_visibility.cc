// There is no query without a Visibility.

#include "adapter/query/query.h"

namespace sekisho::tests {

bool found(query::Reader& reader, const query::Visibility& visibility) {
  return query::read(reader, visibility, "Patient", "x").shown.has_value();
}

#ifdef MUST_FAIL
bool found_by_nobody(query::Reader& reader) {
  return query::read(reader, "Patient", "x").shown.has_value();
}
#endif

}  // namespace sekisho::tests
