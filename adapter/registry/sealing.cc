#include "adapter/crypto/keys.h"
#include "adapter/registry/book.h"
#include "fhir/error.h"

namespace sekisho::registry {

using fhir::Json;

namespace {
std::string bound_to(const std::string& refusal) { return "refusal\x1f" + refusal; }
}  // namespace

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return text.size() % 2 == 0 ? std::optional(bytes) : std::nullopt;
}

std::string signed_permit(const Json& body, const std::vector<std::string>& by) {
  Json plain = body;
  plain.erase("signature");
  Json names = Json::Array{};
  for (const std::string& name : by) {
    names.push(name);
  }
  return "sekisho permit\n" +
         fhir::write_json(Json::object({{"permit", std::move(plain)}, {"by", std::move(names)}}));
}

std::string seal_keys(const PersonKeys& keys, const std::string& refusal, std::string_view key) {
  Json value = Json::object({});
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) {
      value.set(name, text);
    }
  };
  put("card", keys.card);
  put("kana", keys.kana);
  put("name", keys.name);
  put("birth", keys.birth ? fhir::to_text(*keys.birth) : "");
  put("insurer", keys.insurer);
  put("symbol", keys.symbol);
  put("number", keys.number);
  put("branch", keys.branch);
  return to_hex(crypto::seal(key, fhir::write_json(value), bound_to(refusal)));
}

std::optional<PersonKeys> unseal_keys(std::string_view sealed_hex, const std::string& refusal,
                                      std::string_view key) {
  const auto sealed = from_hex(sealed_hex);
  if (!sealed || sealed->empty()) {
    return std::nullopt;
  }
  const Json value = fhir::parse_json(crypto::unseal(key, *sealed, bound_to(refusal)));
  PersonKeys keys;
  keys.card = value.text("card");
  keys.kana = value.text("kana");
  keys.name = value.text("name");
  keys.birth = fhir::parse_civil_date(value.text("birth"));
  keys.insurer = value.text("insurer");
  keys.symbol = value.text("symbol");
  keys.number = value.text("number");
  keys.branch = value.text("branch");
  return keys;
}

}  // namespace sekisho::registry
