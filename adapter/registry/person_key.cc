#include "adapter/registry/person_key.h"

#include <algorithm>

#include "adapter/registry/registry.h"
#include "fhir/digest.h"
#include "fhir/text.h"

namespace sekisho::registry {
namespace {

constexpr std::size_t kDigestBytes = 16;
constexpr char kBetween = '\x1f';

std::string digest(std::string_view key, std::string_view domain,
                   std::initializer_list<std::string_view> parts) {
  std::string text(domain);
  for (const std::string_view part : parts) {
    text += kBetween;
    text += part;
  }
  const fhir::Digest full = fhir::hmac_sha256(key, text);
  return {reinterpret_cast<const char*>(full.data()), kDigestBytes};
}

std::string without_leading_zeros(const std::string& text) {
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string::npos ? text.substr(0, text.empty() ? 0 : 1) : text.substr(first);
}

// Half-width, upper case, only letters, digits and what is not ASCII.
std::string bare(std::string_view text) {
  std::string result;
  for (const char c : fhir::upper(fhir::nfkc(text))) {
    const bool ascii_letter_or_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    if (ascii_letter_or_digit || static_cast<unsigned char>(c) >= 0x80) {
      result += c;
    }
  }
  return result;
}

struct Insurance {
  std::string insurer, symbol, number, branch;
};

// "insurer:symbol:number:branch"; nothing where it has another shape.
std::optional<Insurance> split_insurance(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != 4) {
    return std::nullopt;
  }
  return Insurance{bare(parts[0]), bare(parts[1]), normal_number(parts[2]),
                   normal_number(parts[3])};
}

// Without a branch number every member of the family is meant, and a record without one may be any.
std::vector<std::string> insurance_digests(std::string_view key, const Insurance& id, bool line) {
  if (id.number.empty()) {
    return {};
  }
  const std::string family = digest(key, "insured", {id.insurer, id.symbol, id.number});
  const std::string unbranched =
      digest(key, "insured-unbranched", {id.insurer, id.symbol, id.number});
  const std::string member =
      digest(key, "insured-member", {id.insurer, id.symbol, id.number, id.branch});
  if (line) {
    return id.branch.empty() ? std::vector{family} : std::vector{member, unbranched};
  }
  return {family, id.branch.empty() ? unbranched : member};
}

std::vector<std::string> name_birth_digests(std::string_view key, const std::string& kana,
                                            const std::string& name,
                                            const std::optional<fhir::CivilDate>& birth) {
  std::vector<std::string> found;
  if (birth) {
    const std::string day = fhir::to_text(*birth);
    if (!kana.empty()) {
      found.push_back(digest(key, "kana-birth", {kana, day}));
    }
    if (!name.empty()) {
      found.push_back(digest(key, "name-birth", {name, day}));
    }
  }
  return found;
}

}  // namespace

std::string normal_card(std::string_view text) { return without_leading_zeros(bare(text)); }
std::string normal_number(std::string_view text) { return without_leading_zeros(bare(text)); }
std::string normal_kana(std::string_view text) { return fhir::fold_for_identity(text); }

KeyDigests digests_of(const PersonKeys& keys, std::string_view key) {
  KeyDigests result;
  if (!keys.card.empty()) {
    result.card = digest(key, "card", {normal_card(keys.card)});
  }
  const std::string kana = normal_kana(keys.kana);
  const std::string name = normal_kana(keys.name);
  result.name_birth = name_birth_digests(key, kana, name, keys.birth);
  result.insurance = insurance_digests(key,
                                       {bare(keys.insurer), bare(keys.symbol),
                                        normal_number(keys.number), normal_number(keys.branch)},
                                       true);
  if (!kana.empty()) {
    result.kana = digest(key, "kana", {kana});
  }
  if (!name.empty()) {
    result.name = digest(key, "name", {name});
  }
  return result;
}

PatientDigests digests_of(const PatientRecord& record, std::string_view key) {
  PatientDigests result;
  if (!record.local_id.empty()) {
    result.card = digest(key, "card", {normal_card(record.local_id)});
    result.search.push_back(result.card);
  }
  const std::string kana = normal_kana(record.name_kana);
  const std::string name = normal_kana(record.name);
  for (std::string& found : name_birth_digests(key, kana, name, record.birth)) {
    result.search.push_back(std::move(found));
  }
  for (const std::string& text : record.insurance_ids) {
    if (const auto id = split_insurance(text)) {
      for (std::string& found : insurance_digests(key, *id, false)) {
        result.search.push_back(std::move(found));
      }
    }
  }
  if (!kana.empty()) {
    result.kana = digest(key, "kana", {kana});
  }
  if (!name.empty()) {
    result.name = digest(key, "name", {name});
  }
  std::sort(result.search.begin(), result.search.end());
  result.search.erase(std::unique(result.search.begin(), result.search.end()), result.search.end());
  return result;
}

}  // namespace sekisho::registry
