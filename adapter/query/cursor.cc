#include "adapter/query/cursor.h"

#include "fhir/digest.h"

namespace sekisho::query {

namespace {

constexpr std::size_t kTagSize = 32;  // 128 bits in hex

std::string tag_of(const CursorKey& key, const SearchPlan& plan, std::string_view last_id) {
  std::string bound = "search cursor 1";
  const std::string_view parts[] = {key.asker, plan.type, plan.query, last_id};
  for (const std::string_view part : parts) {
    bound += '\0';
    bound += std::to_string(part.size());
    bound += ':';
    bound += part;
  }
  return fhir::to_hex(fhir::hmac_sha256(key.key, bound)).substr(0, kTagSize);
}

// Takes the same time wherever they differ.
bool equal(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    difference |= unsigned{static_cast<unsigned char>(a[i])} ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

}  // namespace

std::string make_cursor(const CursorKey& key, const SearchPlan& plan, std::string_view last_id) {
  return tag_of(key, plan, last_id) + std::string(last_id);
}

std::optional<std::string> read_cursor(const CursorKey& key, const SearchPlan& plan) {
  if (plan.cursor.empty()) {
    return std::string();
  }
  if (plan.cursor.size() <= kTagSize) {
    return std::nullopt;
  }
  const std::string_view tag = std::string_view(plan.cursor).substr(0, kTagSize);
  const std::string_view last_id = std::string_view(plan.cursor).substr(kTagSize);
  if (!equal(tag, tag_of(key, plan, last_id))) {
    return std::nullopt;
  }
  return std::string(last_id);
}

}  // namespace sekisho::query
