#include <functional>

#include "adapter/agent/commands.h"
#include "adapter/agent/doctor.h"
#include "adapter/agent/installation.h"
#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::agent {
namespace {

constexpr Phrase kOkWord{"正常", "ok"};
constexpr Phrase kWarningWord{"注意", "warning"};
constexpr Phrase kErrorWord{"異常", "error"};
constexpr Phrase kFix{"  対応: {0}", "  what to do: {0}"};
constexpr Phrase kHealthy{"異常はありません", "no error found"};
constexpr Phrase kSick{"異常があります。上から順に対応してください",
                       "there are errors; deal with them from the top"};

const char* code_of(Finding::Severity severity) {
  switch (severity) {
    case Finding::Severity::kFine:
      return "ok";
    case Finding::Severity::kWarning:
      return "warning";
    case Finding::Severity::kError:
      return "error";
  }
  return "error";
}

const Phrase& word_of(Finding::Severity severity) {
  switch (severity) {
    case Finding::Severity::kFine:
      return kOkWord;
    case Finding::Severity::kWarning:
      return kWarningWord;
    case Finding::Severity::kError:
      return kErrorWord;
  }
  return kErrorWord;
}

// One check must not hide the next: what it throws becomes a finding.
void run_check(Findings& findings, const char* code, const std::function<void()>& check) {
  try {
    check();
  } catch (const fhir::Error& e) {
    findings.thrown(code, e.text());
  } catch (const std::exception&) {
    findings.thrown(code, "the check was stopped by an unexpected condition");
  }
}

void print(Session& session, const Findings& findings) {
  for (const Finding& finding : findings.all()) {
    session.console.out("[" + say(session.language, word_of(finding.severity)) + "] " +
                        finding.code + "  " + finding.what +
                        (finding.fix.empty() ? "" : say(session.language, kFix, {finding.fix})));
  }
  session.console.out(say(session.language, findings.healthy() ? kHealthy : kSick));
}

void print_json(Session& session, const Findings& findings) {
  fhir::Json list{fhir::Json::Array{}};
  for (const Finding& finding : findings.all()) {
    fhir::Json entry;
    entry.set("code", finding.code);
    entry.set("severity", code_of(finding.severity));
    entry.set("what", finding.what);
    if (!finding.fix.empty()) {
      entry.set("fix", finding.fix);
    }
    list.push(std::move(entry));
  }
  fhir::Json report;
  report.set("healthy", findings.healthy());
  report.set("findings", std::move(list));
  session.console.out(fhir::write_json(report));
}

}  // namespace

int command_doctor(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  Installation& installation = session.installation;
  const fhir::Instant now = session.clock();
  Findings findings(session.language);
  run_check(findings, "CONFIG_INVALID", [&] { check_configuration(installation, findings); });
  if (findings.all().empty() || findings.all().front().code == "CONFIG_OK") {
    run_check(findings, "FOLDER_FAILED", [&] { check_folders(installation, findings); });
    run_check(findings, "CERT_UNREADABLE",
              [&] { check_certificates(installation, now, findings); });
    run_check(findings, "CLOCK_FAILED", [&] { check_clock(installation, now, findings); });
    run_check(findings, "STORE_FAILED", [&] { check_store(installation, findings); });
    run_check(findings, "REGISTRY_FAILED", [&] { check_registry(installation, now, findings); });
    run_check(findings, "LEDGER_FAILED", [&] { check_ledger(installation, findings); });
    run_check(findings, "AGENT_FAILED", [&] { check_agent(installation, findings); });
  }
  if (session.arguments.has("--json")) {
    print_json(session, findings);
  } else {
    print(session, findings);
  }
  return findings.healthy() ? kOk : kFailed;
}

}  // namespace sekisho::agent
