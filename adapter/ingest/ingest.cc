#include "adapter/ingest/ingest.h"

#include <array>
#include <exception>
#include <thread>
#include <utility>

#include "adapter/ingest/batch_writer.h"
#include "adapter/ingest/deletions.h"
#include "adapter/ingest/flow.h"
#include "adapter/ingest/scan.h"
#include "adapter/ingest/source_table.h"
#include "adapter/registry/person_key.h"
#include "fhir/digest.h"
#include "fhir/error.h"
#include "mappings/merge.h"

namespace sekisho::ingest {

namespace {

using connectors::hl7v2::Encoding;
using fhir::Error;
using fhir::ErrorCode;

// Bytes under way between scanner and writer, and in one batch: with what they hold besides, the
// job stays under 200 MB whatever the storage's size.
constexpr std::size_t kFlowBudget = 40u << 20;
constexpr std::size_t kBatchBudget = 24u << 20;

Encoding encoding_of(const config::StorageRoot& root) {
  constexpr std::array<std::pair<std::string_view, Encoding>, 5> kNames = {
      {{"auto", Encoding::kAuto},
       {"iso-2022-jp", Encoding::kIso2022Jp},
       {"cp932", Encoding::kCp932},
       {"euc-jp", Encoding::kEucJp},
       {"utf-8", Encoding::kUtf8}}};
  for (const auto& [name, encoding] : kNames) {
    if (root.encoding == name) {
      return encoding;
    }
  }
  throw Error(ErrorCode::kConfig, "storage " + root.name +
                                      ": encoding: not known; use one of auto, "
                                      "iso-2022-jp, cp932, euc-jp, utf-8");
}

// All that decides what a file becomes, so that a change of it makes the files be read again.
std::string mapping_digest(const std::vector<const mappings::Pack*>& packs,
                           const mappings::Settings& settings) {
  fhir::Sha256 sha;
  const auto add = [&](std::string_view part) {
    sha.update(std::to_string(part.size()) + ":");
    sha.update(part);
  };
  for (const mappings::Pack* pack : packs) {
    for (const mappings::Profile& profile : pack->profiles()) {
      add(profile.id());
      add(profile.version());
      add(profile.digest());
    }
  }
  for (const auto& [name, value] : settings.config) {
    add(name);
    add(value);
  }
  add(settings.pad_hour_only ? "pad" : "cut");
  add(settings.ids.opaque("mapping", "which key and facility"));
  add("identity keys " + std::to_string(registry::kKeyFormat));
  return fhir::to_hex(sha.finish());
}

std::string plan_of(const Options& options, const std::string& mapping) {
  std::string plan = mapping + (options.reprocess ? "\nreprocess" : "");
  for (const config::StorageRoot& root : options.roots) {
    plan += "\n" + root.name + "\n" + root.path + "\n" + root.encoding;
  }
  return fhir::to_hex(fhir::sha256(plan));
}

// Numbers of patients in the store are those of the registry's index. With an index of another
// installation or an older backup, refusals would meet the wrong patients.
void check_patient_numbers(sqlite::Database& database, const registry::Registry& registry) {
  const auto view = registry.view();
  sqlite::Statement sample = database.prepare(
      "SELECT id, patient FROM (SELECT id, patient FROM resource WHERE type = (SELECT type FROM "
      "type WHERE name = 'Patient') AND rule = 1 AND patient IS NOT NULL ORDER BY type, id LIMIT "
      "200) UNION ALL SELECT * FROM (SELECT id, patient FROM resource WHERE type = (SELECT type "
      "FROM type WHERE name = 'Patient') AND rule = 1 AND patient = (SELECT max(patient) FROM "
      "resource) LIMIT 1)");
  while (sample.step()) {
    const auto number = view->number_of(sample.text(0));
    if (!number || static_cast<std::int64_t>(*number) != sample.integer(1)) {
      throw Error(ErrorCode::kCorrupt,
                  "store and registry do not belong together: the registry's patient index numbers "
                  "patients otherwise; restore both from the same backup, or set the store aside "
                  "and ingest again");
    }
  }
}

// Workers and scanner of one run; gone, with everything they did, when this goes.
class Threads {
 public:
  explicit Threads(Flow& flow) : flow_(flow) {}
  ~Threads() {
    flow_.stop();
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }
  template <class F>
  void start(F work) {
    threads_.emplace_back([this, work] {
      try {
        work();
      } catch (...) {
        flow_.fail(std::current_exception());
      }
    });
  }

