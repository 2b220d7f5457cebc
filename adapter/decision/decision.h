#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/registry/state.h"
#include "fhir/data_category.h"
#include "fhir/instant.h"

namespace sekisho::decision {

// The closed list of release-decision 4.4a in the order asked, kOk last.
enum class Reason : std::uint8_t {
  kSysRegistryUnavailable,
  kSysRegistryIntegrity,
  kSysPolicy,
  kSysClock,
  kSysNoBaseline,
  kSysRegistryStale,
  kSysAuditUnavailable,
  kSysInternal,
  kClientUnknown,
  kClientBinding,
  kPurposeProhibited,
  kPurposeNotServed,
  kPermitMissing,
  kPermitNotValid,
  kPermitPurpose,
  kPermitCategory,
  kPermitMode,
  kClientNotPublicBody,
  kClientNotCertified,
  kDataUndelivered,
  kDataTest,
  kDataIp,
  kSubjectUnresolved,
  kPermitCohort,
  kPermitPeriod,
  kOptout,
  kOptoutUnverified,
  kOptoutAmbiguous,
  kIdentityConflict,
  kNotFiled,
  kBeforeStartDate,
  kItemNotFiled,
  kDeceasedNotNotified,
  kNotNotified,
  kGuardianNotNotified,
  kSelfNotNotified,
  kRenotify16Pending,
  kWaitingPeriod,
  kOptinRequired,
  kOk,
};
std::string_view name_of(Reason reason);  // "OPTOUT_AMBIGUOUS"

// Who asks for what under which permit: all that G0, G1 and G2 (without the category) need.
struct Asking {
  fhir::Instant now;
  std::string client;        // by the certificate
  std::string token_client;  // by the token; where there is none, the certificate's
  std::string permit;
  std::string purpose;
  std::string mode;  // "M0"; empty: the permit's
};

// One resource, as far as the decision is concerned.
struct Subject {
  fhir::CategorySet needs;  // asked with all codes, unless `carried_by` is given
  std::optional<fhir::CategorySet> carried_by;  // one permitted code is enough
  bool carried_by_permit = false;               // case files: carried_by the permit's own codes
  std::vector<std::string> subjects;
  unsigned flags = 0;  // fhir::data_flag
  bool unknown_flag = false;
  std::optional<fhir::CivilDate> data_date;
};

struct Answer {
  Reason reason = Reason::kSysInternal;
  bool permitted() const { return reason == Reason::kOk; }
  std::string refusal_id, notice_id;  // where one decided, for `explain`
  std::optional<std::int64_t> filing_version;
};

// G0 to G2 without the category gate: may this client ask at all? kOk or a SYS_, CLIENT_, PURPOSE_,
// PERMIT_ reason. Pure.
Reason may_ask(const registry::State& state, const registry::Environment& environment,
               const Asking& asking);

// The whole of 4.4 for one resource. Pure; any exception inside is kSysInternal.
Answer decide(const registry::State& state, const registry::Environment& environment,
              const Asking& asking, const Subject& subject);

// The earliest instant after now at which time alone may change what may_ask says: the permit's
// begin and end, a list going stale. The last instant that there is where nothing does.
fhir::Instant may_ask_until(const registry::State& state, const Asking& asking);

// The part of 4.4 that depends on one patient alone (cohort, G4 to G8), for every code of the
// permit at once: the codes for which the answer is PERMIT. For a resource of several subjects the
// answers are intersected. `until`: time alone changes nothing before it (4.9).
struct PatientMask {
  fhir::CategorySet permitted;
  fhir::Instant until;
};
PatientMask patient_mask(const registry::State& state, const registry::Environment& environment,
                         const registry::Permit& permit, std::string_view purpose,
                         registry::PatientNumber patient, fhir::Instant now);

// The same for many patients: what depends on permit, filings and now alone is worked out once. The
// state and the permit must stay unchanged while this is used. One thread each.
class MaskMaker {
 public:
  MaskMaker(const registry::State& state, const registry::Environment& environment,
            const registry::Permit& permit, std::string_view purpose, fhir::Instant now);
  ~MaskMaker();
  MaskMaker(MaskMaker&&) noexcept;
  PatientMask of(registry::PatientNumber patient);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

// The first day on which a notice of that day is past its waiting period (4.7).
fhir::CivilDate eligible_from(fhir::CivilDate notice, registry::WaitRule rule);

}  // namespace sekisho::decision
