#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/instant.h"

namespace sekisho::registry {

struct PatientRecord;

// What a refusal line says of a person, normalised for matching (release-decision 4.6). Sealed on
// disk; in memory only as long as the line is unresolved.
struct PersonKeys {
  std::string card;
  std::string kana;
  std::string name;
  std::optional<fhir::CivilDate> birth;
  std::string insurer, symbol, number, branch;

  bool empty() const {
    return card.empty() && kana.empty() && name.empty() && !birth && number.empty();
  }
};

// Keyed digests by which the patient index is searched: it holds no card number, name or insured
// person's number that somebody could read.
struct KeyDigests {
  std::string card;
  std::vector<std::string> insurance;  // any of them
  std::vector<std::string> name_birth;
  std::string kana, name;  // for contradictions, not for search
};
KeyDigests digests_of(const PersonKeys& keys, std::string_view key);

// All digests under which a patient can be found.
struct PatientDigests {
  std::vector<std::string> search;  // the card's among them
  std::string card;
  std::string kana, name;
};
PatientDigests digests_of(const PatientRecord& record, std::string_view key);

std::string normal_card(std::string_view text);    // leading zeros are not compared
std::string normal_number(std::string_view text);  // insured person's number: likewise
std::string normal_kana(std::string_view text);

// "1965-03-02", "1965/3/2", "19650302", "昭和40年3月2日", "S40.3.2"; nothing for any other text.
std::optional<fhir::CivilDate> read_birth_date(std::string_view text);

}  // namespace sekisho::registry
