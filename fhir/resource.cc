#include "fhir/resource.h"

#include <algorithm>
#include <utility>

#include "fhir/mandatory_references.h"

namespace sekisho::fhir {

namespace {

constexpr std::size_t kUsualPath = 40;
constexpr std::size_t kUsualReferences = 8;

bool is_type_name(std::string_view text) {
  return !text.empty() && text.front() >= 'A' && text.front() <= 'Z' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

// The last path segment of `rest`, cut off together with its slash.
std::string_view take_last(std::string_view& rest) {
  const std::size_t slash = rest.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(0, slash);
  return last;
}

bool is_http_base(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.substr(0, scheme.size()) == scheme) {
      return text.size() > scheme.size() && text[scheme.size()] != '/';
    }
  }
  return false;
}

// Reference.identifier with nothing beside it that a Reference does not have. A resource has an
// identifier too, and so have a few backbone elements: their other members tell them apart.
bool is_logical_reference(const Json& object) {
  const Json* identifier = object.find("identifier");
  if (identifier == nullptr || identifier->get<Json::Object>() == nullptr) {
    return false;
  }
  const auto& members = *object.get<Json::Object>();
  return std::all_of(members.begin(), members.end(), [](const Json::Member& member) {
    const std::string_view name = member.name;
    return name == "identifier" || name == "type" || name == "display" || name == "id" ||
           name == "extension" || name == "_type" || name == "_display" || name == "reference" ||
           name == "_reference";
  });
}

const std::string* reference_text(const Json& object) {
  const Json* reference = object.find("reference");
  return reference == nullptr ? nullptr : reference->get<std::string>();
}

// One step of the way from the resource to a value; the path is spelled out only when something was
// found, since most values hold no reference.
struct Step {
  const Step* up = nullptr;
  std::string_view name;
  std::size_t index = 0;
  bool indexed = false;
};

void spell(const Step& step, std::string& out) {
  if (step.up != nullptr) {
    spell(*step.up, out);
  }
  if (step.indexed) {
    out += '[';
    out += std::to_string(step.index);
    out += ']';
    return;
  }
  if (step.up != nullptr) {
    out += '.';
  }
  out += step.name;
}

void collect(const Json& value, const Step& here, std::vector<FoundReference>& found) {
  if (const auto* items = value.get<Json::Array>()) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      collect((*items)[i], Step{&here, {}, i, true}, found);
    }
    return;
  }
  const auto* members = value.get<Json::Object>();
  if (members == nullptr) {
    return;
  }
  const std::string* text = reference_text(value);
  if (text != nullptr || is_logical_reference(value)) {
    FoundReference& reference = found.emplace_back();
    reference.path.reserve(kUsualPath);
    spell(here, reference.path);
    reference.object = &value;
    if (text != nullptr) {
      reference.literal = parse_reference(*text);
      reference.local = !text->empty() && text->front() == '#';
    }
    reference.has_identifier = value.find("identifier") != nullptr;
  }
  for (const Json::Member& member : *members) {
    collect(member.value, Step{&here, member.name, 0, false}, found);
  }
}

// Copies a resource without the dropped references.
class Pruner {
 public:
  explicit Pruner(const std::function<bool(const Reference&)>& drop) : drop_(drop) {}

  bool mandatory_lost() const { return mandatory_lost_; }

  // Nothing where the value is a dropped reference or has become empty by one. `path` is
  // "Type.element" without indices; a contained resource begins its own.
  std::optional<Json> copy(const Json& value, const std::string& path) {
    if (value.get<Json::Array>() != nullptr) {
      return copy_array(value, path);
    }
    if (value.get<Json::Object>() == nullptr) {
      return value;
    }
    const std::string* text = reference_text(value);
    if (text != nullptr) {
      const std::optional<Reference> literal = parse_reference(*text);
      if (literal && drop_(*literal)) {
        return std::nullopt;
      }
    }
    return copy_object(value, path);
  }

 private:
  std::optional<Json> copy_array(const Json& value, const std::string& path) {
    const auto& items = *value.get<Json::Array>();
    // The extensions of a list of primitives ("_given") stand at the index of their primitive.
    const bool by_index = path[path.rfind('.') + 1] == '_';
    Json::Array kept;
    kept.reserve(items.size());
    bool lost = false;
    for (const Json& item : items) {
      if (std::optional<Json> copied = copy(item, path)) {
        kept.push_back(std::move(*copied));
        continue;
      }
      lost = true;
      if (by_index) {
        kept.emplace_back();
      }
      // What a modifier extension said would change the meaning of what stays.
      mandatory_lost_ = mandatory_lost_ || path.ends_with(".modifierExtension");
    }
    const bool empty =
        std::all_of(kept.begin(), kept.end(), [](const Json& item) { return item.is_null(); });
    if (lost && empty) {
      return std::nullopt;
    }
    return Json(std::move(kept));
  }

  std::optional<Json> copy_object(const Json& value, const std::string& path) {
    const auto& members = *value.get<Json::Object>();
    const std::string_view type = value.text("resourceType");
    const std::string& base = type.empty() ? path : std::string(type);
    Json::Object kept;
    kept.reserve(members.size());
    bool lost = false;
    for (const Json::Member& member : members) {
      const std::string below = base + "." + member.name;
      if (std::optional<Json> copied = copy(member.value, below)) {
        kept.push_back(Json::Member{member.name, std::move(*copied)});
        continue;
      }
      lost = true;
      // Signature.who is mandatory wherever a Signature stands.
      mandatory_lost_ =
          mandatory_lost_ || is_mandatory_reference(below) || below.ends_with(".signature.who");
    }
    // An extension has a value or extensions of its own (ext-1); its url alone says nothing.
    const bool is_extension = path.ends_with(".extension") || path.ends_with(".modifierExtension");
    if (lost && (kept.empty() || (is_extension && kept.size() == 1 && kept[0].name == "url"))) {
      return std::nullopt;
    }
    return Json(std::move(kept));
  }

  const std::function<bool(const Reference&)>& drop_;
  bool mandatory_lost_ = false;
};

}  // namespace

bool is_logical_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

std::optional<Reference> parse_reference(std::string_view text) {
  std::string_view rest = text;
  std::string_view id = take_last(rest);
  std::string_view type = take_last(rest);
  if (type == "_history") {
    if (!is_logical_id(id)) {
      return std::nullopt;
    }
    id = take_last(rest);
    type = take_last(rest);
  }
  if (!is_type_name(type) || !is_logical_id(id)) {
    return std::nullopt;
  }
  if (!rest.empty() && !is_http_base(rest)) {
    return std::nullopt;
  }
  const bool relative = text.substr(0, type.size()) == type && rest.empty();
  if (rest.empty() && !relative) {
    return std::nullopt;  // "/Patient/x"
  }
  return Reference{std::string(type), std::string(id)};
}

std::vector<FoundReference> references_of(const Json& resource) {
  std::vector<FoundReference> found;
  found.reserve(kUsualReferences);
  collect(resource, Step{nullptr, resource.text("resourceType"), 0, false}, found);
  return found;
}

Pruned prune_references(const Json& resource, const std::function<bool(const Reference&)>& drop) {
  Pruner pruner(drop);
  Pruned pruned;
  pruned.resource =
      pruner.copy(resource, std::string(resource.text("resourceType"))).value_or(Json());
  pruned.mandatory_lost = pruner.mandatory_lost();
  return pruned;
}

}  // namespace sekisho::fhir
