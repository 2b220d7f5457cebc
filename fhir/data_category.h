#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::fhir {

// A set of data-category codes (release-decision 2.1), one bit each. Bits 0 to 17 are D1..D3,
// I1..I6, E1..E9 in the order of 2.1; bits 18 to 62 are the site's X- codes in the order of the
// configuration; bit 63 is `none`, which no permit can list and no mask ever holds.
struct CategorySet {
  std::uint64_t bits = 0;

  static constexpr CategorySet one(unsigned bit) { return {std::uint64_t{1} << bit}; }
  static constexpr CategorySet none() { return {std::uint64_t{1} << 63}; }

  constexpr bool empty() const { return bits == 0; }
  constexpr bool has_none() const { return (bits >> 63) != 0; }
  constexpr bool contains(CategorySet other) const { return (bits & other.bits) == other.bits; }
  constexpr bool meets(CategorySet other) const { return (bits & other.bits) != 0; }
  friend constexpr CategorySet operator|(CategorySet a, CategorySet b) { return {a.bits | b.bits}; }
  friend constexpr CategorySet operator&(CategorySet a, CategorySet b) { return {a.bits & b.bits}; }
  constexpr CategorySet& operator|=(CategorySet other) {
    bits |= other.bits;
    return *this;
  }
  constexpr bool operator==(const CategorySet&) const = default;
};

namespace category {
inline constexpr CategorySet D1 = CategorySet::one(0), D2 = CategorySet::one(1),
                             D3 = CategorySet::one(2);
inline constexpr CategorySet I1 = CategorySet::one(3), I2 = CategorySet::one(4),
                             I3 = CategorySet::one(5), I4 = CategorySet::one(6),
                             I5 = CategorySet::one(7), I6 = CategorySet::one(8);
inline constexpr CategorySet E1 = CategorySet::one(9), E2 = CategorySet::one(10),
                             E3 = CategorySet::one(11), E4 = CategorySet::one(12),
                             E5 = CategorySet::one(13), E6 = CategorySet::one(14),
                             E7 = CategorySet::one(15), E8 = CategorySet::one(16),
                             E9 = CategorySet::one(17);
}  // namespace category

// The codes of one installation: the closed list and the site's own X- codes. Immutable.
class CategoryVocabulary {
 public:
  CategoryVocabulary() = default;
  // Throws Error(kConfig) for a code without "X-", one given twice, or more than 45.
  explicit CategoryVocabulary(std::vector<std::string> site_codes);

  std::optional<CategorySet> of(std::string_view code) const;  // never `none`
  std::string_view code_of(unsigned bit) const;                // "none" for 63; checked: it exists
  // Single codes in the order in which reasons are given: 2.1's, then X- codes by code point.
  std::vector<CategorySet> in_order(CategorySet set) const;
  std::vector<std::string> codes(CategorySet set) const;  // the same, as texts
  const std::vector<std::string>& site_codes() const { return site_codes_; }

 private:
  std::vector<std::string> site_codes_;
};

}  // namespace sekisho::fhir
