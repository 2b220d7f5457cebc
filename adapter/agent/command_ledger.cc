#include <deque>
#include <optional>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/ledger/bundle.h"
#include "fhir/error.h"

namespace sekisho::agent {

namespace {

int say(Session& session, const ledger::Verified& verified) {
  if (!verified.ok) {
    session.console.err("ledger: does not verify: " + verified.where);
    return kFailed;
  }
  session.console.out("ledger: verified, " + std::to_string(verified.records) + " records, " +
                      std::to_string(verified.checkpoints) + " checkpoints; " +
                      std::to_string(verified.unsigned_lines) + " lines after the last checkpoint");
  return kOk;
}

}  // namespace

// A bundle is verified where no installation is.
int command_ledger_verify(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const std::string file = session.arguments.one("--key");
  const std::string bundle = session.arguments.one("--bundle");
  std::optional<crypto::VerifyKey> key;
  if (!file.empty()) {
    key = crypto::VerifyKey::from_pem(session.input(file));
  }
  if (bundle.empty()) {
    Installation& here = session.installation;
    return say(session,
               ledger::verify(here.ledger_dir(), key ? *key : here.keys().ledger_key.verify_key()));
  }
  if (!key) {
    session.console.out("ledger: by the bundle's own key, SHA-256 " +
                        ledger::bundle_key_digest(bundle) + ": compare it with the hospital's");
  }
  return say(session, ledger::verify_bundle(bundle, key));
}

int command_ledger_export(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const std::string bundle = session.arguments.one("--bundle");
  if (bundle.empty()) {
    throw fhir::Error(fhir::ErrorCode::kUsage, "--bundle: name the folder to make");
  }
  Installation& here = session.installation;
  const int result =
      say(session,
          ledger::export_bundle(here.ledger_dir(), here.keys().ledger_key.public_pem(), bundle));
  session.console.out("ledger: public key, SHA-256 " + ledger::bundle_key_digest(bundle));
  return result;
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
