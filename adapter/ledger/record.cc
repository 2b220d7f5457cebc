#include "adapter/ledger/record.h"

#include <algorithm>

#include "adapter/ledger/line.h"
#include "fhir/digest.h"
#include "fhir/error.h"
#include "fhir/json.h"
#include "fhir/text.h"

namespace sekisho::ledger {
namespace {

constexpr std::string_view kFormat = ",\"format\":1,";
constexpr std::size_t kLongestSaid = 128;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

void add_text(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) {
    return;
  }
  out += ",\"";
  out += name;
  out += "\":";
  fhir::write_json_string(value, out);
}

// The bytes of the character that begins here; empty where they are ill-formed.
std::string_view character_at(std::string_view text) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(4, text.size()); ++size) {
    if (fhir::is_valid_utf8(text.substr(0, size))) {
      return text.substr(0, size);
    }
  }
  return {};
}

// What the client may have sent as it liked.
void add_said(std::string_view name, std::string_view value, std::string& out) {
  if (value.size() <= kLongestSaid && fhir::is_valid_utf8(value)) {
    add_text(name, value, out);
    return;
  }
  std::string kept;
  while (!value.empty()) {
    const std::string_view character = character_at(value);
    const std::string_view piece = character.empty() ? kReplacement : character;
    if (kept.size() + piece.size() > kLongestSaid) {
      break;
    }
    kept += piece;
    value.remove_prefix(std::max<std::size_t>(1, character.size()));
  }
  add_text(name, kept, out);
}

void add_patients(const Record& record, std::string_view seal_key, std::string& out) {
  if (record.patients.empty()) {
    return;
  }
  std::string list;
  for (const Disclosed& one : record.patients) {
    list += one.patient;
    if (!one.categories.empty()) {
      list += '\t';
      list += one.categories;
    }
    list += '\n';
  }
  const std::string sealed = crypto::seal(seal_key, list, record.request_id);
  add_text("patients_digest", fhir::to_hex(fhir::sha256(sealed)), out);
  add_text("patients_sealed", fhir::to_hex(sealed), out);
}

}  // namespace

std::string request_members(const Record& record, std::string_view seal_key) {
  std::string out;
  out.reserve(512);
  add_text("kind", "request", out);
  add_text("request_id", record.request_id, out);
  add_text("client", record.client, out);
  add_text("certificate", record.certificate, out);
  add_said("permit", record.permit, out);
  add_said("purpose", record.purpose, out);
  add_text("mode", record.mode, out);
  add_said("interaction", record.interaction, out);
  add_said("target", record.target, out);
  out += ",\"status\":" + std::to_string(record.status);
  add_text("outcome", record.outcome, out);
  add_text("reason", record.reason, out);
  out += ",\"epoch\":" + std::to_string(record.epoch);
  if (!record.categories.empty()) {
    out += ",\"categories\":";
    char before = '[';
    for (const std::string& code : record.categories) {
      out += before;
      fhir::write_json_string(code, out);
      before = ',';
    }
    out += ']';
  }
  if (!record.counts.empty()) {
    out += ",\"counts\":";
    char before = '{';
    for (const auto& [type, count] : record.counts) {
      out += before;
      fhir::write_json_string(type, out);
      out += ':' + std::to_string(count);
      before = ',';
    }
    out += '}';
  }
  add_patients(record, seal_key, out);
  add_text("body_digest", record.body_digest, out);
  return out;
}

std::string genesis_members(const std::string& public_pem) {
  std::string out;
  add_text("kind", "genesis", out);
  out += kFormat.substr(0, kFormat.size() - 1);
  add_text("public_key", public_pem, out);
  return out;
}

std::string foreign_format(std::string_view genesis) {
  if (genesis.find(kFormat) != std::string_view::npos) {
    return {};
  }
  return "its format is not this program's 1: a newer program wrote it; install that again or "
         "restore the backup made before it";
}

std::string start_members(const Ledger::Options& options, std::uint64_t bytes_cut_off) {
  std::string out;
  add_text("kind", "start", out);
  add_text("host", options.host, out);
  add_text("agent_version", options.agent_version, out);
  add_text("policy_hash", options.policy_hash, out);
  add_text("mapping_hash", options.mapping_hash, out);
  if (bytes_cut_off != 0) {
    out += ",\"bytes_cut_off\":" + std::to_string(bytes_cut_off);
  }
  return out;
}

std::vector<Disclosed> patients_of(std::string_view line, std::string_view seal_key) {
  const std::string_view sealed = plain_member(line, "patients_sealed");
  std::vector<Disclosed> patients;
  if (sealed.empty()) {
    return patients;
  }
  const std::string list = fhir::within("ledger: sealed patient list", [&] {
    return crypto::unseal(seal_key, fhir::from_hex(sealed).value_or(std::string()),
                          plain_member(line, "request_id"));
  });
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find('\n', at), list.size());
    const std::size_t tab = std::min(list.find('\t', at), end);
    patients.push_back({list.substr(at, tab - at),
                        list.substr(std::min(tab + 1, end), end - std::min(tab + 1, end))});
    at = end + 1;
  }
  return patients;
}

}  // namespace sekisho::ledger
