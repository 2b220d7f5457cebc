#include "mappings/compiler.h"

#include <algorithm>
#include <utility>

#include "fhir/error.h"
#include "mappings/embedded.h"

namespace sekisho::mappings {
namespace {

constexpr std::size_t kMaxOpenNames = 32;

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
  compiler_.pointer_ += "/" + pointer_step(name);
}
PointerStep::PointerStep(Compiler& compiler, std::size_t index)
    : compiler_(compiler), size_(compiler.pointer_.size()) {
  compiler_.pointer_ += "/" + std::to_string(index);
}
PointerStep::~PointerStep() { compiler_.pointer_.resize(size_); }

PointerJump::PointerJump(Compiler& compiler, std::string pointer)
    : compiler_(compiler),
      before_(std::exchange(compiler.pointer_, std::move(pointer))),
      outermost_(compiler.used_at_.empty()) {
  if (outermost_) {
    compiler_.used_at_ = before_;
  }
}
PointerJump::~PointerJump() {
  compiler_.pointer_ = std::move(before_);
  if (outermost_) {
    compiler_.used_at_.clear();
  }
}

Compiler::Compiler(Inherited profile) : profile_(std::move(profile)), root_(profile_.root) {}

void Compiler::fail(const std::string& what) const {
  Origin at = profile_.origin_of(pointer_);
  std::string used = used_at_.empty() ? "" : profile_.origin_of(used_at_).pointer;
  complain(profile_.texts[at.text], at.pointer,
           what + (used.empty() ? "" : " (used at " + used + ")"));
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
    if (list == nullptr || profile_.order.empty()) {
      fail("a profile has at least one rule");
    }
    for (std::size_t number : profile_.order) {
      PointerStep item(*this, number);
      compile_rule((*list)[number]);
    }
  }
  if (const fhir::Json* ignored = root_.find("ignored")) {
    PointerStep step(*this, "ignored");
    compile_ignored(*ignored);
  }
  for (const ProfileText& text : profile_.texts) {
    digest_.update(text.text);
    program_.files.push_back(text.file);
  }
  digest_.update(embedded_file("tables/laboratory_codes.tsv"));
  program_.parents.assign(profile_.ids.begin() + 1, profile_.ids.end());
  program_.digest = fhir::to_hex(digest_.finish());
  return std::move(program_);
}

// What is being compiled may not come again in itself, nor in more steps than anyone reads.
void Compiler::open_name(const std::string& name, const std::string& what) {
  if (!open_names_.insert(name).second) {
    fail(what + " uses itself");
  }
  if (open_names_.size() > kMaxOpenNames) {
    fail("more than " + std::to_string(kMaxOpenNames) +
         " variables and fragments within each other");
  }
}

// `when` and the like are always expressions; a leading "=" is allowed and means nothing.
std::uint32_t Compiler::condition(const fhir::Json& json, Rule& rule, Scope& scope) {
  const std::string* text = json.get<std::string>();
  if (text == nullptr) {
    fail("an expression is expected");
  }
  std::string_view view = *text;
  if (view.starts_with('=')) {
    view.remove_prefix(1);
  }
  return compile_expression(view, rule, scope);
}

// A variable is compiled where it is first used, in the scope of that rule, so that a segment it
// names which the rule cannot see is an error there and not an empty value.
std::uint32_t Compiler::variable(const std::string& name, Rule& rule) {
  if (auto known = rule_vars_.find(name); known != rule_vars_.end()) {
    return known->second;
  }
  const fhir::Json* vars = root_.find("vars");
  const fhir::Json* json = vars == nullptr ? nullptr : vars->find(name);
  if (json == nullptr) {
    fail("there is no variable \"" + name + "\" in /vars");
  }
  std::uint32_t made = 0;
  {
    PointerJump jump(*this, "/vars/" + pointer_step(name));
    open_name("$" + name, "the variable \"" + name + "\"");
    made = compile_template(*json, rule, rule_scope_, "$" + name);
  }
  open_names_.erase("$" + name);
  rule.variables.push_back(made);
  auto index = static_cast<std::uint32_t>(rule.variables.size() - 1);
  rule_vars_.emplace(name, index);
  return index;
}

// `base`: what the parent has at the place that this override replaces. kNone where there is none.
std::uint32_t Compiler::overridden(Rule& rule, Scope& scope) {
  const auto* entry = profile_.base_of(pointer_);
  if (entry == nullptr) {
    return kNone;
  }
  std::string last = entry->first.substr(entry->first.rfind('/') + 1);
  PointerJump jump(*this, base_pointer(entry->second));
  const fhir::Json& json = profile_.overridden[entry->second];
  if (const auto* text = json.get<std::string>()) {
    if (last == "when" || last.starts_with('$')) {
      return condition(json, rule, scope);
    }
    if (text->starts_with('=') && !text->starts_with("==")) {
      return compile_expression(std::string_view(*text).substr(1), rule, scope);
    }
  }
  Expression made;
  made.op = Op::kMake;
  made.reads_source = true;
  made.a = compile_template(json, rule, scope, element_);
  return add(std::move(made));
}

}  // namespace sekisho::mappings