 private:
  Flow& flow_;
  std::vector<std::thread> threads_;
};

// One run, step by step.
class Run {
 public:
  Run(const Options& options, const std::vector<const mappings::Pack*>& packs,
      const mappings::Settings& settings, registry::Registry& registry, const fhir::Clock& clock,
      const std::function<void(const Progress&)>& progress, const std::atomic<bool>& cancel)
      : options_(options),
        packs_(packs),
        settings_(settings),
        registry_(registry),
        clock_(clock),
        progress_(progress),
        cancel_(cancel),
        started_(clock()),
        store_(store::Store::open(options.store_file, options.vocabulary)),
        files_(store_.database()) {
    settings_.merged_types = mappings::merged_types(packs_);
  }

  Report run() {
    check_patient_numbers(store_.database(), registry_);
    if (!open_roots()) {
      return job_.report;
    }
    const std::string mapping = mapping_digest(packs_, settings_);
    mapping_ = files_.mapping_number(mapping);
    job_ = resume_or_start(store_.database(), plan_of(options_, mapping), files_.next_file(),
                           started_);
    seconds_before_ = job_.report.seconds;
    BatchWriter writer(store_, files_, registry_, packs_, settings_, mapping_, job_);
    bool deletes = job_.root == sources_.size();  // a killed job had found that nothing is lost
    if (!deletes) {
      scan(writer);
      deletes = !job_.report.cancelled && may_delete();
    }
    if (deletes) {
      delete_vanished(store_, files_, writer, sources_, job_, clock_, cancel_);
    }
    finish();
    return job_.report;
  }

 private:
  bool open_roots();
  void scan(BatchWriter& writer);
  void commit(BatchWriter& writer, const Scan& scan);
  bool may_delete();
  void finish();
  void lose(const std::string& root, const std::string& what);
  void note_empty_roots();

