#include "adapter/registry/person_key.h"

#include <algorithm>

#include "adapter/registry/person_name.h"
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

// A name, as it is known or written, with the birth date. The two columns of a list, and the two
// names of a record, are not always filled with what belongs there.
constexpr const char* kNames[] = {"kana-birth", "name-birth"};

void add_line_names(std::string_view key, const PersonKeys& keys, const std::string& day,
                    KeyDigests& into) {
  const auto add_family = [&](const std::string& family) {
    into.name_birth.push_back(digest(key, "family-birth", {family, day}));
  };
  for (const std::string& text : {keys.kana, keys.name}) {
    for (const std::string& form : orders_of(text)) {
      for (const char* domain : kNames) {
        into.name_birth.push_back(digest(key, domain, {form, day}));
      }
    }
    const std::vector<std::string> parts = parts_of(text);
    if (is_temporary_name(normal_kana(text))) {
      for (const std::string& family : families_in_temporary(text)) {
        add_family(family);
      }
    } else if (parts.size() == 1) {
      add_family(parts[0]);  // perhaps the given name is missing
    }
  }
  if (!into.name_birth.empty()) {
    into.open_name.push_back(digest(key, "open-birth", {day}));
    if (!is_in_letters(normal_kana(keys.kana)) && !is_in_letters(normal_kana(keys.name))) {
      into.open_name.push_back(digest(key, "letters-birth", {day}));
    }
  }
}

// A record's name and which part of it is the family's.
struct RecordName {
  std::string whole, family;
  bool temporary() const { return is_temporary_name(whole); }
  bool tells() const { return !whole.empty() && !temporary() && whole != family; }
};

RecordName record_name(const std::string& whole, const std::string& family) {
  RecordName name{normal_kana(whole), normal_kana(family)};
  if (name.family.empty()) {
    const std::vector<std::string> parts = parts_of(whole);
    name.family = parts.size() > 1 ? parts[0] : std::string();
  }
  return name;
}

void add_record_names(std::string_view key, const RecordName& kana, const RecordName& name,
                      const std::string& day, PatientDigests& into) {
  const RecordName* both[] = {&kana, &name};
  for (std::size_t i = 0; i < 2; ++i) {
    if (!both[i]->whole.empty()) {
      into.search.push_back(digest(key, kNames[i], {both[i]->whole, day}));
    }
    if (!both[i]->family.empty()) {
      into.search.push_back(digest(key, "family-birth", {both[i]->family, day}));
    }
  }
  const bool unnamed = into.temporary_name || !(kana.tells() || name.tells());
  into.open_name = unnamed || (kana.whole.empty() && is_in_letters(name.whole));
  if (into.open_name) {
    into.search.push_back(digest(key, unnamed ? "open-birth" : "letters-birth", {day}));
  }
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
  if (!keys.link_code.empty()) {
    result.link_code = digest(key, "link-code", {bare(keys.link_code)});
  }
  if (keys.birth) {
    add_line_names(key, keys, fhir::to_text(*keys.birth), result);
  }
  result.insurance = insurance_digests(key,
                                       {bare(keys.insurer), bare(keys.symbol),
                                        normal_number(keys.number), normal_number(keys.branch)},
                                       true);
  for (const std::string& form : orders_of(keys.kana)) {
    result.kana.push_back(digest(key, "kana", {form}));
  }
  for (const std::string& form : orders_of(keys.name)) {
    result.name.push_back(digest(key, "name", {form}));
    result.name.push_back(digest(key, "kana", {form}));
  }
  return result;
}

PatientDigests digests_of(const PatientRecord& record, std::string_view key) {
  PatientDigests result;
  if (!record.local_id.empty()) {
    result.card = digest(key, "card", {normal_card(record.local_id)});
    result.search.push_back(result.card);
  }
  if (!record.link_code.empty()) {
    result.link_code = digest(key, "link-code", {bare(record.link_code)});
    result.search.push_back(result.link_code);
  }
  const RecordName kana = record_name(record.name_kana, record.family_kana);
  const RecordName name = record_name(record.name, record.family);
  result.temporary_name = kana.temporary() || name.temporary();
  if (record.birth) {
    add_record_names(key, kana, name, fhir::to_text(*record.birth), result);
  }
  for (const std::string& text : record.insurance_ids) {
    if (const auto id = split_insurance(text)) {
      for (std::string& found : insurance_digests(key, *id, false)) {
        result.search.push_back(std::move(found));
      }
    }
  }
  if (!kana.whole.empty()) {
    result.kana = digest(key, "kana", {kana.whole});
  }
  if (!name.whole.empty()) {
    result.name = digest(key, "name", {name.whole});
  }
  std::sort(result.search.begin(), result.search.end());
  result.search.erase(std::unique(result.search.begin(), result.search.end()), result.search.end());
  return result;
}

}  // namespace sekisho::registry
