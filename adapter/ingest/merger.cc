#include "adapter/ingest/merger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "adapter/ingest/patient_record.h"
#include "fhir/check.h"

namespace sekisho::ingest {

namespace {

using mappings::Merged;

constexpr std::int64_t kInNoReport = -1;
// A resource is made anew for each part that comes, of all its parts.
constexpr std::size_t kMaxParts = 5'000;

}  // namespace

Merger::Merger(store::Store& store, SourceTable& files, registry::Registry& registry,
               const std::vector<const mappings::Pack*>& packs, const mappings::Settings& settings,
               Job& job, std::map<CoverageNote, std::int64_t>& coverage)
    : store_(store),
      files_(files),
      registry_(registry),
      packs_(packs),
      settings_(settings),
      job_(job),
      coverage_(coverage),
      parts_(store.database()),
      name_(store.database().prepare(
          "SELECT name, id FROM resource JOIN type USING (type) WHERE rid = ?")),
      active_(!settings.merged_types.empty() || !parts_.empty()) {}

std::int64_t Merger::add(const Produced& produced, std::int64_t file, std::int64_t line) {
  const std::int64_t rid = store_.reserve(produced.resource.type, produced.resource.id);
  const PartText& part = produced.part.front();
  parts_.add(rid, file, line, part.order, part.what);
  return rid;
}

bool Merger::makes(std::int64_t rid) {
  const auto rows = parts_.of(rid);
  const auto producers = files_.producers_of(rid);
  return !rows.empty() &&
         std::all_of(producers.begin(), producers.end(), [&](std::int64_t producer) {
           return std::any_of(rows.begin(), rows.end(),
                              [&](const PartTable::Row& row) { return row.file == producer; });
         });
}

const mappings::Profile* Merger::profile(std::string_view id) const {
  for (const mappings::Pack* pack : packs_) {
    for (const mappings::Profile& one : pack->profiles()) {
      if (one.id() == id) {
        return &one;
      }
    }
  }
  return nullptr;
}

Merger::Settled Merger::settle(std::int64_t rid, const FileRow& file, fhir::Instant now) {
  name_.bind(1, rid);
  fhir::check(name_.step(), "a part is of a resource");
  const std::string type(name_.text(0)), id(name_.text(1));
  name_.reset();
  if (parts_.more_than(kMaxParts, rid)) {
    return refuse(rid, file, type, now);
  }
  const auto rows = parts_.of(rid);
  std::vector<fhir::Json> what;
  for (const PartTable::Row& row : rows) {
    what.push_back(fhir::parse_json(row.what));
  }
  Merged merged = mappings::merge(
      type, id, what, [&](std::string_view wanted) { return profile(wanted); }, settings_,
      file.type + " #" + std::to_string(file.file));
  Settled settled;
  settled.state = merged.state;
  if (merged.state == Merged::State::kComplete) {
    settled.written = put(merged, now);
    if (settled.written) {  // what is found in a version counts once, however often it is made
      note(merged, what.back().text("profile"));
    }
  } else {
    settled.written = store_.remove(rid, now);
    settled.missing = std::move(merged.missing);
  }
  recount(rows, rid, file.file, settled, type);
  return settled;
}

// Reads the parts only when the limit is first passed: from then on they all wait.
Merger::Settled Merger::refuse(std::int64_t rid, const FileRow& file, const std::string& type,
                               fhir::Instant now) {
  Settled settled;
  settled.state = Merged::State::kIncomplete;
  settled.missing.code = kIncomplete;
  settled.missing.expression = type;
  settled.missing.source = file.type + " #" + std::to_string(file.file);
  settled.missing.diagnostics = "more than " + std::to_string(kMaxParts) +
                                " parts of messages make one resource: the rule's key is too wide; "
                                "the resource is not there while they do";
  settled.written = store_.remove(rid, now);
  if (!parts_.waits(rid, file.file)) {
    const auto rows = parts_.of(rid);
    Merged found;
    found.issues.push_back(settled.missing);
    found.issues.back().code = "merge.too-many";
    note(found, fhir::parse_json(rows.back().what).text("profile"));
    recount(rows, rid, file.file, settled, type);
  }
  return settled;
}

bool Merger::put(Merged& merged, fhir::Instant now) {
  mappings::MappedResource& made = merged.resource;
  if (made.type == "Patient") {
    patients_.push_back(patient_record(made.body, [&](std::string_view value) {
      return settings_.ids.logical_id("Patient", {value}) == made.id;
    }));
    auto& known = patients_.back().insurance_ids;
    known.insert(known.end(), merged.insurance_ids.begin(), merged.insurance_ids.end());
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
  }
  store::Prepared prepared = store::prepare(
      {std::move(made.type), std::move(made.id), std::move(made.body), std::move(made.sets), {}});
  const auto view = registry_.view();
  for (const std::string& subject : prepared.sets.subjects) {
    if (const auto number = view->number_of(subject)) {
      prepared.patients.push_back(*number);
    }
  }
  return store_.put(prepared, now).stored == store::Stored::kStored;
}

void Merger::note(const Merged& merged, std::string_view profile) {
  job_.report.issues += merged.issues.size();
  for (const fhir::Issue& issue : merged.issues) {
    ++coverage_[{"issue", std::string(profile), issue.code, issue.expression}];
  }
}

// What one file brought may complete what another one has been waiting with, and its going may
// leave another one incomplete. A part is counted once: as a resource, or as rejected.
void Merger::recount(const std::vector<PartTable::Row>& rows, std::int64_t rid, std::int64_t file,
                     const Settled& settled, const std::string& type) {
  const bool waits = settled.state == Merged::State::kIncomplete;
  std::set<std::int64_t> changed;
  for (const PartTable::Row& row : rows) {
    if (row.file == file || (row.waiting != 0) == waits) {
      continue;
    }
    changed.insert(row.file);
    if (waits) {
      files_.wait_again(row.file, type, settled.missing);
      continue;
    }
    files_.waits_no_more(row.file, type);
    if (row.waiting == job_.generation) {
      auto reason = job_.report.rejected.find(std::string(kIncomplete));
      fhir::check(reason != job_.report.rejected.end(), "what waits was counted");
      if (--reason->second == 0) {
        job_.report.rejected.erase(reason);
      }
      ++job_.report.stored;
    }
  }
  for (const std::int64_t one : changed) {
    parts_.wait(one, rid, waits ? kInNoReport : 0);
  }
}

void Merger::index_patients(fhir::Instant now) {
  if (!patients_.empty()) {
    registry_.index_patients(std::exchange(patients_, {}), now);
  }
}

}  // namespace sekisho::ingest
