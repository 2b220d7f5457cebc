// A Visibility that was handed out cannot be widened.

#include "adapter/query/visibility.h"

namespace sekisho::tests {

std::uint64_t epoch_of(query::Visibility visibility) { return visibility.epoch(); }

#ifdef MUST_FAIL
void widen(query::Visibility visibility) { visibility.ip_ok_ = true; }
#endif

}  // namespace sekisho::tests
