#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/invented.h"

namespace sekisho::fakes {

using Day = std::chrono::sys_days;

// SplitMix64: the same numbers on every platform, which <random>'s distributions do not promise.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream);

  std::uint64_t next();
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool per_mille(std::size_t chance) { return below(1000) < chance; }
  double bell();  // mean 0, deviation 1, never beyond 3.5

  template <class List>
  const auto& of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

std::string compact(Day day);  // YYYYMMDD
std::string padded(std::uint64_t number, int width);

struct Problem {
  const Diagnosis* diagnosis = nullptr;
  const Modifier* prefix = nullptr;
  const Modifier* suffix = nullptr;
  const Department* department = nullptr;
  Day onset;
  std::optional<Day> end;
  bool suspected = false;
  bool main = false;
  bool withdrawn = false;  // sent again at the end with PRB-1 DE
  bool uncoded = false;    // the hospital's own code, no number of the national table
  bool edition_2013 = false;
  char access = 0;  // PRB-25
};

struct Person {
  std::string number;
  NamePart family;
  NamePart given;
  std::string_view alphabet;  // of a foreign patient: family^given
  char sex = 'M';
  Day birth;
  Address address;
  Address former_address;
  std::string phone;
  Insurer insurer;
  std::string symbol;
  std::string member;
  bool dependent = false;
  std::string_view blood;  // empty: not measured
  double height = 0;
  double weight = 0;
  std::vector<const Allergen*> allergies;
  std::vector<Problem> problems;
  bool infected[4] = {false, false, false, false};  // by Infection
  const Department* department = nullptr;
};

Person invent_person(Random& random, std::uint64_t number, Day last_day, int years);

}  // namespace sekisho::fakes
