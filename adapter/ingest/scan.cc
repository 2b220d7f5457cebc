#include "adapter/ingest/scan.h"

#include <utility>

namespace sekisho::ingest {

namespace {

constexpr std::size_t kMaxFindings = 20;

// What cannot be listed may hold any number of files, and so may a link in the place of a folder.
bool hides_files(const fhir::Issue& issue) {
  return issue.code == "storage.unreadable-folder" || issue.code == "storage.unreadable-file" ||
         issue.code == "storage.not-a-file";
}

}  // namespace

Scan::Scan(const std::vector<Source>& sources, const Options& options, const Job& job,
           std::int64_t mapping, std::int64_t next_file)
    : sources_(sources),
      options_(options),
      first_root_(job.root),
      resume_after_(job.path),
      mapping_(mapping),
      next_file_(next_file) {}

void Scan::run(Flow& flow, const std::atomic<bool>& cancel) {
  sqlite::Database database(options_.store_file, sqlite::Open::kReadOnly,
                            sqlite::Durability::kNormal);
  KnownFiles known(database);
  bool on = true;
  for (std::size_t root = first_root_; on && root < sources_.size(); ++root) {
    sources_[root].storage.walk(
        root == first_root_ ? resume_after_ : std::string(),
        [&](const connectors::ssmix2::FoundFile& found) {
          on = !cancel && meet(flow, known, root, found);
          return on;
        },
        [&](const fhir::Issue& issue) { report(root, issue); });
  }
  flow.end();
}

void Scan::report(std::size_t root, const fhir::Issue& issue) {
  const std::lock_guard lock(mutex_);
  if (hides_files(issue)) {
    hidden_.insert(root);
  }
  if (findings_.size() < kMaxFindings) {
    findings_.push_back(issue);
    findings_.back().source = sources_[root].storage.name() + ": " + issue.source;
  } else {
    ++further_findings_;
  }
}

std::set<std::size_t> Scan::hidden() const {
  const std::lock_guard lock(mutex_);
  return hidden_;
}

fhir::Issues Scan::findings() const {
  fhir::Issues findings = findings_;
  if (further_findings_ > 0) {
    fhir::Issue issue;
    issue.severity = fhir::Issue::Severity::kWarning;
    issue.code = "storage.more";
    issue.diagnostics = std::to_string(further_findings_) + " more findings of this kind";
    findings.push_back(std::move(issue));
  }
  return findings;
}

// Has the mapping changed since, or is it to be tried again?
bool Scan::is_stale(const FileRow& row) const {
  const bool of_mapping = row.status == FileStatus::kMapped || row.status == FileStatus::kIgnored;
  return row.modified == kReadAgain || (of_mapping && row.mapping != mapping_) ||
         (options_.reprocess && (row.status == FileStatus::kQuarantined || row.rejected > 0));
}

bool Scan::meet(Flow& flow, KnownFiles& known, std::size_t root,
                const connectors::ssmix2::FoundFile& found) {
  Candidate candidate;
  candidate.root_index = root;
  candidate.found = found;
  const std::int64_t root_number = sources_[root].root;
  if (auto row = known.find(root_number, found.path)) {
    candidate.known = true;
    candidate.row = std::move(*row);
    candidate.map_again = is_stale(candidate.row);
    if (!candidate.map_again && candidate.row.size == found.size &&
        candidate.row.modified == found.modified_ns) {
      Outcome outcome;
      outcome.kind = Outcome::Kind::kUntouched;
      outcome.root_index = root;
      outcome.scanned_path = found.path;
      outcome.row = std::move(candidate.row);
      return flow.pass(std::move(outcome));
    }
  } else {
    candidate.row.file = next_file_++;
    candidate.row.root = root_number;
  }
  return flow.offer(std::move(candidate));
}

}  // namespace sekisho::ingest
