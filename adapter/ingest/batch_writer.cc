#include "adapter/ingest/batch_writer.h"

#include <algorithm>
#include <utility>

#include "fhir/check.h"

namespace sekisho::ingest {

namespace {

constexpr std::string_view kVanished = "vanished during the scan";
constexpr std::string_view kOutdated = "an older file than another current one";

// Of a file whose content is what it was. The scanner looked before this batch: what the batch did
// to the file's row since then stands.
void keep_known(const FileRow& known, FileRow& row) {
  const std::uint64_t size = row.size;
  const std::int64_t modified = known.modified == kReadAgain ? kReadAgain : row.modified;
  row = known;
  row.size = size;
  row.modified = modified;
}

}  // namespace

BatchWriter::BatchWriter(store::Store& store, SourceTable& files, registry::Registry& registry,
                         std::int64_t mapping, Job& job)
    : store_(store),
      files_(files),
      registry_(registry),
      mapping_(mapping),
      job_(job),
      cover_(store.database().prepare(
          "INSERT INTO coverage VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET count = "
          "count + ?6")) {}

void BatchWriter::add(Outcome outcome) {
  bytes_ += outcome.charge;
  batch_.push_back(std::move(outcome));
}

void BatchWriter::commit(fhir::Instant now) {
  number_patients(now);
  sqlite::Transaction transaction(store_.database());
  const Report before = job_.report;
  try {
    for (Outcome& outcome : batch_) {
      apply(outcome, now);
    }
    store_.settle();
    write_coverage();
    if (!batch_.empty()) {
      job_.root = batch_.back().root_index;
      job_.path = batch_.back().scanned_path;
    }
    save(store_.database(), job_);
    transaction.commit();
  } catch (...) {
    job_.report = before;
    throw;
  }
  batch_.clear();
  bytes_ = 0;
  numbers_.clear();
}

// Is there a newer current or deleted file of the same match key? Then this one is history,
// whatever its flag says.
bool BatchWriter::is_outdated(const FileRow& row) {
  const auto others = files_.of_key(row);
  return std::any_of(others.begin(), others.end(), [&](const FileRow& other) {
    return other.at > row.at && (other.flag == 0 || other.flag == 1) &&
           other.status != FileStatus::kQuarantined;
  });
}

// Every subject of the batch gets its number before a resource of it is in the store. One whose
// Patient has not come yet gets a record of what the file name says: the decision denies such a
// patient until birth date and notices are there, but a refusal by card number finds it.
void BatchWriter::number_patients(fhir::Instant now) {
  std::vector<registry::PatientRecord> records;
  std::map<std::string, std::string> subjects;
  for (Outcome& outcome : batch_) {
    if (outcome.kind != Outcome::Kind::kRead || outcome.row.status != FileStatus::kMapped) {
      continue;
    }
    if (is_outdated(outcome.row)) {
      outcome.row.status = FileStatus::kSuperseded;
      outcome.row.reason = kOutdated;
      continue;
    }
    for (registry::PatientRecord& record : outcome.patients) {
      subjects.erase(record.id);
      numbers_.emplace(record.id, 0);
      records.push_back(std::move(record));
    }
    for (auto& [id, local_id] : outcome.subjects) {
      if (numbers_.count(id) == 0) {
        subjects.emplace(id, local_id);
      }
    }
  }
  {
    const auto view = registry_.view();
    for (const auto& [id, local_id] : subjects) {
      if (const auto number = view->number_of(id)) {
        numbers_[id] = *number;
      } else {
        registry::PatientRecord record;
        record.id = id;
        record.local_id = local_id;
        records.push_back(std::move(record));
      }
    }
  }
  if (!records.empty()) {
    const auto given = registry_.index_patients(records, now);
    fhir::check(given.size() == records.size(), "every patient record gets a number");
    for (std::size_t i = 0; i < records.size(); ++i) {
      numbers_[records[i].id] = given[i];
    }
  }
}

void BatchWriter::apply(Outcome& outcome, fhir::Instant now) {
  if (outcome.kind == Outcome::Kind::kVanished) {
    ++job_.report.read;
    ++job_.report.ignored[std::string(kVanished)];
    return;
  }
  FileRow& row = outcome.row;
  if (const auto known = files_.find(row.root, row.path)) {
    if (known->generation == job_.generation) {
      return;  // met before in this scan, under the name that it was renamed to meanwhile
    }
    if (outcome.kind == Outcome::Kind::kRead) {
      row.file = known->file;
    } else {
      keep_known(*known, row);
    }
  }
  ++job_.report.read;
  row.generation = job_.generation;
  if (outcome.kind == Outcome::Kind::kRead) {
    apply_read(outcome, now);
    return;
  }
  if (outcome.kind == Outcome::Kind::kUntouched) {
    files_.met(row.file, job_.generation);
  } else {
    files_.write(row);
  }
  count_as(row);
  if (row.status == FileStatus::kMapped) {
    job_.report.produced += row.resources;
    job_.report.resources_unchanged += row.resources;
  }
}

void BatchWriter::apply_read(Outcome& outcome, fhir::Instant now) {
  FileRow& row = outcome.row;
  row.mapping = mapping_;
  job_.report.issues += outcome.issues;
  files_.clear_findings(row.file);
  if (row.status == FileStatus::kMapped) {
    apply_mapped(outcome, now);
  } else if (row.status == FileStatus::kDeleted) {
    apply_deleted(row, now);
  } else if (row.status == FileStatus::kQuarantined) {
    files_.quarantine(row.file, outcome.quarantine);
  } else if (row.status == FileStatus::kIgnored) {
    withdraw(row.file, now);  // no profile makes anything of it any more
  }
  std::int64_t line = 0;
  for (const mappings::RejectedResource& rejected : outcome.rejected) {
    files_.reject(row.file, ++line, rejected);
    ++job_.report.produced;
    ++job_.report.rejected[rejected.issue.code];
  }
  for (CoverageNote& note : outcome.coverage) {
    ++coverage_[std::move(note)];
  }
  files_.write(row);
  if (row.status == FileStatus::kMapped) {
    ++job_.report.mapped;
  } else {
    count_as(row);
  }
}

// A file that was not mapped in this run, in the first equation.
void BatchWriter::count_as(const FileRow& row) {
  switch (row.status) {
    case FileStatus::kMapped:
      ++job_.report.unchanged;
      break;
    case FileStatus::kSuperseded:
      ++job_.report.superseded;
      break;
    case FileStatus::kDeleted:
      ++job_.report.deleted;
      break;
    case FileStatus::kIgnored:
      ++job_.report.ignored[row.reason];
      break;
    case FileStatus::kQuarantined:
      ++job_.report.quarantined[row.reason];
      break;
  }
}

std::vector<std::int64_t> BatchWriter::put_resources(Outcome& outcome, fhir::Instant now) {
  std::vector<std::int64_t> rids;
  for (Produced& produced : outcome.resources) {
    ++job_.report.produced;
    store::Prepared& resource = produced.resource;
    bool stored = false;
    if (produced.deleted) {
      stored = store_.remove(resource.type, resource.id, now);
    } else {
      for (const std::string& subject : resource.sets.subjects) {
        const auto number = numbers_.find(subject);
        if (number != numbers_.end()) {
          resource.patients.push_back(number->second);
        }
      }
      const store::Written written = store_.put(resource, now);
      stored = written.stored == store::Stored::kStored;
      rids.push_back(written.rid);
    }
    ++(stored ? job_.report.stored : job_.report.resources_unchanged);
  }
  std::sort(rids.begin(), rids.end());
  rids.erase(std::unique(rids.begin(), rids.end()), rids.end());
  return rids;
}

void BatchWriter::apply_mapped(Outcome& outcome, fhir::Instant now) {
  FileRow& row = outcome.row;
  const auto rids = put_resources(outcome, now);
  row.resources = outcome.resources.size();
  for (const std::int64_t rid : files_.produced_by(row.file)) {
    if (!std::binary_search(rids.begin(), rids.end(), rid)) {
      give_up(row.file, rid, now);
    }
  }
  for (const std::int64_t rid : rids) {
    files_.add_produced(row.file, rid);
  }
  for (const FileRow& other : files_.of_key(row)) {
    if (other.at <= row.at) {
      for (const std::int64_t rid : files_.produced_by(other.file)) {
        give_up(other.file, rid, now);
      }
      if (other.status == FileStatus::kMapped) {
        files_.set_status(other.file, FileStatus::kSuperseded, kOutdated);
      }
    }
  }
}

void BatchWriter::apply_deleted(const FileRow& row, fhir::Instant now) {
  withdraw(row.file, now);
  for (const FileRow& other : files_.of_key(row)) {
    if (other.at <= row.at) {
      withdraw(other.file, now);
    }
  }
}

void BatchWriter::withdraw(std::int64_t file, fhir::Instant now) {
  for (const std::int64_t rid : files_.produced_by(file)) {
    if (!give_up(file, rid, now)) {
      for (const std::int64_t other : files_.producers_of(rid)) {
        files_.read_again(other);
      }
    }
  }
}

// True: nobody else produces it, so it is gone.
bool BatchWriter::give_up(std::int64_t file, std::int64_t rid, fhir::Instant now) {
  files_.drop_produced(file, rid);
  if (!files_.producers_of(rid).empty()) {
    return false;
  }
  job_.report.tombstones += store_.remove(rid, now) ? 1U : 0U;
  return true;
}

void BatchWriter::write_coverage() {
  for (const auto& [note, count] : coverage_) {
    cover_.bind(1, mapping_).bind(2, note.kind).bind(3, note.profile).bind(4, note.name);
    cover_.bind(5, note.detail).bind(6, count).run();
  }
  coverage_.clear();
}

}  // namespace sekisho::ingest
