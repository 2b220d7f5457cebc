#include "adapter/query/visible.h"

#include <cstddef>

namespace sekisho::query {

namespace {

constexpr unsigned kKnownFlags = fhir::data_flag::kUndelivered | fhir::data_flag::kUninformed |
                                 fhir::data_flag::kTest | fhir::data_flag::kIpProtected |
                                 fhir::data_flag::kSubjectUnresolved;

// An unknown flag denies (4.4 note 3).
bool flags_deny(const Visibility& visibility, unsigned flags) {
  unsigned denying = fhir::data_flag::kDenying | fhir::data_flag::kSubjectUnresolved | ~kKnownFlags;
  if (visibility.ip_ok()) {
    denying &= ~fhir::data_flag::kIpProtected;
  }
  return (flags & denying) != 0;
}

// Both ends included; a missing or partial date denies.
bool outside_period(const Visibility& visibility, const Row& row) {
  if (!visibility.has_period()) {
    return false;
  }
  return !row.data_date || *row.data_date < visibility.period_from() ||
         *row.data_date > visibility.period_to();
}

std::uint32_t number_at(const std::string& bytes, std::size_t offset) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i);
  }
  return number;
}

}  // namespace

std::vector<std::uint32_t> patients_of(const Row& row) {
  std::vector<std::uint32_t> patients;
  if (row.patient) {
    patients.push_back(*row.patient);
  }
  for (std::size_t at = 0; at + 4 <= row.more_patients.size(); at += 4) {
    patients.push_back(number_at(row.more_patients, at));
  }
  return patients;
}

fhir::CategorySet permitted(const Visibility& visibility, const Row& row) {
  if (!row.patient || row.more_patients.size() % 4 != 0) {
    return {};
  }
  fhir::CategorySet codes = visibility.of(*row.patient);
  for (std::size_t at = 0; at + 4 <= row.more_patients.size(); at += 4) {
    codes = codes & visibility.of(number_at(row.more_patients, at));
  }
  return codes;
}

bool admits(const Visibility& visibility, const Row& row) {
  if (row.version <= 0 || flags_deny(visibility, row.flags) || outside_period(visibility, row)) {
    return false;
  }
  const fhir::CategorySet codes = permitted(visibility, row);
  switch (row.rule) {
    case fhir::SetRule::kNeeds:
    case fhir::SetRule::kUnionOfTargets:
      return !row.needs.empty() && !row.needs.has_none() && codes.contains(row.needs);
    case fhir::SetRule::kCarriedByPatient:
    case fhir::SetRule::kCarriedByReferrers:
      return codes.meets(row.carried);
    case fhir::SetRule::kNoSubjectNeeded:  // none is stored yet (2.1b, Resources without a patient)
    case fhir::SetRule::kNeverReleased:
      return false;
  }
  return false;
}

}  // namespace sekisho::query
