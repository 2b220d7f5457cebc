// Only a ReleaseView makes a Released: raw text cannot be sent as if it had passed the door.

#include "adapter/release/released.h"

namespace sekisho::tests {

std::string_view body_of(const release::Released& released) { return released.text(); }

#ifdef MUST_FAIL
std::string_view forged() { return body_of(release::Released("{\"resourceType\":\"Patient\"}")); }
#endif

}  // namespace sekisho::tests
