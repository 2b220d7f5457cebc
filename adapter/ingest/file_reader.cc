#include "adapter/ingest/file_reader.h"

#include <algorithm>
#include <utility>

#include "adapter/ingest/content_check.h"
#include "adapter/ingest/patient_record.h"
#include "connectors/ssmix2/name.h"
#include "fhir/digest.h"
#include "fhir/error.h"
#include "mappings/patient.h"

namespace sekisho::ingest {

namespace {

namespace hl7v2 = connectors::hl7v2;
namespace ssmix2 = connectors::ssmix2;

constexpr std::size_t kDigestBytes = 16;
// More segments than this in one message would hold more memory than the pipeline reckons with.
constexpr std::size_t kMaxSegments = 20'000;

void set_quarantine(Outcome& outcome, QuarantineEntry entry) {
  outcome.row.status = FileStatus::kQuarantined;
  outcome.row.reason = entry.reason;
  outcome.quarantine = std::move(entry);
}

std::string short_digest(std::string_view bytes) {
  const fhir::Digest digest = fhir::sha256(bytes);
  return {reinterpret_cast<const char*>(digest.data()), kDigestBytes};
}

// "[3]" and the like say which one, not which kind.
std::string without_indexes(std::string_view expression) {
  std::string out;
  bool inside = false;
  for (const char c : expression) {
    inside = inside || c == '[';
    if (!inside) {
      out += c;
    }
    inside = inside && c != ']';
  }
  return out;
}

// The path but for its flag: renaming a file does not make other resources of it.
std::string_view stem(std::string_view path) { return path.substr(0, path.size() - 1); }

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// What the file's name says of it.
std::optional<ssmix2::Name> describe(FileRow& row) {
  const auto name = ssmix2::parse_name(file_name(row.path));
  row.type = name ? name->type : std::string();
  row.match_key = name ? ssmix2::match_key(*name) : std::string();
  row.at = name ? name->datetime : std::string();
  row.flag = name ? name->flag - '0' : kNoFlag;
  return name;
}

}  // namespace

Outcome FileReader::read(Candidate candidate) const {
  const Source& source = sources_[candidate.root_index];
  Outcome outcome;
  outcome.root_index = candidate.root_index;
  outcome.scanned_path = candidate.found.path;
  outcome.row = std::move(candidate.row);
  const FileRow before = outcome.row;
  outcome.row.path = std::move(candidate.found.path);
  outcome.row.size = candidate.found.size;
  outcome.row.modified = candidate.found.modified_ns;
  outcome.row.reason.clear();
  outcome.row.digest.clear();
  outcome.row.resources = 0;
  outcome.row.rejected = 0;
  std::string bytes;
  const bool fetched = fetch(source, outcome, bytes);
  const auto name = describe(outcome.row);
  if (!fetched) {
    return outcome;
  }
  outcome.row.digest = short_digest(bytes);
  const bool same_name = before.path == outcome.row.path;
  if (candidate.known && same_name && !candidate.map_again && before.digest == outcome.row.digest) {
    outcome.kind = Outcome::Kind::kSameContent;
    const std::uint64_t size = outcome.row.size;
    const std::int64_t modified = outcome.row.modified;
    outcome.row = before;
    outcome.row.size = size;
    outcome.row.modified = modified;
    return outcome;
  }
  read_bytes(source, name, bytes, outcome);
  return outcome;
}

// Gets the bytes, following a rename that raced with the scan. False: the outcome says why not.
bool FileReader::fetch(const Source& source, Outcome& outcome, std::string& bytes) const {
  FileRow& row = outcome.row;
  try {
    if (row.size > max_file_bytes_) {
      set_quarantine(outcome, quarantine_for("too-large"));
      return false;
    }
    auto content = source.storage.read(row.path, max_file_bytes_);
    if (!content && ssmix2::parse_name(file_name(row.path))) {
      for (const char flag : {'2', '0', '1'}) {
        const auto renamed =
            row.path.back() == flag ? std::nullopt : source.storage.with_flag(row.path, flag);
        if (renamed && (content = source.storage.read(renamed->path, max_file_bytes_))) {
          row.path = renamed->path;
          row.size = renamed->size;
          row.modified = renamed->modified_ns;
          break;
        }
      }
    }
    if (!content) {
      outcome.kind = Outcome::Kind::kVanished;
      return false;
    }
    bytes = std::move(*content);
    return true;
  } catch (const fhir::Error& e) {
    set_quarantine(
        outcome, quarantine_for(e.code() == fhir::ErrorCode::kInput ? "too-large" : "unreadable"));
    return false;
  }
}

void FileReader::read_bytes(const Source& source, const std::optional<ssmix2::Name>& name,
                            const std::string& bytes, Outcome& outcome) const {
  FileRow& row = outcome.row;
  if (!name) {
    set_quarantine(outcome, quarantine_for("name"));
    return;
  }
  const auto place = ssmix2::parse_place(row.path);
  if (!place) {
    set_quarantine(outcome, quarantine_for("place"));
    return;
  }
  hl7v2::ParseLimits limits;
  limits.max_bytes = static_cast<std::size_t>(max_file_bytes_);
  limits.max_segments = kMaxSegments;
  const hl7v2::Parsed parsed = hl7v2::parse(bytes, source.encoding, limits);
  outcome.issues += parsed.issues.size();
  for (const fhir::Issue& issue : parsed.issues) {
    outcome.coverage.push_back({"issue", row.type, issue.code, {}});
  }
  auto refused = check_content(bytes, parsed);
  if (!refused) {
    refused = check_identity(place->patient, name->patient, parsed);
  }
  if (refused) {
    set_quarantine(outcome, std::move(*refused));
  } else if (name->flag == '2') {
    row.status = FileStatus::kSuperseded;
  } else if (name->flag == '0') {
    row.status = FileStatus::kDeleted;
  } else {
    map(source, *name, parsed.messages, outcome);
  }
}

void FileReader::map(const Source& source, const ssmix2::Name& name,
                     const std::vector<hl7v2::Message>& messages, Outcome& outcome) const {
  FileRow& row = outcome.row;
  row.status = FileStatus::kIgnored;
  row.reason = "no mapping profile";
  for (const hl7v2::Message& message : messages) {
    const mappings::Profile* profile = profile_for(message.type(), name.type);
    if (profile == nullptr) {
      continue;
    }
    mappings::Input input{message, name.type, &name, name.type + " #" + std::to_string(row.file),
                          source.settings.ids.opaque("file", stem(row.path))};
    take_result(profile->run(input, source.settings), profile->id(), source.settings.ids,
                name.patient, outcome);
    row.status = FileStatus::kMapped;
    row.reason.clear();
  }
  row.rejected = outcome.rejected.size();
  if (outcome.resources.empty() && !outcome.rejected.empty()) {
    set_quarantine(outcome, quarantine_for("nothing-stored"));
  }
}

const mappings::Profile* FileReader::profile_for(std::string_view message_type,
                                                 std::string_view data_type) const {
  for (const mappings::Pack* pack : packs_) {
    if (const mappings::Profile* profile = pack->find(message_type, data_type)) {
      return profile;
    }
  }
  return nullptr;
}

namespace {

using Insured = std::vector<std::pair<std::string, std::vector<std::string>>>;  // subject, ids

void add_insurance(const Insured& insured, const std::string& patient,
                   std::vector<std::string>& ids) {
  for (const auto& [subject, insurance] : insured) {
    if (subject == patient) {
      ids.insert(ids.end(), insurance.begin(), insurance.end());
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

void take_part(mappings::Part part, const Insured& insured, Produced& produced) {
  if (produced.resource.type == "Patient") {
    std::vector<std::string> ids;
    add_insurance(insured, produced.resource.id, ids);
    fhir::Json::Array list;
    for (std::string& id : ids) {
      list.push_back(fhir::Json(std::move(id)));
    }
    part.what.set("insurance", fhir::Json(std::move(list)));
  }
  produced.part.front().order = std::move(part.order);
  produced.part.front().what = fhir::write_json(part.what);
}

}  // namespace

void take_result(mappings::Result result, const std::string& profile, const fhir::IdKey& ids,
                 const std::string& file_patient, Outcome& outcome) {
  const std::string local_id = mappings::normal_patient_number(file_patient);
  const std::string local_subject = ids.logical_id("Patient", {local_id});
  const auto is_local_id = [&](std::string_view value) {
    return ids.logical_id("Patient", {value}) == local_subject;
  };
  Insured insured;
  std::vector<std::pair<std::size_t, mappings::Part>> parts;  // by place in outcome.resources
  for (mappings::MappedResource& mapped : result.resources) {
    for (const std::string& subject : mapped.sets.subjects) {
      outcome.subjects.emplace(subject, subject == local_subject ? local_id : std::string());
    }
    Produced produced;
    produced.deleted = mapped.deleted;
    if (!mapped.part.empty()) {
      parts.emplace_back(outcome.resources.size(), std::move(mapped.part.front()));
      produced.part.push_back({std::move(mapped.rule), {}, {}});
      produced.resource.type = std::move(mapped.type);
      produced.resource.id = std::move(mapped.id);
    } else if (mapped.deleted) {
      produced.resource.type = mapped.type;
      produced.resource.id = mapped.id;
    } else {
      if (mapped.type == "Patient") {
        outcome.patients.push_back(patient_record(mapped.body, is_local_id));
      } else if (mapped.type == "Coverage" && !mapped.sets.subjects.empty()) {
        insured.emplace_back(mapped.sets.subjects.front(), insurance_ids(mapped.body));
      }
      produced.resource = store::prepare({std::move(mapped.type),
                                          std::move(mapped.id),
                                          std::move(mapped.body),
                                          std::move(mapped.sets),
                                          {}});
    }
    outcome.resources.push_back(std::move(produced));
  }
  for (auto& [place, part] : parts) {
    take_part(std::move(part), insured, outcome.resources[place]);
  }
  for (registry::PatientRecord& record : outcome.patients) {
    add_insurance(insured, record.id, record.insurance_ids);
  }
  for (mappings::RejectedResource& rejected : result.rejected) {
    outcome.rejected.push_back(std::move(rejected));
  }
  outcome.issues += result.issues.size();
  for (const fhir::Issue& issue : result.issues) {
    outcome.coverage.push_back({"issue", profile, issue.code, without_indexes(issue.expression)});
  }
  for (const std::string& field : result.unread) {
    outcome.coverage.push_back({"unread", profile, field, {}});
  }
  for (const mappings::UnmappedCode& code : result.unmapped) {
    outcome.coverage.push_back({"unmapped", profile, code.lookup, code.code});
  }
}

}  // namespace sekisho::ingest
