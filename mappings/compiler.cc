#include "mappings/compiler.h"

#include <algorithm>

#include "fhir/error.h"
#include "mappings/embedded.h"

namespace sekisho::mappings {
namespace {

constexpr fhir::JsonLimits kProfileJson{64, true};

std::string escaped(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

void line_and_column(std::string_view text, std::size_t offset, std::size_t& line,
                     std::size_t& column) {
  std::string_view before = text.substr(0, offset);
  line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  std::size_t newline = before.rfind('\n');
  column = newline == std::string_view::npos ? offset + 1 : offset - newline;
}

}  // namespace

bool is_segment_name(std::string_view text) {
  auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 3 && upper(text[0]) && (upper(text[1]) || digit(text[1])) &&
         (upper(text[2]) || digit(text[2]));
}

bool is_annotation(std::string_view key) { return key == "$doc" || key.starts_with("x-"); }

PointerStep::PointerStep(Compiler& compiler, std::string_view name)
    : compiler_(compiler), size_(compiler.pointer_.size()) {
  compiler_.pointer_ += "/" + escaped(name);
}
PointerStep::PointerStep(Compiler& compiler, std::size_t index)
    : compiler_(compiler), size_(compiler.pointer_.size()) {
  compiler_.pointer_ += "/" + std::to_string(index);
}
PointerStep::~PointerStep() { compiler_.pointer_.resize(size_); }

Compiler::Compiler(std::string_view text, std::string file, const Profile::Open& open)
    : text_(text), file_(std::move(file)), open_(open) {}

void Compiler::fail(const std::string& what) const {
  std::string place = file_;
  std::vector<fhir::JsonPosition> positions = fhir::json_positions(text_, kProfileJson);
  // What is missing has no place of its own: then the object that lacks it is shown.
  for (std::string pointer = pointer_;; pointer.resize(pointer.rfind('/'))) {
    auto found = std::find_if(positions.begin(), positions.end(),
                              [&](const fhir::JsonPosition& p) { return p.pointer == pointer; });
    if (found != positions.end()) {
      place += ":" + std::to_string(found->line) + ":" + std::to_string(found->column);
      break;
    }
    if (pointer.empty()) {
      break;
    }
  }
  throw fhir::Error(fhir::ErrorCode::kConfig,
                    place + " " + (pointer_.empty() ? "/" : pointer_) + ": " + what);
}

const fhir::Json* Compiler::member(const fhir::Json& object, std::string_view name) const {
  const fhir::Json* found = object.find(name);
  if (found == nullptr) {
    fail("\"" + std::string(name) + "\" is missing");
  }
  return found;
}

std::string Compiler::text_member(const fhir::Json& object, std::string_view name,
                                  bool required) const {
  const fhir::Json* found = object.find(name);
  if (found == nullptr && !required) {
    return {};
  }
  const std::string* text = found == nullptr ? nullptr : found->get<std::string>();
  if (text == nullptr || text->empty()) {
    fail("\"" + std::string(name) + "\" must be a text");
  }
  return *text;
}

void Compiler::only_keys(const fhir::Json& object,
                         const std::vector<std::string_view>& known) const {
  const auto* members = object.get<fhir::Json::Object>();
  if (members == nullptr) {
    fail("an object is expected");
  }
  for (const fhir::Json::Member& m : *members) {
    if (is_annotation(m.name) || std::find(known.begin(), known.end(), m.name) != known.end()) {
      continue;
    }
    std::string list;
    for (std::string_view name : known) {
      list += (list.empty() ? "" : ", ") + std::string(name);
    }
    fail("\"" + m.name + "\" is not known here (known: " + list +
         "; a key of your own begins with \"x-\")");
  }
}

Program Compiler::compile() {
  try {
    root_ = fhir::parse_json(text_, kProfileJson);
  } catch (const fhir::JsonError& e) {
    std::size_t line = 0, column = 0;
    line_and_column(text_, e.offset(), line, column);
    throw fhir::Error(fhir::ErrorCode::kConfig, file_ + ":" + std::to_string(line) + ":" +
                                                    std::to_string(column) + " " + e.reason());
  }
  compile_head();
  {
    const fhir::Json* source = member(root_, "source");
    PointerStep step(*this, "source");
    compile_source(*source);
  }
  if (const fhir::Json* lookups = root_.find("lookups")) {
    PointerStep step(*this, "lookups");
    compile_lookups(*lookups);
  }
  {
    const fhir::Json* rules = member(root_, "rules");
    PointerStep step(*this, "rules");
    const auto* list = rules->get<fhir::Json::Array>();
    if (list == nullptr || list->empty()) {
      fail("a profile has at least one rule");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      PointerStep item(*this, i);
      compile_rule((*list)[i]);
    }
  }
  if (const fhir::Json* ignored = root_.find("ignored")) {
    PointerStep step(*this, "ignored");
    compile_ignored(*ignored);
  }
  digest_.update(text_);
  digest_.update(embedded_file("tables/laboratory_codes.tsv"));
  program_.digest = fhir::to_hex(digest_.finish());
  return std::move(program_);
}

}  // namespace sekisho::mappings
