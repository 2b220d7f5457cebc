#include <cinttypes>
#include <cstdio>
#include <filesystem>

#include "adapter/agent/commands.h"
#include "adapter/agent/file_count.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/mapping_setup.h"
#include "adapter/agent/metrics.h"
#include "adapter/ingest/ingest.h"
#include "adapter/platform/process.h"
#include "fhir/error.h"

namespace sekisho::agent {
namespace {

constexpr std::int64_t kTerminalEveryMs = 250, kPlainEveryMs = 10'000;

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  char text[48];
  std::snprintf(text, sizeof text, "%" PRId64 ":%02" PRId64 ":%02" PRId64, whole / 3600,
                whole / 60 % 60, whole % 60);
  return text;
}

std::string progress_line(const ingest::Progress& progress) {
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.0f", progress.files_per_second);
  std::string line = std::to_string(progress.files_done) + " files";
  if (progress.files_total != 0) {
    line = std::to_string(progress.files_done) + " of " + std::to_string(progress.files_total) +
           " files";
  }
  line += ", " + std::to_string(progress.stored) + " resources stored, " + rate + " files/s";
  if (progress.files_total > progress.files_done && progress.files_per_second > 0) {
    line += ", " +
            duration(static_cast<double>(progress.files_total - progress.files_done) /
                     progress.files_per_second) +
            " to go";
  }
  return line;
}

// Passes on as much of the progress as a terminal or a log can bear.
std::function<void(const ingest::Progress&)> shown(Session& session, const FileCount& count) {
  auto last = std::make_shared<std::int64_t>(session.clock().ms);
  return [&session, &count, last](ingest::Progress progress) {
    if (session.live != nullptr) {
      session.live->metrics->ingest_progress(progress.files_done);
    }
    const std::int64_t now = session.clock().ms;
    const std::int64_t every = session.console.terminal() ? kTerminalEveryMs : kPlainEveryMs;
    if (now - *last >= every || now < *last) {
      *last = now;
      if (count.total() != 0) {
        progress.files_total = count.total();  // of this pass; else what the last one met
      }
      session.console.progress(progress_line(progress));
    }
  };
}

int list_quarantine(Session& session) {
  const std::string limit = session.arguments.one("--limit", "100");
  if (limit.empty() || limit.size() > 9 ||
      limit.find_first_not_of("0123456789") != std::string::npos) {
    throw fhir::Error(fhir::ErrorCode::kUsage, "--limit: a number of lines");
  }
  const auto entries = ingest::quarantine(session.installation.store_file(), std::stoul(limit));
  for (const ingest::QuarantineEntry& entry : entries) {
    std::string where = entry.segment;
    if (!entry.field.empty()) {
      where += "-" + entry.field;
    }
    session.console.out("#" + std::to_string(entry.file) + " " + entry.storage + " " + entry.path +
                        ": " + entry.reason + (where.empty() ? "" : " at " + where) +
                        (entry.rule.empty() ? "" : " (rule " + entry.rule + ")") +
                        (entry.remedy.empty() ? "" : "; " + entry.remedy));
  }
  session.console.out(std::to_string(entries.size()) + " in quarantine are shown");
  return kOk;
}

ingest::Options options_of(Session& session) {
  Installation& installation = session.installation;
  ingest::Options options;
  options.store_file = installation.store_file();
  options.roots = installation.config().storages;
  options.limits = installation.config().ingest;
  options.vocabulary = installation.vocabulary();
  options.confirm_loss = session.arguments.has("--confirm-loss");
  options.reprocess = session.arguments.has("--reprocess");
  options.in_reader = platform::lower_thread_priority;
  if (options.roots.empty()) {
    throw fhir::Error(fhir::ErrorCode::kConfig,
                      installation.places().config_file +
                          ": storages: names no storage; add the root folder of the SS-MIX2 "
                          "standardized storage");
  }
  return options;
}

void log_end(log::Log& log, const ingest::Report& report) {
  std::uint64_t ignored = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t rejected = 0;
  for (const auto& [reasons, sum] :
       {std::pair{&report.ignored, &ignored}, std::pair{&report.quarantined, &quarantined},
        std::pair{&report.rejected, &rejected}}) {
    for (const auto& [reason, count] : *reasons) {
      *sum += count;
    }
  }
  log.write(log::Event::kIngestEnded,
            {{"files_read", report.read},
             {"files_mapped", report.mapped},
             {"files_unchanged", report.unchanged},
             {"files_superseded", report.superseded},
             {"files_deleted", report.deleted},
             {"files_ignored", ignored},
             {"files_quarantined", quarantined},
             {"resources_produced", report.produced},
             {"resources_stored", report.stored},
             {"resources_unchanged", report.resources_unchanged},
             {"resources_rejected", rejected},
             {"tombstones", report.tombstones},
             {"issues", report.issues},
             {"milliseconds", static_cast<std::int64_t>(report.seconds * 1000)}});
  if (report.cancelled || report.stopped_for_loss) {
    log.write(log::Event::kIngestStopped,
              {{"cancelled", report.cancelled}, {"storage_lost_files", report.stopped_for_loss}});
  } else if (!report.balanced()) {
    log.write(log::Event::kIngestUnbalanced);
  }
}

// Runs an ingest and says in log and metrics how it went.
ingest::Report logged(Session& session, const ingest::Options& options,
                      const std::function<ingest::Report()>& run) {
  Metrics* const metrics = session.live == nullptr ? nullptr : session.live->metrics;
  session.log.write(log::Event::kIngestStarted,
                    {{"storages", options.roots.size()}, {"reprocess", options.reprocess}});
  if (metrics != nullptr) {
    metrics->ingest_begins();
  }
  try {
    ingest::Report report = run();
    log_end(session.log, report);
    if (metrics != nullptr) {
      metrics->ingest_ends(&report, session.clock());
    }
    return report;
  } catch (const std::exception& e) {
    const auto* error = dynamic_cast<const fhir::Error*>(&e);
    session.log.write(
        log::Event::kIngestFailed,
        {{"error", error == nullptr ? log::Value("unexpected") : log::Value(error->code())}});
    if (metrics != nullptr) {
      metrics->ingest_ends(nullptr, session.clock());
    }
    throw;
  }
}

}  // namespace

