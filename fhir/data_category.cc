#include "fhir/data_category.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::fhir {

namespace {
constexpr std::array<std::string_view, 18> kCodes = {"D1", "D2", "D3", "I1", "I2", "I3",
                                                     "I4", "I5", "I6", "E1", "E2", "E3",
                                                     "E4", "E5", "E6", "E7", "E8", "E9"};
constexpr unsigned kNoneBit = 63;
constexpr std::size_t kMostSiteCodes = kNoneBit - kCodes.size();
}  // namespace

CategoryVocabulary::CategoryVocabulary(std::vector<std::string> site_codes)
    : site_codes_(std::move(site_codes)) {
  if (site_codes_.size() > kMostSiteCodes) {
    throw Error(ErrorCode::kConfig,
                "site categories: more than " + std::to_string(kMostSiteCodes) + " codes");
  }
  for (std::size_t i = 0; i < site_codes_.size(); ++i) {
    const std::string& code = site_codes_[i];
    if (code.size() < 3 || code.compare(0, 2, "X-") != 0) {
      throw Error(ErrorCode::kConfig, "site categories: code " + std::to_string(i + 1) +
                                          " does not begin with \"X-\" and a name");
    }
    if (std::find(site_codes_.begin(), site_codes_.begin() + static_cast<std::ptrdiff_t>(i),
                  code) != site_codes_.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw Error(ErrorCode::kConfig, "site categories: \"" + code + "\" is given twice");
    }
  }
}

std::optional<CategorySet> CategoryVocabulary::of(std::string_view code) const {
  const auto known = std::find(kCodes.begin(), kCodes.end(), code);
  if (known != kCodes.end()) {
    return CategorySet::one(static_cast<unsigned>(known - kCodes.begin()));
  }
  const auto own = std::find(site_codes_.begin(), site_codes_.end(), code);
  if (own != site_codes_.end()) {
    return CategorySet::one(static_cast<unsigned>(kCodes.size()) +
                            static_cast<unsigned>(own - site_codes_.begin()));
  }
  return std::nullopt;
}

std::string_view CategoryVocabulary::code_of(unsigned bit) const {
  if (bit == kNoneBit) {
    return "none";
  }
  if (bit < kCodes.size()) {
    return kCodes[bit];
  }
  check(bit - kCodes.size() < site_codes_.size(), "category bit that the vocabulary does not have");
  return site_codes_[bit - kCodes.size()];
}

std::vector<CategorySet> CategoryVocabulary::in_order(CategorySet set) const {
  std::vector<unsigned> bits;
  for (std::uint64_t rest = set.bits; rest != 0; rest &= rest - 1) {
    bits.push_back(static_cast<unsigned>(std::countr_zero(rest)));
  }
  // Comparing UTF-8 bytes compares code points.
  const auto is_site = [](unsigned bit) { return bit >= kCodes.size() && bit != kNoneBit; };
  std::sort(bits.begin(), bits.end(), [&](unsigned a, unsigned b) {
    return is_site(a) && is_site(b) ? code_of(a) < code_of(b) : a < b;
  });
  std::vector<CategorySet> order;
  order.reserve(bits.size());
  for (const unsigned bit : bits) {
    order.push_back(CategorySet::one(bit));
  }
  return order;
}

std::vector<std::string> CategoryVocabulary::codes(CategorySet set) const {
  std::vector<std::string> texts;
  for (const CategorySet one : in_order(set)) {
    texts.emplace_back(code_of(static_cast<unsigned>(std::countr_zero(one.bits))));
  }
  return texts;
}

}  // namespace sekisho::fhir
