#include "adapter/crypto/keys.h"
#include "adapter/registry/book.h"
#include "fhir/digest.h"
#include "fhir/error.h"

namespace sekisho::registry {

using fhir::Json;

namespace {
std::string bound_to(const std::string& refusal) { return "refusal\x1f" + refusal; }
}  // namespace

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
  put("link_code", keys.link_code);
  return fhir::to_hex(crypto::seal(key, fhir::write_json(value), bound_to(refusal)));
}

std::optional<PersonKeys> unseal_keys(std::string_view sealed_hex, const std::string& refusal,
                                      std::string_view key) {
  const auto sealed = fhir::from_hex(sealed_hex);
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
  keys.link_code = value.text("link_code");
  return keys;
}

}  // namespace sekisho::registry
