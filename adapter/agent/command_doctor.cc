#include <array>
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

struct Check {
  const char* code;  // of what it throws
  Phrase fix;
  void (*run)(Installation& installation, fhir::Instant now, Findings& findings);
};
constexpr std::array kChecks{
    Check{"FOLDER_FAILED",
          {"フォルダーの有無と、エージェントの利用者の権限を確認してください",
           "look at the folder and at the rights of the agent's user"},
          check_folders},
    Check{"CERT_UNREADABLE",
          {"設定のパスと、PEM形式のファイルか、読む権限があるかを確認してください",
           "look at the path in the configuration, that the file is PEM, and who may read it"},
          check_certificates},
    Check{"CLOCK_FAILED",
          {"時計を確認し、記録ファイル clock.json を除いて再起動してください",
           "look at the clock, remove its record clock.json and start again"},
          check_clock},
    Check{"STORE_FAILED",
          {"停止して控えから復元するか、削除して取り込み直してください",
           "stop the agent; restore the store from its copy, or remove it and ingest again"},
          check_store},
    Check{"REGISTRY_FAILED",
          {"鍵と台帳のフォルダーを控えから復元してください",
           "restore the folders of keys and registry from their copies"},
          check_registry},
    Check{"LEDGER_FAILED",
          {"鍵と提供台帳のフォルダーを控えから復元してください",
           "restore the folders of keys and ledger from their copies"},
          check_ledger},
    Check{"AGENT_FAILED",
          {"コマンドソケットのフォルダーを使えるグループに入っているか確認してください",
           "look whether you are in the group that may use the command socket's folder"},
          check_agent},
};
constexpr Phrase kConfigFix{"設定ファイルのその箇所を直してください",
                            "correct that place of the configuration"};

// One check must not hide the next: what it throws becomes a finding.
void run_check(Findings& findings, const char* code, const Phrase& fix,
               const std::function<void()>& check) {
  try {
    check();
  } catch (const fhir::Error& e) {
    findings.thrown(code, e.text(), fix);
  } catch (const std::exception&) {
    findings.thrown(code, "the check was stopped by an unexpected condition", fix);
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
  run_check(findings, "CONFIG_INVALID", kConfigFix,
            [&] { check_configuration(installation, findings); });
  if (findings.all().front().code == "CONFIG_OK") {
    for (const Check& check : kChecks) {
      run_check(findings, check.code, check.fix, [&] { check.run(installation, now, findings); });
    }
  }
  if (session.arguments.has("--json")) {
    print_json(session, findings);
  } else {
    print(session, findings);
  }
  return findings.healthy() ? kOk : kFailed;
}

}  // namespace sekisho::agent
