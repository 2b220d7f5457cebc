#pragma once

#include <random>
#include <string>
#include <vector>

#include "adapter/decision/decision.h"

namespace sekisho::decision {

// Small random registries around a few dates at which something turns, for the property tests.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  // What denies is rarer in a benign world, so that enough is permitted to compare.
  bool fault(std::size_t one_in) { return chance(benign_ ? 6 * one_in : one_in); }

  // A registry with `people` patients, one client, one permit "P" that is in force at `now`.
  void fill(registry::State& state, registry::Environment& environment, std::size_t people);

  Asking asking() const { return {now, "C", "C", "P", "HRESCH", ""}; }
  static std::string id(std::size_t number) { return "p" + std::to_string(number); }
  std::string anyone(std::size_t people) {
    return chance(8) ? "ghost" + std::to_string(below(2)) : id(below(people));
  }
  fhir::CategorySet codes() {
    fhir::CategorySet set;
    for (std::size_t i = below(4); i > 0; --i) {
      set |= fhir::CategorySet::one(static_cast<unsigned>(below(6)));
    }
    return set;
  }
  fhir::CivilDate around(int spread) {
    const auto offset = static_cast<int>(below(static_cast<std::size_t>(2 * spread + 1))) - spread;
    return fhir::civil_date(2026, 11, 20) + std::chrono::days(offset);
  }

  fhir::Instant now;

 private:
  void put_client(registry::State& state);

  void put_permit(registry::State& state, std::size_t people);

  void put_filings(registry::State& state);

  void put_patient(registry::State& state, std::size_t number, std::size_t people);

  void put_notice(registry::State& state, std::size_t people);

  void put_refusal(registry::State& state, std::size_t number, std::size_t people);

  void put_optin(registry::State& state, std::size_t people);

  std::mt19937_64 random_;
  bool benign_ = false;
};

}  // namespace sekisho::decision
