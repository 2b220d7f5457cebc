#include "tests/fakes/person.h"

#include <algorithm>
#include <cstdio>

namespace sekisho::fakes {

namespace {

constexpr std::array<std::string_view, 4> kBloodTypes{"A", "O", "B", "AB"};
constexpr std::array<std::string_view, 3> kForeigners{"SMITH^JOHN", "NGUYEN^LAN", "KIM^MINA"};
constexpr std::array<NamePart, 3> kForeignKana{
    {{"スミス", "ジョン"}, {"グエン", "ラン"}, {"キム", "ミナ"}}};

int age_in_years(Random& random) {
  // Mostly older people, some children: hospitals look like that, and 16th birthdays matter.
  const std::size_t band = random.below(100);
  if (band < 10) {
    return static_cast<int>(random.between(1, 17));
  }
  if (band < 45) {
    return static_cast<int>(random.between(18, 59));
  }
  return static_cast<int>(random.between(60, 97));
}

void insure(Person& person, Random& random, int age) {
  person.insurer = age >= 75 ? kElderly : random.of(kInsurers);
  if (random.per_mille(25)) {
    person.insurer = kPublicAssistance;
  }
  person.symbol = age >= 75 || random.per_mille(60) ? "" : padded(random.below(10'000), 4);
  person.member = padded(random.below(10'000'000), 7);
  person.dependent = age < 20 || random.per_mille(200);
}

Problem invent_problem(Random& random, Day first, Day last) {
  Problem problem;
  problem.diagnosis = &random.of(kDiagnoses);
  problem.department = &random.of(kDepartments);
  problem.onset = first + std::chrono::days(random.between(0, (last - first).count()));
  if (!problem.diagnosis->lasting) {
    const Day end = problem.onset + std::chrono::days(random.between(5, 120));
    if (end <= last) {
      problem.end = end;
    }
  }
  problem.suspected = random.per_mille(120);
  problem.main = random.per_mille(250);
  problem.uncoded = random.per_mille(30);
  problem.withdrawn = random.per_mille(20);
  problem.edition_2013 = random.per_mille(500);
  problem.prefix = random.per_mille(150) ? &random.of(kPrefixes) : nullptr;
  problem.suffix = random.per_mille(80) ? &random.of(kSuffixes) : nullptr;
  if (random.per_mille(60)) {
    constexpr std::array<char, 3> kAccess{'V', 'R', 'U'};
    problem.access = random.of(kAccess);
  }
  return problem;
}

void name(Person& person, Random& random) {
  person.family = random.of(kFamilyNames);
  person.given = person.sex == 'F' ? random.of(kFemaleNames) : random.of(kMaleNames);
  if (random.per_mille(10)) {
    const std::size_t i = random.below(kForeigners.size());
    person.alphabet = kForeigners[i];
    person.family.kana = kForeignKana[i].kanji;
    person.given.kana = kForeignKana[i].kana;
  }
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t stream)
    : state_(seed * 0x9E3779B97F4A7C15u + stream * 0xD1B54A32D192ED03u + 1) {
  next();
  next();
}

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

double Random::bell() {
  double sum = 0;
  for (int i = 0; i < 12; ++i) {
    sum += static_cast<double>(next() >> 11) / 9007199254740992.0;
  }
  return std::clamp(sum - 6.0, -3.5, 3.5);
}

std::string padded(std::uint64_t number, int width) {
  std::string digits = std::to_string(number);
  const auto size = static_cast<std::size_t>(width);
  return digits.size() < size ? std::string(size - digits.size(), '0') + digits : digits;
}

std::string compact(Day day) {
  const std::chrono::year_month_day date(day);
  return padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) +
         padded(static_cast<unsigned>(date.month()), 2) +
         padded(static_cast<unsigned>(date.day()), 2);
}

Person invent_person(Random& random, std::uint64_t number, Day last_day, int years) {
  Person person;
  person.number = padded(number, 7);
  person.sex = random.per_mille(520) ? 'F' : 'M';
  name(person, random);
  const int age = age_in_years(random);
  person.birth =
      last_day - std::chrono::days(age * 365 + age / 4 + static_cast<int>(random.below(365)));
  person.address = random.of(kAddresses);
  person.former_address = random.of(kAddresses);
  person.phone = "099-" + padded(random.below(1000), 3) + "-" + padded(random.below(10'000), 4);
  insure(person, random, age);
  person.blood = random.per_mille(600) ? random.of(kBloodTypes) : std::string_view{};
  if (random.per_mille(700)) {
    person.height = age < 16 ? 70 + 6.0 * age : 160 + 8 * random.bell();
    person.weight = age < 16 ? 9 + 3.0 * age : 60 + 10 * random.bell();
  }
  for (const Allergen& allergen : kAllergens) {
    if (random.per_mille(60)) {
      person.allergies.push_back(&allergen);
    }
  }
  const Day first = std::max(person.birth, last_day - std::chrono::days(years * 365));
  const std::size_t problems = 1 + random.below(5);
  for (std::size_t i = 0; i < problems; ++i) {
    person.problems.push_back(invent_problem(random, first, last_day));
  }
  constexpr std::array<std::size_t, 4> kChances{15, 12, 2, 8};
  for (std::size_t i = 0; i < kChances.size(); ++i) {
    person.infected[i] = random.per_mille(kChances[i]);
  }
  for (const Problem& problem : person.problems) {
    person.infected[0] = person.infected[0] || problem.diagnosis->icd10 == "B181";
    person.infected[1] = person.infected[1] || problem.diagnosis->icd10 == "B182";
  }
  person.department = age < 16 ? &kDepartments.back() : &random.of(kDepartments);
  return person;
}

}  // namespace sekisho::fakes