  const Options& options_;
  const std::vector<const mappings::Pack*>& packs_;
  mappings::Settings settings_;
  registry::Registry& registry_;
  const fhir::Clock& clock_;
  const std::function<void(const Progress&)>& progress_;
  const std::atomic<bool>& cancel_;
  const fhir::Instant started_;
  store::Store store_;
  SourceTable files_;
  std::vector<Source> sources_;
  std::int64_t mapping_ = 0;
  Job job_;
  double seconds_before_ = 0;
  std::uint64_t files_known_ = 0;
  std::uint64_t read_before_ = 0;
};

void Run::lose(const std::string& root, const std::string& what) {
  fhir::Issue issue;
  issue.code = "storage.loss";
  issue.source = root;
  issue.diagnostics = what + "; nothing was deleted. If this is meant, confirm the loss";
  job_.report.findings.push_back(std::move(issue));
  job_.report.stopped_for_loss = true;
}

// False: a root that was there cannot be opened, and the job stops.
bool Run::open_roots() {
  for (const config::StorageRoot& root : options_.roots) {
    const std::int64_t number = files_.root_number(root.name);
    const std::uint64_t known = files_.files_of(number, files_.next_file());
    files_known_ += known;
    mappings::Settings settings = settings_;
    settings.feed = "ssmix2-" + root.name;
    try {
      sources_.push_back({connectors::ssmix2::Storage(root.name, root.path), encoding_of(root),
                          std::move(settings), number});
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kIo || known == 0 || options_.confirm_loss) {
        throw;
      }
      lose(root.name, "its root cannot be read: is it mounted, and may the service user read it?");
      return false;
    }
  }
  return true;
}

void Run::scan(BatchWriter& writer) {
  Flow flow(kFlowBudget);
  Scan scan(sources_, options_, job_, mapping_, files_.next_file());
  const FileReader reader(sources_, packs_, options_.limits.max_file_bytes);
  read_before_ = job_.report.read;
  {
    Threads threads(flow);
    threads.start([&] { scan.run(flow, cancel_); });
    for (std::uint32_t i = 0; i < std::max(1u, options_.limits.threads); ++i) {
      threads.start([&] {
        if (options_.in_reader) {
          options_.in_reader();
        }
        while (auto work = flow.take()) {
          Outcome outcome = reader.read(std::move(work->candidate));
          flow.finish(*work, std::move(outcome));
        }
      });
    }
    while (auto outcome = flow.next()) {
      writer.add(std::move(*outcome));
      if (writer.files() >= options_.limits.batch_files || writer.bytes() >= kBatchBudget) {
        commit(writer, scan);
      }
    }
    commit(writer, scan);
  }
  job_.report.cancelled = cancel_;
  const fhir::Issues findings = scan.findings();
  job_.report.findings.insert(job_.report.findings.end(), findings.begin(), findings.end());
  note_empty_roots();
}

// A root that never held a file may be a mistyped path, or one that was not mounted yet.
void Run::note_empty_roots() {
  for (const Source& source : sources_) {
    if (!job_.report.cancelled && files_.files_of(source.root, files_.next_file()) == 0) {
      fhir::Issue issue;
      issue.severity = fhir::Issue::Severity::kWarning;
      issue.code = "storage.empty";
      issue.source = source.storage.name();
      issue.diagnostics = "holds no file; is it the right folder, and is it mounted?";
      job_.report.findings.push_back(std::move(issue));
    }
  }
}

void Run::commit(BatchWriter& writer, const Scan& scan) {
  const fhir::Instant now = clock_();
  const double seconds =
      static_cast<double>(std::max<std::int64_t>(now.ms - started_.ms, 0)) / 1000;
  job_.report.seconds = seconds_before_ + seconds;
  for (const std::size_t root : scan.hidden()) {
    job_.hidden.insert(root);
  }
  writer.commit(now);
  if (progress_) {
    Progress progress;
    progress.files_done = job_.report.read;
    progress.files_total = std::max(files_known_, job_.report.read);
    if (files_known_ == 0) {
      progress.files_total = 0;
    }
    progress.stored = job_.report.stored;
    if (seconds > 0) {
      progress.files_per_second = static_cast<double>(job_.report.read - read_before_) / seconds;
    }
    progress_(progress);
  }
}

bool Run::may_delete() {
  if (options_.confirm_loss) {
    return true;
  }
  const auto lost = roots_with_loss(files_, sources_, job_, options_.limits.loss_threshold);
  for (const std::string& root : lost) {
    lose(root, "it lost more of its files than the configured share: is it mounted?");
  }
  return lost.empty();
}

void Run::finish() {
  const double seconds =
      static_cast<double>(std::max<std::int64_t>(clock_().ms - started_.ms, 0)) / 1000;
  job_.report.seconds = seconds_before_ + seconds;
  if (cancel_) {
    job_.report.cancelled = true;
    return;  // still running: the next run goes on at the checkpoint
  }
  job_.state = job_.report.stopped_for_loss ? "stopped-for-loss" : "done";
  sqlite::Transaction transaction(store_.database());
  save(store_.database(), job_);
  if (!job_.report.stopped_for_loss) {
    store_.database()
        .prepare("INSERT OR REPLACE INTO meta VALUES ('data_as_of', ?)")
        .bind(1, fhir::to_text(job_.started))
        .run();
  }
  transaction.commit();
  store_.database().execute("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace

Report run(const Options& options, const std::vector<const mappings::Pack*>& packs,
           const mappings::Settings& settings, registry::Registry& registry,
           const fhir::Clock& clock, const std::function<void(const Progress&)>& progress,
           const std::atomic<bool>& cancel) {
  return fhir::within("ingest", [&] {
    return Run(options, packs, settings, registry, clock, progress, cancel).run();
  });
}

std::vector<QuarantineEntry> quarantine(const std::string& store_file, std::size_t limit) {
  sqlite::Database database = store::open_for_reading(store_file);
  sqlite::Statement select = database.prepare(
      "SELECT file, name, path, q.reason, segment, field, rule, remedy FROM quarantine q JOIN "
      "source_file USING (file) JOIN source_root USING (root) ORDER BY file LIMIT ?");
  select.bind(1, static_cast<std::int64_t>(limit));
  std::vector<QuarantineEntry> entries;
  while (select.step()) {
    QuarantineEntry entry;
    entry.file = select.integer(0);
    entry.storage = select.text(1);
    entry.path = select.text(2);
    entry.reason = select.text(3);
    entry.segment = select.text(4);
    entry.field = select.text(5);
    entry.rule = select.text(6);
    entry.remedy = select.text(7);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace sekisho::ingest
