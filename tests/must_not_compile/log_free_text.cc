// A text that was made at run time, and so perhaps from a record, cannot stand in a log line.

#include <string>

#include "adapter/log/log.h"

namespace sekisho::tests {

void write(log::Log& log) { log.write(log::Event::kCommand, {{"name", "registry refuse"}}); }

#ifdef MUST_FAIL
void leak(log::Log& log, const std::string& name) {
  log.write(log::Event::kCommand, {{"name", name}});
}
#endif

}  // namespace sekisho::tests
