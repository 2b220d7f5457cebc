#include "adapter/agent/list_age.h"

#include <algorithm>

namespace sekisho::agent {

int ListAge::mark() const {
  return stale ? 100 : percent >= 95 ? 95 : percent >= 80 ? 80 : percent >= 50 ? 50 : 0;
}

std::optional<ListAge> age_of(const registry::Source& list, fhir::Instant now) {
  if (list.always_fresh || !list.last_sync) {
    return std::nullopt;
  }
  ListAge result;
  const std::int64_t age_ms = std::max<std::int64_t>(now.ms - list.last_sync->ms, 0);
  // What the list itself says wins over the configured age.
  const std::int64_t allowed_ms =
      list.fresh_until ? std::max<std::int64_t>(list.fresh_until->ms - list.last_sync->ms, 0)
                       : list.max_age_s * 1000;
  result.age_s = age_ms / 1000;
  result.allowed_s = allowed_ms / 1000;
  result.stale = age_ms > allowed_ms;
  result.percent =
      result.stale || allowed_ms == 0
          ? 100
          : static_cast<int>(static_cast<double>(age_ms) / static_cast<double>(allowed_ms) * 100);
  return result;
}

}  // namespace sekisho::agent
