#include <algorithm>
#include <filesystem>
#include <iterator>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/mapping_setup.h"
#include "adapter/store/store.h"
#include "connectors/hl7v2/message.h"
#include "fhir/error.h"
#include "fhir/json.h"
#include "mappings/engine.h"
#include "mappings/merge.h"
#include "mappings/pack_check.h"
#include "mappings/pack_tests.h"

namespace sekisho::agent {
namespace {

namespace fs = std::filesystem;
namespace hl7v2 = connectors::hl7v2;
using fhir::Error;
using fhir::ErrorCode;

hl7v2::Encoding encoding_of(const std::string& name) {
  if (name == "auto") {
    return hl7v2::Encoding::kAuto;
  }
  if (name == "iso-2022-jp") {
    return hl7v2::Encoding::kIso2022Jp;
  }
  if (name == "cp932") {
    return hl7v2::Encoding::kCp932;
  }
  if (name == "euc-jp") {
    return hl7v2::Encoding::kEucJp;
  }
  if (name == "utf-8") {
    return hl7v2::Encoding::kUtf8;
  }
  throw Error(ErrorCode::kUsage, "--encoding: auto, iso-2022-jp, cp932, euc-jp or utf-8");
}

void show(Console& console, const fhir::Issue& issue) {
  std::string line = std::string(fhir::name_of(issue.severity)) + " " + issue.code;
  for (const std::string& part : {issue.source, issue.expression, issue.diagnostics}) {
    if (!part.empty()) {
      line += ": " + part;
    }
  }
  console.err(line);
}

struct Job {
  const std::vector<mappings::Pack>& packs;
  mappings::Settings settings;
  std::string data_type;
  fhir::Instant now;
  bool trace = false;
};

void show(Session& session, const Job& job, const mappings::Result& result) {
  for (const mappings::MappedResource& resource : result.resources) {
    if (resource.deleted) {
      session.console.err("deleted: " + resource.type + "/" + resource.id);
      continue;
    }
    store::Incoming incoming{resource.type, resource.id, resource.body, resource.sets, {}};
    session.console.out(store::prepare(std::move(incoming)).text(1, job.now));
  }
  for (const fhir::Issue& issue : result.issues) {
    show(session.console, issue);
  }
  for (const mappings::RejectedResource& rejected : result.rejected) {
    session.console.err("rejected: " + rejected.type + " (rule " + rejected.rule + ")");
    show(session.console, rejected.issue);
  }
  for (const std::string& field : result.unread) {
    session.console.err("not read: " + field);
  }
  for (const mappings::UnmappedCode& code : result.unmapped) {
    session.console.err("not mapped: " + code.lookup + " " + code.code);
  }
}

// What a message clears of a resource that others made, which no template line says.
void show_clears(Session& session, const mappings::Result& result) {
  for (const mappings::MappedResource& resource : result.resources) {
    for (const mappings::Part& part : resource.part) {
      for (const fhir::Json& name : part.what.items("clears")) {
        session.console.err(resource.rule + " " + resource.id + " clears " +
                            *name.get<std::string>());
      }
    }
  }
}

// What the parts of all messages make together; true if it is complete.
bool show_merged(Session& session, const Job& job, mappings::Result parts) {
  const mappings::FindProfile find = [&](std::string_view id) -> const mappings::Profile* {
    for (const mappings::Pack& pack : job.packs) {
      for (const mappings::Profile& profile : pack.profiles()) {
        if (profile.id() == id) {
          return &profile;
        }
      }
    }
    return nullptr;
  };
  mappings::merge_parts(parts, find, job.settings);
  show(session, job, parts);
  return parts.rejected.empty();
}

// Maps one message; true if it gave a resource and none was rejected. What other messages may
// complete goes to `parts`.
bool map_message(Session& session, const Job& job, const hl7v2::Message& message,
                 mappings::Result& parts) {
  const mappings::Profile* profile = nullptr;
  for (const mappings::Pack& pack : job.packs) {
    profile = profile != nullptr ? profile : pack.find(message.type(), job.data_type);
  }
  if (profile == nullptr) {
    session.console.err("no mapping profile for " + message.type() + " as " + job.data_type);
    return false;
  }
  mappings::Input input{message, job.data_type, nullptr, job.data_type,
                        job.settings.ids.opaque("message", *message.text)};
  std::vector<mappings::TraceLine> trace;
  input.trace = job.trace ? &trace : nullptr;
  mappings::Result result = profile->run(input, job.settings);
  for (const mappings::TraceLine& line : trace) {
    session.console.err(line.rule + " " + line.id + " " + line.element + " <- " + line.place +
                        " (" + line.written + "): " + (line.value.empty() ? "-" : line.value));
  }
  if (job.trace) {
    show_clears(session, result);
  }
  const bool good = !result.resources.empty() && result.rejected.empty();
  const auto first_part =
      std::stable_partition(result.resources.begin(), result.resources.end(),
                            [](const mappings::MappedResource& one) { return one.part.empty(); });
  std::move(first_part, result.resources.end(), std::back_inserter(parts.resources));
  result.resources.erase(first_part, result.resources.end());
  show(session, job, result);
  return good;
}

}  // namespace

int command_mapping_check(Session& session) {
  session.arguments.expect_operands(1, 1, "the mapping profile's file, or a pack's folder");
  const std::string& path = session.arguments.operands().front();
  if (!fs::is_directory(fs::u8path(path))) {
    const mappings::Profile profile = mappings::Pack::compile_file(path);
    session.console.out(path + ": compiles: profile " + profile.id() + " version " +
                        profile.version() + ", " + std::to_string(profile.rule_names().size()) +
                        " rules");
    return kOk;
  }
  std::size_t errors = 0;
  for (const mappings::PackFinding& finding : mappings::check_pack(path)) {
    session.console.err((finding.error ? "error: " : "warning: ") + finding.text);
    errors += finding.error ? 1U : 0U;
  }
  session.console.out(path + ": " +
                      (errors == 0 ? "the pack is good" : std::to_string(errors) + " errors"));
  return errors == 0 ? kOk : kFailed;
}

int command_mapping_test(Session& session) {
  session.arguments.expect_operands(1, 1, "the mapping pack's folder");
  std::size_t passed = 0, failed = 0;
  for (const mappings::PackTest& test : mappings::pack_tests(session.arguments.operands().front(),
                                                             session.arguments.has("--update"))) {
    const std::vector<std::string> failures = test.run();
    ++(failures.empty() ? passed : failed);
    for (const std::string& failure : failures) {
      session.console.err(test.name + ": " + failure);
    }
  }
  session.console.out(std::to_string(passed) + " passed, " + std::to_string(failed) + " failed");
  return failed == 0 && passed > 0 ? kOk : kFailed;
}

int command_mapping_run(Session& session) {
  session.arguments.expect_operands(1, 1, "the message's file");
  fhir::Instant now = session.clock();
  if (session.arguments.has("--now")) {
    const auto given = fhir::parse_instant(session.arguments.one("--now"));
    if (!given) {
      throw Error(ErrorCode::kUsage, "--now: an instant with its zone, as 2026-11-20T01:00:00Z");
    }
    now = *given;
  }
  std::vector<mappings::Pack> packs;
  if (session.arguments.has("--pack")) {
    packs.push_back(mappings::Pack::load(session.arguments.one("--pack")));
  } else {
    packs = load_packs(session.installation.config());
  }
  Job job{packs, mapping_settings(session.installation), session.arguments.required("--type"), now,
          session.arguments.has("--trace")};
  std::vector<const mappings::Pack*> all;
  for (const mappings::Pack& pack : packs) {
    all.push_back(&pack);
  }
  job.settings.merged_types = mappings::merged_types(all);
  const hl7v2::Parsed parsed =
      hl7v2::parse(session.input(session.arguments.operands().front()),
                   encoding_of(session.arguments.one("--encoding", "auto")));
  for (const fhir::Issue& issue : parsed.issues) {
    show(session.console, issue);
  }
  bool good = !parsed.messages.empty();
  mappings::Result parts;
  for (const hl7v2::Message& message : parsed.messages) {
    good = map_message(session, job, message, parts) && good;
  }
  good = show_merged(session, job, std::move(parts)) && good;
  return good ? kOk : kFailed;
}

}  // namespace sekisho::agent
