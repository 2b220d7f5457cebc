// There is no search without a Visibility.

#include "adapter/query/query.h"

namespace sekisho::tests {

bool more(query::Reader& reader, const query::Visibility& visibility,
          const query::SearchPlan& plan) {
  return query::search(reader, visibility, plan, "").more;
}

#ifdef MUST_FAIL
bool more_for_nobody(query::Reader& reader, const query::SearchPlan& plan) {
  return query::search(reader, plan, "").more;
}
#endif

}  // namespace sekisho::tests
