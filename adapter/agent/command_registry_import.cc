#include <filesystem>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/registry_report.h"
#include "adapter/agent/request_setup.h"
#include "adapter/registry/import.h"
#include "fhir/error.h"

namespace sekisho::agent {
namespace {

using fhir::Error;
using fhir::ErrorCode;

constexpr Phrase kTaken{"{0}: 取り込みました（{1}、記録番号 {2}）", "{0}: taken ({1}, event {2})"};
constexpr Phrase kNothingNew{"{0}: 新しい内容はありません", "{0}: holds nothing new"};
constexpr Phrase kRefused{"{0}: 取り込みませんでした（全体を中止）",
                          "{0}: refused whole; nothing of it was taken"};
constexpr Phrase kPartial{
    "{0}: {1} 行が読めず、未特定の求めとして記録しました。候補者は特定されるまで提供されません",
    "{0}: {1} lines could not be read and were recorded as unresolved refusals; they block until "
    "two "
    "people resolve them"};

enum class Kind { kDocument, kNotices, kRefusals };

// A list of notices says on which day each was given; a list of refusals has no such column.
Kind kind_of(const std::string& path, const std::string& text, const std::string& type) {
  if (std::filesystem::u8path(path).extension() != u8".csv") {
    return Kind::kDocument;
  }
  if (type == "notice" || type == "refusal") {
    return type == "notice" ? Kind::kNotices : Kind::kRefusals;
  }
  if (!type.empty()) {
    throw Error(ErrorCode::kUsage, "--type: notice or refusal");
  }
  const std::string header = "," + text.substr(0, text.find_first_of("\r\n")) + ",";
  return header.find(",date,") != std::string::npos ? Kind::kNotices : Kind::kRefusals;
}

// A list that the configuration names as a source of refusals was read at this moment, which keeps
// it from going stale; also where it held nothing new.
void record_reading(Session& session, const std::string& list, const registry::Actor& actor) {
  for (const config::RegistrySource& source : session.installation.config().registry.sources) {
    if (source.name == list) {
      fhir::Json body;
      body.set("name", list);
      body.set("at", fhir::to_text(session.clock()));
      append_event(session, "source-sync", body, actor);
    }
  }
}

registry::ImportReport import_file(Session& session, const std::string& path,
                                   const registry::Actor& actor) {
  const std::string text = session.input(path);
  registry::Registry& registry = writable_registry(session);
  const fhir::Instant now = session.clock();
  switch (kind_of(path, text, session.arguments.one("--type"))) {
    case Kind::kDocument:
      return registry::import_document(registry, text, actor, now);
    case Kind::kNotices:
      return registry::import_notices(registry, text, actor, now);
    case Kind::kRefusals: {
      const std::string list =
          session.arguments.one("--list", std::filesystem::u8path(path).stem().string());
      registry::ImportReport report = registry::import_refusals(registry, text, list, actor, now);
      if (report.ok()) {
        record_reading(session, list, actor);
      }
      return report;
    }
  }
  throw Error(ErrorCode::kUsage, "--type: notice or refusal");
}

std::string counts_of(const registry::ImportReport& report) {
  std::string text;
  for (const auto& [type, count] : report.counts) {
    text += (text.empty() ? "" : ", ") + type + " " + std::to_string(count);
  }
  return text;
}

// True if the whole file is in the registry as its author meant it.
bool report_on(Session& session, const std::string& path, const registry::ImportReport& report) {
  show_issues(session, report.issues);
  show_issues(session, report.warnings);
  if (!report.ok()) {
    session.console.err(say(session.language, kRefused, {path}));
    return false;
  }
  if (report.sequence == 0) {
    session.console.out(say(session.language, kNothingNew, {path}));
  } else {
    session.console.out(
        say(session.language, kTaken, {path, counts_of(report), std::to_string(report.sequence)}));
  }
  if (report.partial()) {
    session.console.err(
        say(session.language, kPartial, {path, std::to_string(report.unresolved_lines.size())}));
  }
  return !report.partial();
}

}  // namespace

int command_registry_import(Session& session) {
  session.arguments.expect_operands(1, 1000, "the files to import");
  const registry::Actor actor = actor_of(session, 1);
  bool whole = true;
  for (const std::string& path : session.arguments.operands()) {
    whole = report_on(session, path, import_file(session, path, actor)) && whole;
  }
  return whole ? kOk : kFailed;
}

}  // namespace sekisho::agent
