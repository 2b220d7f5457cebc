// Which rows are shown, and with which of their references.

#include "adapter/query/reader_inner.h"
#include "adapter/query/sight.h"
#include "fhir/json.h"
#include "fhir/resource.h"

namespace sekisho::query {

namespace {

// Chains of mandatory references longer than this are not followed: their first row is not shown.
constexpr unsigned kMaxDepth = 16;

}  // namespace

bool Sight::shows(const Row& row) {
  return row.deleted ? shows_tombstone(row) : shows_current(row);
}

bool Sight::shows_current(const Row& row) {
  if (!admits(visibility_, row)) {
    return false;
  }
  if (row.superseded) {
    return keeps_mandatory(row);
  }
  if (whole(row)) {
    return true;  // asked again rather than kept: a search may pass a million of these
  }
  const auto [known, is_new] = shown_.try_emplace(row.rid, false);
  if (!is_new) {
    return known->second;
  }
  const bool shown = keeps_mandatory(row);
  shown_[row.rid] = shown;
  return shown;
}

// A tombstone keeps the sets of its last version, and is shown where that version would have been:
// what it referred to may have been deleted with it.
bool Sight::shows_tombstone(const Row& row) {
  if (!admits(visibility_, row)) {
    return false;
  }
  shown_.clear();
  patients_.clear();
  tombstones_count_ = true;
  const bool shown = keeps_mandatory(row);
  tombstones_count_ = false;
  shown_.clear();
  patients_.clear();
  return shown;
}

// The stored text can go as it is. The store keeps `plain` for rows all of whose references lead
// to rows of the same patient with sets inside this row's; the Patient itself has no date, so a
// data period can hide it.
bool Sight::whole(const Row& row) {
  if (!row.plain || row.superseded || row.deleted || !row.more_patients.empty() || !row.patient ||
      visibility_.has_period()) {
    return false;
  }
  return row.type == patient_type_ || patient_shown(*row.patient);
}

bool Sight::patient_shown(std::uint32_t patient) {
  const auto [known, is_new] = patients_.try_emplace(patient, false);
  if (!is_new) {
    return known->second;
  }
  const Row row = store_.patient_row(patient, patient_type_);
  const bool shown = (!row.deleted || tombstones_count_) && shows_current(row);
  patients_[patient] = shown;
  return shown;
}

bool Sight::reference_shown(std::string_view type, std::string_view id) {
  const std::int64_t number = type_number(type);
  const Row row = store_.at_or_after(number, id);
  const bool there = number >= 0 && row.type == number && row.id == id;
  return there && (!row.deleted || tombstones_count_) && shows_current(row);
}

std::string Sight::stored_text(const Row& row) {
  if (row.deleted) {
    const Row last = store_.last_version_before(row.rid, row.version);
    return store_.text_of(last.rid, last.version);
  }
  return row.superseded ? store_.text_of(row.rid, row.version) : store_.text_of(row.rid);
}

bool Sight::keeps_mandatory(const Row& row) {
  if (depth_ >= kMaxDepth) {
    return false;
  }
  const std::string text = stored_text(row);
  if (text.empty()) {
    return false;
  }
  ++depth_;
  const fhir::Pruned pruned =
      fhir::prune_references(fhir::parse_json(text), [this](const fhir::Reference& reference) {
        return !reference_shown(reference.type, reference.id);
      });
  --depth_;
  return !pruned.mandatory_lost;
}

std::string Sight::text_of(const Row& row) {
  std::string text = stored_text(row);
  if (whole(row)) {
    return text;
  }
  bool dropped = false;
  const fhir::Pruned pruned =
      fhir::prune_references(fhir::parse_json(text), [&](const fhir::Reference& reference) {
        const bool drop = !reference_shown(reference.type, reference.id);
        dropped = dropped || drop;
        return drop;
      });
  return dropped ? fhir::write_json(pruned.resource) : text;
}

}  // namespace sekisho::query