int command_ingest(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  if (session.arguments.has("--quarantine")) {
    return list_quarantine(session);
  }
  std::unique_lock<std::mutex> alone;
  if (session.live != nullptr) {
    alone = std::unique_lock(session.live->ingest, std::try_to_lock);
    if (!alone) {
      throw fhir::Error(fhir::ErrorCode::kConflict,
                        "another ingest is under way in this agent; wait for its end");
    }
  } else {
    session.installation.become_writer();
  }
  const ingest::Options options = options_of(session);
  const std::vector<mappings::Pack> packs = load_packs(session.installation.config());
  std::vector<const mappings::Pack*> in_order;
  for (const mappings::Pack& pack : packs) {
    in_order.push_back(&pack);
  }
  const FileCount count(options.roots);
  const ingest::Report report = logged(session, options, [&] {
    return ingest::run(options, in_order, mapping_settings(session.installation),
                       session.installation.registry(), session.clock, shown(session, count),
                       session.cancel);
  });
  platform::return_free_memory();
  for (const fhir::Issue& finding : report.findings) {
    session.console.err(std::string(fhir::name_of(finding.severity)) + " " + finding.code + ": " +
                        finding.source + ": " + finding.diagnostics);
  }
  session.console.out(ingest::report_text(report));
  if (report.cancelled) {
    session.console.err("stopped before its end; the next `sekisho ingest` goes on from there");
    return kFailed;
  }
  if (report.stopped_for_loss) {
    session.console.err(
        "a storage lost more of its files than ingest.loss_threshold allows: nothing was deleted. "
        "Is "
        "it mounted? If the loss is meant, run `sekisho ingest --confirm-loss`");
    return kFailed;
  }
  if (!report.balanced()) {
    session.console.err("an equation does not add up: keep the store and report this");
    return kFailed;
  }
  return kOk;
}

}  // namespace sekisho::agent
