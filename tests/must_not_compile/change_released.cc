// The text of a Released is what the ledger recorded; nobody can put another in its place.

#include "adapter/release/released.h"

namespace sekisho::tests {

std::string taken(release::Released released) { return std::move(released).take(); }

#ifdef MUST_FAIL
void replace(release::Released& released) { released.text_ = "other"; }
#endif

}  // namespace sekisho::tests
