#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "adapter/ledger/ledger.h"
#include "adapter/query/reader.h"
#include "adapter/query/search_plan.h"
#include "adapter/registry/registry.h"
#include "adapter/release/door.h"
#include "adapter/release/entrance.h"
#include "adapter/release/masks.h"

namespace sekisho::release {

// What every view of one door shares. Thread-safe.
class Desk {
 public:
  Desk(Door::Options options, registry::Registry& registry, ledger::Ledger& ledger,
       fhir::Clock clock, std::function<std::int64_t()> skew_s);

  // The gates before any resource, now.
  Entrance enter(const Asker& asker) const;
  // kOk or SYS_*; no client: for nobody in particular.
  decision::Reason system_state(std::string_view client) const;

  // A connection from the pool; a new one where all are out. One that a query failed on is closed.
  template <class F>
  auto with_reader(F&& f) {
    std::unique_ptr<query::Reader> reader = take_reader();
    auto result = f(*reader);
    give_back(std::move(reader));
    return result;
  }

  fhir::Instant now() const { return clock_(); }
  std::uint64_t append(const ledger::Record& record) { return ledger_.append(record, now()); }
  ledger::Ledger::Appending begin_append(const ledger::Record& record) {
    return ledger_.begin_append(record, now());
  }

  const Door::Options& options() const { return options_; }
  const query::SearchSettings& search_settings() const { return search_settings_; }
  const registry::Registry& registry() const { return registry_; }
  Masks& masks() { return masks_; }

 private:
  registry::Environment environment(fhir::Instant now) const;
  std::unique_ptr<query::Reader> take_reader();
  void give_back(std::unique_ptr<query::Reader> reader);

  Door::Options options_;
  query::SearchSettings search_settings_;
  registry::Registry& registry_;
  ledger::Ledger& ledger_;
  fhir::Clock clock_;
  std::function<std::int64_t()> skew_s_;
  Masks::Rules rules_;
  Masks masks_;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<query::Reader>> readers_;
};

}  // namespace sekisho::release
