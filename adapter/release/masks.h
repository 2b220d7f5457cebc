#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/query/visibility.h"
#include "adapter/registry/model.h"
#include "fhir/instant.h"

namespace sekisho::registry {
class Registry;
}

namespace sekisho::release {

// Compiles registry and permit into Visibilities, one for each (permit, purpose), kept until the
// registry's epoch moves or time alone may change an answer. Then only the patients that may have
// changed are asked again, in a copy, so that requests under way keep theirs. Thread-safe.
class Masks {
 public:
  struct Rules {
    registry::WaitRule wait_rule = registry::WaitRule::kLater;
    registry::Renotify renotify = registry::Renotify::kHold;
  };
  Masks(const registry::Registry& registry, Rules rules) : registry_(registry), rules_(rules) {}

  std::shared_ptr<const query::Visibility> of(std::string_view permit, std::string_view purpose,
                                              fhir::Instant now);

 private:
  struct Kept {
    std::mutex mutex;
    std::shared_ptr<const query::Visibility> visibility;
    std::vector<fhir::Instant> until;  // by patient: time alone changes nothing before it
    fhir::Instant made_at;
  };
  using Key = std::pair<std::string, std::string>;

  bool is_current(const Kept& kept, fhir::Instant now) const;
  void renew(Kept& kept, const Key& key, fhir::Instant now) const;
  void ask(const Key& key, const std::vector<registry::PatientNumber>& patients, fhir::Instant now,
           std::vector<std::uint64_t>& masks, std::vector<fhir::Instant>& until) const;

  const registry::Registry& registry_;
  Rules rules_;
  std::mutex mutex_;
  std::map<Key, std::unique_ptr<Kept>> kept_;
};

}  // namespace sekisho::release
