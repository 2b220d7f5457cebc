#include "adapter/store/settling.h"

#include <algorithm>

namespace sekisho::store {

namespace {

using fhir::CategorySet;
using fhir::SetRule;

// A union over unions ends after a few steps; content that makes a ring must not turn for ever.
constexpr int kMaxUnionRounds = 16;

bool same_visibility(const Row& a, const Row& b) {
  return a.live() == b.live() && a.rule == b.rule && a.patient == b.patient &&
         a.more_patients == b.more_patients && a.needs == b.needs && a.carried == b.carried &&
         a.flags == b.flags;
}

bool same_patient(const Row& a, const Row& b) {
  return a.patient && a.patient == b.patient && a.more_patients.empty() && b.more_patients.empty();
}

// Is `target` visible in every view in which `row` is? Data periods aside: those are asked of each
// target by the reader.
bool inside(const Row& row, const Row& target) {
  if (!target.live() || !target.clean() || !same_patient(row, target)) {
    return false;
  }
  if (row.carries()) {
    return target.carries() && !row.carried.empty() && target.carried.contains(row.carried);
  }
  if (target.carries()) {
    return target.carried.meets(row.needs);
  }
  return target.counts() && row.needs.contains(target.needs);
}

}  // namespace

Settling::Settling(sqlite::Database& database, ResourceTable& rows, Links& links)
    : rows_(rows),
      links_(links),
      count_(database.prepare("INSERT INTO patient_needs VALUES (?1, ?2, ?3) ON CONFLICT DO "
                              "UPDATE SET live = live + ?3")),
      patient_sets_(database.prepare("SELECT needs, live FROM patient_needs WHERE patient = ?")),
      patient_rows_(
          database.prepare("SELECT rid FROM resource WHERE patient = ? AND type IN (?, ?)")),
      patient_all_rows_(database.prepare("SELECT rid FROM resource WHERE patient = ?")),
      own_patient_(database.prepare("SELECT rid FROM resource WHERE patient = ? AND type = ?")) {}

void Settling::changed(const Row& before, const Row& after,
                       const std::vector<std::int64_t>& old_links,
                       const std::vector<std::int64_t>& new_links) {
  if (before.live()) {
    count(before, -1);
  }
  if (after.live()) {
    count(after, 1);
  }
  referred_.insert(old_links.begin(), old_links.end());
  referred_.insert(new_links.begin(), new_links.end());
  if (after.rule == SetRule::kCarriedByReferrers) {
    referred_.insert(after.rid);
  }
  if (after.rule == SetRule::kCarriedByPatient && after.patient) {
    patients_.insert(*after.patient);
  }
  plain_.insert(after.rid);
  note_sets(before, after);
}

void Settling::count(const Row& row, std::int64_t by) {
  if (row.counts()) {
    counts_[{*row.patient, row.needs.bits}] += by;
    patients_.insert(*row.patient);
  }
}

void Settling::note_sets(const Row& before, const Row& after) {
  if (same_visibility(before, after)) {
    return;
  }
  if (after.type == patient_type()) {
    for (const auto& patient : {before.patient, after.patient}) {
      if (patient) {
        plain_patients_.insert(*patient);
      }
    }
  }
  if (before.rid == 0) {
    return;  // nothing could refer to it yet
  }
  sets_changed_.insert(after.rid);
  for (const std::int64_t owner : links_.owners_of(after.rid)) {
    unions_.insert(owner);
  }
}

void Settling::settle() {
  settle_unions();
  settle_patients();
  settle_referred();
  settle_plain();
  forget();
}

void Settling::forget() {
  counts_.clear();
  patients_.clear();
  unions_.clear();
  referred_.clear();
  sets_changed_.clear();
  plain_.clear();
  plain_patients_.clear();
  clean_patients_.clear();
}

void Settling::settle_unions() {
  for (int round = 0; round < kMaxUnionRounds && !unions_.empty(); ++round) {
    std::set<std::int64_t> owners;
    owners.swap(unions_);
    for (const std::int64_t owner : owners) {
      const auto before = rows_.find(owner);
      const auto own_needs = links_.own_needs(owner);
      if (!before || !before->live() || !own_needs) {
        continue;
      }
      Row after = *before;
      after.needs = union_of(after, *own_needs);
      if (after.needs == before->needs) {
        continue;
      }
      rows_.set_needs(owner, after.needs);
      count(*before, -1);
      count(after, 1);
      note_sets(*before, after);
      plain_.insert(owner);
      const auto targets = links_.targets_of(owner);
      referred_.insert(targets.begin(), targets.end());
    }
  }
}

// Parts that the owner names and that are not there (or another patient's, which must look the
// same) make the union `none`: what they hold is not known. Parts that name the owner count only
// where they are.
CategorySet Settling::union_of(const Row& owner, CategorySet own_needs) {
  CategorySet set;
  for (const Links::Part& edge : links_.parts_of(owner.rid)) {
    const bool named_by_owner = edge.source == owner.rid;
    const auto part = rows_.find(edge.part);
    if (!part || !part->live() || !same_patient(owner, *part)) {
      if (named_by_owner) {
        set |= CategorySet::none();
      }
    } else if (part->clean() && !part->carries()) {
      set |= part->needs.empty() && named_by_owner ? CategorySet::none() : part->needs;
    }
  }
  return set.empty() ? own_needs : set;
}

void Settling::settle_patients() {
  for (const auto& [key, by] : counts_) {
    count_.bind(1, key.first).bind(2, static_cast<std::int64_t>(key.second)).bind(3, by).run();
  }
  for (const std::int64_t patient : patients_) {
    CategorySet live;
    CategorySet ever;
    patient_sets_.bind(1, patient);
    while (patient_sets_.step()) {
      const CategorySet needs{static_cast<std::uint64_t>(patient_sets_.integer(0))};
      ever |= needs;
      if (patient_sets_.integer(1) > 0) {
        live |= needs;
      }
    }
    patient_sets_.reset();
    std::vector<std::int64_t> rids;
    patient_rows_.bind(1, patient).bind(2, patient_type()).bind(3, rows_.type_number("Coverage"));
    while (patient_rows_.step()) {
      rids.push_back(patient_rows_.integer(0));
    }
    patient_rows_.reset();
    for (const std::int64_t rid : rids) {
      const auto row = rows_.find(rid);
      if (row->rule != SetRule::kCarriedByPatient) {
        continue;
      }
      const CategorySet carried = row->deleted ? ever : live;
      if (row->carried != carried) {
        rows_.set_carried(*row, carried);
        sets_changed_.insert(rid);
      }
    }
  }
}

void Settling::settle_referred() {
  for (const std::int64_t rid : referred_) {
    const auto row = rows_.find(rid);
    if (!row || row->version == 0 || row->rule != SetRule::kCarriedByReferrers) {
      continue;
    }
    const CategorySet carried = referred_set(*row);
    if (row->carried != carried) {
      rows_.set_carried(*row, carried);
      sets_changed_.insert(rid);
    }
  }
}

// A tombstone keeps what all that ever referred to it needed: so it does not matter in which order,
// and in which batches, a message's resources went.
CategorySet Settling::referred_set(const Row& target) {
  CategorySet set;
  for (const std::int64_t rid : links_.referrers_of(target.rid)) {
    const auto row = rows_.find(rid);
    if (row && row->version > 0 && (target.deleted || row->live()) && row->counts() &&
        same_patient(target, *row)) {
      set |= row->needs;
    }
  }
  return set;
}

void Settling::settle_plain() {
  for (const std::int64_t rid : sets_changed_) {
    const auto referrers = links_.referrers_of(rid);
    plain_.insert(referrers.begin(), referrers.end());
    plain_.insert(rid);
  }
  for (const std::int64_t patient : plain_patients_) {
    patient_all_rows_.bind(1, patient);
    while (patient_all_rows_.step()) {
      plain_.insert(patient_all_rows_.integer(0));
    }
    patient_all_rows_.reset();
  }
  for (const std::int64_t rid : plain_) {
    const auto row = rows_.find(rid);
    if (!row) {
      continue;
    }
    const bool plain = row->live() && is_plain(*row);
    if (plain != row->plain) {
      rows_.set_plain(rid, plain);
    }
  }
}

bool Settling::is_plain(const Row& row) {
  if (!row.clean() || !(row.carries() || row.counts())) {
    return false;
  }
  if (row.type != patient_type() && !patient_is_clean(*row.patient)) {
    return false;
  }
  const auto targets = links_.targets_of(row.rid);
  return std::all_of(targets.begin(), targets.end(), [&](std::int64_t rid) {
    const auto target = rows_.find(rid);
    return target && inside(row, *target);
  });
}

// The patient's own Patient is visible with every row that counts for it: its `carried` holds their
// needs.
bool Settling::patient_is_clean(std::int64_t patient) {
  const auto known = clean_patients_.find(patient);
  if (known != clean_patients_.end()) {
    return known->second;
  }
  bool clean = false;
  own_patient_.bind(1, patient).bind(2, patient_type());
  if (own_patient_.step()) {
    const auto row = rows_.find(own_patient_.integer(0));
    clean = row && row->live() && row->clean() && row->rule == SetRule::kCarriedByPatient;
  }
  own_patient_.reset();
  clean_patients_.emplace(patient, clean);
  return clean;
}

std::int64_t Settling::patient_type() { return rows_.type_number("Patient"); }

}  // namespace sekisho::store
