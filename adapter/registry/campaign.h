#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/registry/state.h"
#include "fhir/instant.h"
#include "fhir/json.h"

namespace sekisho::registry {

// Why a campaign gives somebody no notice. Of several visits the one that came nearest gives the
// reason; what speaks against the person comes before what speaks against visits.
enum class Skipped : std::uint8_t {
  kNoVisit,
  kBeforeFrom,
  kAfterTo,
  kOtherDesk,       // or another type of visit
  kMinor,           // under 16 that day: a guardian has to be told, and nobody wrote down who came
  kDeceasedBefore,  // no living person was there
  kBirthUnknown,    // may be a minor
  kNoCapacity,
  kConflict,  // two people's records may be mixed
  kExcluded,
  kTakenBack,   // had a notice of this leaflet, which people revoked though its campaign stands
  kHasNotice,   // of this leaflet
  kNotIndexed,  // a card number of a visit that no Patient has yet
};
inline constexpr std::size_t kSkippedReasons = 13;
std::string_view name_of(Skipped reason);  // "birth-unknown"

// A visit as a record of the storage shows it.
struct Visit {
  fhir::CivilDate day;
  std::string_view type;  // ADT-12, ADT-22
  std::string_view desk;  // department code
  std::int64_t file = 0;  // number in the store's source_file: what the notice rests on
};

// The notices that follow from a campaign: for everyone whom a leaflet may reach in person, one on
// the day of the first visit that qualifies (release-decision 4.15). Pure, and it copies what it
// needs to know of people, so that the registry need not wait while 20,000,000 visits are read.
class Derivation {
 public:
  // Visits after `through` do not count.
  Derivation(const State& state, const Campaign& campaign, fhir::CivilDate through);

  void visit(PatientNumber patient, const Visit& visit);
  void unknown_card();  // once for each card number that is in no index

  struct Counts {
    std::uint64_t people = 0;  // of the index, and unknown cards; notices + skipped
    std::uint64_t notices = 0;
    std::array<std::uint64_t, kSkippedReasons> skipped{};
    std::map<fhir::CivilDate, std::uint64_t> by_day;
  };
  Counts counts() const;
  std::vector<PatientNumber> without_notice(Skipped reason) const;  // for people to look after
  // The bodies of the campaign-run events that record exactly counts().notices, each short enough
  // not to hold up the counter. `state` gives the ids.
  std::vector<fhir::Json> events(const State& state) const;

 private:
  using Day = std::int32_t;  // since 1970
  struct Person {
    Day adult_from = 0;
    Day last = 0;   // the last day on which the person lived
    Day first = 0;  // of the visits that qualify; meant only where `given`
    std::int64_t file = 0;
    Skipped nearest = Skipped::kNoVisit;
    bool barred = false;  // by what `nearest` says, whatever the visits are
    bool given = false;
  };
  Person person_of(const State& state, PatientNumber number) const;
  // Whether the leaflet was given to a person themselves, by a campaign that stands or by none.
  bool is_same(const State& state, const Notice& notice) const;
  bool is_asked(const Visit& visit) const;

  Campaign campaign_;
  fhir::CivilDate through_;
  std::vector<Person> people_;  // by number
  std::uint64_t unknown_cards_ = 0;
};

}  // namespace sekisho::registry
