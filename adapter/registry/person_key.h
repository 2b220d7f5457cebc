#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/instant.h"

namespace sekisho::registry {

struct PatientRecord;

// Raised whenever the digests of the same record change: patients.db keeps it with each patient,
// and one whose keys are of an older format is held back where a refusal line may mean it.
inline constexpr int kKeyFormat = 2;

// What a refusal line says of a person, normalised for matching (release-decision 4.6). Sealed on
// disk, until people settle whom the line means.
struct PersonKeys {
  std::string card;
  std::string kana;
  std::string name;
  std::optional<fhir::CivilDate> birth;
  std::string insurer, symbol, number, branch;
  std::string link_code;  // 連結符号, or the token of a registry

  bool empty() const {
    return card.empty() && kana.empty() && name.empty() && !birth && number.empty() &&
           link_code.empty();
  }
};

// Keyed digests by which the patient index is searched: it holds no card number, name or insured
// person's number that somebody could read.
struct KeyDigests {
  std::string card, link_code;          // each names one person
  std::vector<std::string> insurance;   // any of them
  std::vector<std::string> name_birth;  // the name in any order of its parts, or the family name
  // Patients of this birth date whose record does not say what they are called: newborns under a
  // temporary name; people whose name stands in letters, where the line has it in kana.
  std::vector<std::string> open_name;
  std::vector<std::string> kana, name;  // for contradictions, not for search; any of them agrees
};
KeyDigests digests_of(const PersonKeys& keys, std::string_view key);

// All digests under which a patient can be found.
struct PatientDigests {
  std::vector<std::string> search;  // all of them
  std::string card, link_code;
  std::string kana, name;
  bool open_name = false;  // the record does not say what a line may call this person
  bool temporary_name = false;
};
PatientDigests digests_of(const PatientRecord& record, std::string_view key);

std::string normal_card(std::string_view text);    // leading zeros are not compared
std::string normal_number(std::string_view text);  // insured person's number: likewise
std::string normal_kana(std::string_view text);

// "1965-03-02", "1965/3/2", "19650302", "昭和40年3月2日", "S40.3.2"; nothing for any other text.
std::optional<fhir::CivilDate> read_birth_date(std::string_view text);

}  // namespace sekisho::registry
