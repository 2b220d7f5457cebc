#include "fhir/check.h"

#include <cstdio>
#include <cstdlib>

namespace sekisho::fhir {

void fail_check(const char* what, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, what);
  std::fflush(stderr);
  std::abort();
}

}  // namespace sekisho::fhir
