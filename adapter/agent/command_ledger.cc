#include <deque>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "fhir/error.h"

namespace sekisho::agent {

int command_ledger_verify(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const std::string file = session.arguments.one("--key");
  const std::string pem =
      file.empty() ? session.installation.keys().ledger_key.public_pem() : session.input(file);
  const ledger::Verified verified =
      ledger::verify(session.installation.ledger_dir(), crypto::VerifyKey::from_pem(pem));
  if (!verified.ok) {
    session.console.err("ledger: does not verify: " + verified.where);
    return kFailed;
  }
  session.console.out("ledger: verified, " + std::to_string(verified.records) + " records, " +
                      std::to_string(verified.checkpoints) + " checkpoints");
  return kOk;
}

int command_ledger_list(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const std::string last = session.arguments.one("--last");
  if (last.find_first_not_of("0123456789") != std::string::npos || last.size() > 9) {
    throw fhir::Error(fhir::ErrorCode::kUsage, "--last: a number of records");
  }
  if (last.empty()) {
    ledger::list(session.installation.ledger_dir(), [&](std::string_view line) {
      session.console.out(line);
      return true;
    });
    return kOk;
  }
  const auto count = static_cast<std::size_t>(std::stoul(last));
  std::deque<std::string> kept;
  ledger::list(session.installation.ledger_dir(), [&](std::string_view line) {
    kept.emplace_back(line);
    if (kept.size() > count) {
      kept.pop_front();
    }
    return true;
  });
  for (const std::string& line : kept) {
    session.console.out(line);
  }
  return kOk;
}

}  // namespace sekisho::agent
