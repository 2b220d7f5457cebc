// Only adapter/release makes a Visibility: no other code can see by a mask of its own.

#include "adapter/query/visibility.h"

namespace sekisho::tests {

bool sees(const query::Visibility& visibility) { return !visibility.of(0).empty(); }

#ifdef MUST_FAIL
bool sees_by_a_forged_mask() {
  query::Visibility forged;
  return sees(forged);
}
#endif

}  // namespace sekisho::tests
