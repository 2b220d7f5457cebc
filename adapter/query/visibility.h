#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "fhir/data_category.h"
#include "fhir/instant.h"

namespace sekisho::release {
class Masks;
}

namespace sekisho::query {

// What one asker may see at one instant: for each patient number the codes that are PERMIT, and the
// gates that depend on the resource alone. Only adapter/release makes one; every function of this
// room takes one. Immutable; shared between requests; good for one epoch and until `valid_until`.
class Visibility {
 public:
  std::uint64_t epoch() const { return epoch_; }
  fhir::Instant valid_until() const { return valid_until_; }

  // The codes permitted for a patient; none for a number that the mask does not know.
  fhir::CategorySet of(std::uint32_t patient) const {
    return patient < masks_->size() ? fhir::CategorySet{(*masks_)[patient]} : fhir::CategorySet{};
  }
  bool ip_ok() const { return ip_ok_; }
  bool has_period() const { return has_period_; }
  std::int32_t period_from() const { return period_from_; }  // days since 1970-01-01, included
  std::int32_t period_to() const { return period_to_; }

 private:
  friend class sekisho::release::Masks;
  Visibility() = default;

  std::shared_ptr<const std::vector<std::uint64_t>> masks_;
  std::uint64_t epoch_ = 0;
  fhir::Instant valid_until_;
  bool ip_ok_ = false;
  bool has_period_ = false;
  std::int32_t period_from_ = 0;
  std::int32_t period_to_ = 0;
};

}  // namespace sekisho::query
