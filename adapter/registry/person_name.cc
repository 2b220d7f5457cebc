#include "adapter/registry/person_name.h"

#include <algorithm>
#include <array>

#include "fhir/text.h"

namespace sekisho::registry {
namespace {

// Folded: small kana are large, letters small.
constexpr std::array<std::string_view, 10> kTemporary = {
    "ベビー", "ベイビー", "ベビイ",     "アカチヤン", "赤チヤン",
    "新生児", "女児",     "シンセイジ", "男児",       "baby"};

// Of a name whose parts are turned round: each turn is a key, and a hostile line has thousands.
constexpr std::size_t kMostParts = 8;

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text += part;
  }
  return text;
}

}  // namespace

std::vector<std::string> parts_of(std::string_view name) {
  constexpr std::string_view kDividers[] = {" ", ",", "\xE3\x83\xBB", "\xE3\x80\x81", "\t"};
  const std::string text = fhir::nfkc(name);
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size();) {
    const auto divider = std::find_if(
        std::begin(kDividers), std::end(kDividers),
        [&](std::string_view each) { return text.compare(i, each.size(), each) == 0; });
    if (divider == std::end(kDividers)) {
      parts.back() += text[i++];
      continue;
    }
    i += divider->size();
    parts.emplace_back();
  }
  std::vector<std::string> folded;
  for (const std::string& part : parts) {
    std::string text_of_part = fhir::fold_for_identity(part);
    if (!text_of_part.empty()) {
      folded.push_back(std::move(text_of_part));
    }
  }
  return folded;
}

std::vector<std::string> orders_of(std::string_view name) {
  std::vector<std::string> orders;
  const auto add = [&](std::string text) {
    if (!text.empty() && std::find(orders.begin(), orders.end(), text) == orders.end()) {
      orders.push_back(std::move(text));
    }
  };
  add(fhir::fold_for_identity(name));
  std::vector<std::string> parts = parts_of(name);
  if (parts.size() > kMostParts) {
    std::reverse(parts.begin(), parts.end());
    add(joined(parts));
  } else if (parts.size() > 1 && parts.size() <= 3) {
    std::sort(parts.begin(), parts.end());
    do {
      add(joined(parts));
    } while (std::next_permutation(parts.begin(), parts.end()));
  } else {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      std::rotate(parts.begin(), parts.begin() + 1, parts.end());
      add(joined(parts));
    }
  }
  return orders;
}

bool is_temporary_name(std::string_view folded) {
  return std::any_of(kTemporary.begin(), kTemporary.end(), [&](std::string_view mark) {
    return folded.find(mark) != std::string_view::npos;
  });
}

std::vector<std::string> families_in_temporary(std::string_view name) {
  std::vector<std::string> families;
  for (std::string part : parts_of(name)) {
    for (const std::string_view mark : kTemporary) {
      const std::size_t at = part.find(mark);
      if (at != std::string::npos) {
        part.erase(at);  // what follows counts children or names nobody
      }
    }
    if (!part.empty()) {
      families.push_back(std::move(part));
    }
  }
  return families;
}

bool is_in_letters(std::string_view folded) {
  constexpr std::string_view kHyphen = "ー";  // what the fold makes of every hyphen
  for (std::size_t i = 0; i < folded.size();) {
    const auto lead = static_cast<unsigned char>(folded[i]);
    if (folded.substr(i, kHyphen.size()) == kHyphen) {
      i += kHyphen.size();
    } else if (lead < 0x80) {
      i += 1;
    } else if (lead >= 0xC3 && lead <= 0xC9) {  // U+00C0 to U+027F
      i += 2;
    } else {
      return false;
    }
  }
  return !folded.empty();
}

}  // namespace sekisho::registry
