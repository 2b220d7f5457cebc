#include <algorithm>
#include <utility>

#include "adapter/store/store.h"
#include "fhir/check.h"

namespace sekisho::store {

namespace {

bool is_version_member(const fhir::Json::Member& member) {
  return member.name == "versionId" || member.name == "lastUpdated";
}

// Everything of the text up to where versionId stands, and from behind lastUpdated.
void split_text(const fhir::Json& body, std::string& head, std::string& tail) {
  const auto* members = body.get<fhir::Json::Object>();
  fhir::check(members != nullptr, "a stored resource is an object");
  const fhir::Json* meta = body.find("meta");
  // FHIR's order is resourceType, id, meta; a body without meta gets it there.
  const std::string_view before_meta = body.find("id") != nullptr ? "id" : "resourceType";
  head.assign(1, '{');
  std::string* out = &head;
  const auto write_meta = [&] {
    head += "\"meta\":{";
    out = &tail;
    const auto* inner = meta == nullptr ? nullptr : meta->get<fhir::Json::Object>();
    if (inner != nullptr) {
      for (const fhir::Json::Member& member : *inner) {
        if (!is_version_member(member)) {
          tail += ',';
          fhir::write_json_string(member.name, tail);
          tail += ':';
          fhir::write_json(member.value, tail);
        }
      }
    }
    tail += '}';
  };
  for (const fhir::Json::Member& member : *members) {
    if (out->size() > 1 || out == &tail) {
      *out += ',';
    }
    if (member.name == "meta") {
      write_meta();
      continue;
    }
    fhir::write_json_string(member.name, *out);
    *out += ':';
    fhir::write_json(member.value, *out);
    if (meta == nullptr && member.name == before_meta) {
      *out += ',';
      write_meta();
    }
  }
  fhir::check(out == &tail, "a stored resource has a resourceType");
  tail += '}';
}

void sort_unique(std::vector<fhir::Reference>& references) {
  std::sort(references.begin(), references.end());
  references.erase(std::unique(references.begin(), references.end()), references.end());
}

void collect_references(const fhir::Json& body, Prepared& out) {
  const std::string own = out.type == "Patient"       ? out.id
                          : out.sets.subjects.empty() ? std::string()
                                                      : out.sets.subjects.front();
  for (fhir::FoundReference& found : fhir::references_of(body)) {
    if (!found.literal) {
      continue;
    }
    if (found.literal->type == "ServiceRequest" &&
        found.path.find(".basedOn") != std::string::npos) {
      out.based_on.push_back(*found.literal);
    }
    if (found.literal->type != "Patient" || found.literal->id != own) {
      out.links.push_back(std::move(*found.literal));
    }
  }
  sort_unique(out.links);
  sort_unique(out.based_on);
}

}  // namespace

std::string Prepared::text(std::int64_t version, fhir::Instant last_updated) const {
  std::string text;
  text.reserve(head.size() + tail.size() + 80);
  text += head;
  text += "\"versionId\":\"";
  text += std::to_string(version);
  text += "\",\"lastUpdated\":\"";
  text += fhir::to_text(last_updated);
  text += '"';
  text += tail;
  return text;
}

Prepared prepare(Incoming incoming) {
  Prepared out;
  out.type = std::move(incoming.type);
  out.id = std::move(incoming.id);
  out.sets = std::move(incoming.sets);
  out.patients = std::move(incoming.patients);
  // Written where there is room and copied: a batch of them waits in memory, so each takes no more
  // than it needs.
  thread_local std::string room;
  room.clear();
  split_text(incoming.body, out.head, room);
  out.tail = room;
  out.index = fhir::index_entries(incoming.body);
  std::erase_if(out.index, [](const fhir::IndexEntry& entry) {
    return entry.kind == fhir::SearchKind::kReference;
  });
  collect_references(incoming.body, out);
  return out;
}

}  // namespace sekisho::store
