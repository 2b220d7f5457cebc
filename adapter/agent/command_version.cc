#include "adapter/agent/commands.h"

namespace sekisho::agent {

int command_version(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  session.console.out("sekisho " SEKISHO_VERSION);
  return kOk;
}

}  // namespace sekisho::agent
