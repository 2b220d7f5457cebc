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
                         const std::vector<const mappings::Pack*>& packs,
                         const mappings::Settings& settings, std::int64_t mapping, Job& job)
    : store_(store),
      files_(files),
      registry_(registry),
      mapping_(mapping),
      job_(job),
      cover_(store.database().prepare(
          "INSERT INTO coverage VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET count = "
          "count + ?6")),
      merger_(store, files, registry, packs, settings, job, coverage_) {}

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
    merger_.index_patients(now);
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
    withdraw(row, now);  // no profile makes anything of it any more
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

// The row that it has now; 0 for one that the source deleted.
std::int64_t BatchWriter::put_whole(Produced& produced, fhir::Instant now) {
  store::Prepared& resource = produced.resource;
  store::Written written;
  if (produced.deleted) {
    const bool removed = store_.remove(resource.type, resource.id, now);
    written.stored = removed ? store::Stored::kStored : store::Stored::kUnchanged;
  } else {
    for (const std::string& subject : resource.sets.subjects) {
      const auto number = numbers_.find(subject);
      if (number != numbers_.end()) {
        resource.patients.push_back(number->second);
      }
    }
    written = store_.put(resource, now);
  }
  ++(written.stored == store::Stored::kStored ? job_.report.stored
                                              : job_.report.resources_unchanged);
  return written.rid;
}

std::vector<std::int64_t> BatchWriter::put_resources(Outcome& outcome, fhir::Instant now) {
  std::vector<std::int64_t> rids;
  bool parts = false;
  for (Produced& produced : outcome.resources) {
    if (!produced.part.empty()) {
      parts = true;
      continue;
    }
    ++job_.report.produced;
    if (const std::int64_t rid = put_whole(produced, now); rid != 0) {
      rids.push_back(rid);
    }
  }
  if (parts) {
    put_parts(outcome, now, rids);
  }
  std::sort(rids.begin(), rids.end());
  rids.erase(std::unique(rids.begin(), rids.end()), rids.end());
  return rids;
}

// Every part of the file first, then each resource once: of two messages in a file the second may
// complete what the first one began. The first part of a resource stands for what was written.
void BatchWriter::put_parts(Outcome& outcome, fhir::Instant now, std::vector<std::int64_t>& rids) {
  const std::int64_t file = outcome.row.file;
  std::vector<std::pair<std::int64_t, const Produced*>> parts;
  for (const Produced& produced : outcome.resources) {
    if (!produced.part.empty()) {
      const auto line = static_cast<std::int64_t>(parts.size() + 1);
      parts.emplace_back(merger_.add(produced, file, line), &produced);
    }
  }
  std::map<std::int64_t, Merger::Settled> settled;
  for (const auto& [rid, produced] : parts) {
    const auto [found, is_new] = settled.try_emplace(rid);
    if (is_new) {
      found->second = merger_.settle(rid, outcome.row, now);
      rids.push_back(rid);
      if (found->second.state == mappings::Merged::State::kIncomplete) {
        merger_.wait(file, rid);
      }
    }
    Merger::Settled& result = found->second;
    const bool written = std::exchange(result.written, false);
    if (result.state == mappings::Merged::State::kIncomplete) {
      job_.report.tombstones += written ? 1U : 0U;
      outcome.rejected.push_back(
          {produced->part.front().rule, produced->resource.type, result.missing});
      continue;
    }
    ++job_.report.produced;
    ++(written ? job_.report.stored : job_.report.resources_unchanged);
  }
}

// Before anything of the file is put: what it, and what it takes the place of, said earlier.
void BatchWriter::forget_parts(const FileRow& row) {
  if (!merger_.active()) {
    return;
  }
  merger_.forget(row.file);
  for (const FileRow& other : files_.of_key(row)) {
    if (other.at <= row.at) {
      merger_.forget(other.file);
    }
  }
}

void BatchWriter::apply_mapped(Outcome& outcome, fhir::Instant now) {
  FileRow& row = outcome.row;
  const std::size_t rejected = outcome.rejected.size();
  forget_parts(row);
  const auto rids = put_resources(outcome, now);
  row.resources = outcome.resources.size() - (outcome.rejected.size() - rejected);
  row.rejected = outcome.rejected.size();
  for (const std::int64_t rid : files_.produced_by(row.file)) {
    if (!std::binary_search(rids.begin(), rids.end(), rid)) {
      give_up(row, rid, now);
    }
  }
  for (const std::int64_t rid : rids) {
    files_.add_produced(row.file, rid);
  }
  for (const FileRow& other : files_.of_key(row)) {
    if (other.at <= row.at) {
      for (const std::int64_t rid : files_.produced_by(other.file)) {
        give_up(other, rid, now);
      }
      if (other.status == FileStatus::kMapped) {
        files_.set_status(other.file, FileStatus::kSuperseded, kOutdated);
      }
    }
  }
}

void BatchWriter::apply_deleted(const FileRow& row, fhir::Instant now) {
  withdraw(row, now);
  for (const FileRow& other : files_.of_key(row)) {
    if (other.at <= row.at) {
      withdraw(other, now);
    }
  }
}

void BatchWriter::withdraw(const FileRow& file, fhir::Instant now) {
  for (const std::int64_t rid : files_.produced_by(file.file)) {
    if (!give_up(file, rid, now)) {
      for (const std::int64_t other : files_.producers_of(rid)) {
        files_.read_again(other);
      }
    }
  }
}

void BatchWriter::end_withdrawals(fhir::Instant now) {
  write_coverage();
  merger_.index_patients(now);
}

// True: nobody else produces it, so it is gone; or it is made of what the others say.
bool BatchWriter::give_up(const FileRow& file, std::int64_t rid, fhir::Instant now) {
  files_.drop_produced(file.file, rid);
  if (merger_.active()) {
    merger_.forget(file.file, rid);
    if (merger_.makes(rid)) {
      const Merger::Settled settled = merger_.settle(rid, file, now);
      const bool gone = settled.state != mappings::Merged::State::kComplete;
      job_.report.tombstones += gone && settled.written ? 1U : 0U;
      return true;
    }
  }
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
