#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/digest.h"
#include "fhir/json.h"
#include "mappings/engine.h"
#include "mappings/inherit.h"
#include "mappings/program.h"

namespace sekisho::mappings {

// What names mean at one place of a profile: the groups that enclose it, root first, and the
// aliases of the $each around it.
struct Scope {
  struct Level {
    const connectors::hl7v2::GroupSchema* group = nullptr;
    std::string segment;  // one segment of the group above, where forEach or $each walks segments
  };
  std::vector<Level> levels;
  std::vector<std::pair<std::string, std::uint32_t>> aliases;
};

// Turns a profile, its parents merged in, into a Program. Every complaint is an Error(kConfig)
// "file:line:column /pointer: what".
class Compiler {
 public:
  explicit Compiler(Inherited profile);
  Program compile();

 private:
  friend class ExpressionParser;
  friend class PointerStep;
  friend class PointerJump;

  [[noreturn]] void fail(const std::string& what) const;
  const fhir::Json* member(const fhir::Json& object, std::string_view name) const;
  std::string text_member(const fhir::Json& object, std::string_view name, bool required) const;
  void only_keys(const fhir::Json& object, const std::vector<std::string_view>& known) const;

  // compile_source.cc
  void compile_head();
  void compile_source(const fhir::Json& source);
  void compile_groups(const fhir::Json& groups);
  void compile_group(connectors::hl7v2::GroupSchema& group, const fhir::Json& json);
  void compile_lookups(const fhir::Json& lookups);
  ConceptMap read_concept_map(const std::string& path);
  void link_other_maps();
  void compile_ignored(const fhir::Json& ignored);
  std::vector<std::string> segment_names(const fhir::Json& list) const;

  // compile_rule.cc
  void compile_rule(const fhir::Json& json);
  void enter_for_each(Rule& rule, const std::string& path);
  void compile_target(const fhir::Json& json, Rule& rule);
  void compile_profiles(const fhir::Json& list, Rule& rule);
  Need compile_need(const fhir::Json& json) const;
  void compile_delete(const fhir::Json& json, Rule& rule);
  void compile_category(const fhir::Json& json, Rule& rule) const;
  void compile_updates(const std::string& updates, Rule& rule);

  // compile_template.cc
  std::uint32_t compile_template(const fhir::Json& json, Rule& rule, Scope& scope,
                                 const std::string& element);
  std::uint32_t compile_object(const fhir::Json& json, Rule& rule, Scope& scope,
                               const std::string& element);
  std::uint32_t compile_each(const fhir::Json& json, Rule& rule, Scope& scope,
                             const std::string& element);
  void enter_each_groups(Template& node, const std::string& path, Scope& inner) const;
  std::uint32_t compile_if(const fhir::Json& json, Rule& rule, Scope& scope,
                           const std::string& element);
  std::uint32_t compile_switch(const fhir::Json& json, Rule& rule, Scope& scope,
                               const std::string& element);
  std::uint32_t compile_first(const fhir::Json& json, Rule& rule, Scope& scope,
                              const std::string& element);
  std::uint32_t compile_use(const fhir::Json& json, Rule& rule, Scope& scope,
                            const std::string& element);
  void compile_members(const fhir::Json& json, Template& node, Rule& rule, Scope& scope,
                       const std::string& element);
  void check_literal(const fhir::Json& json);
  void compile_issue(const fhir::Json& json, Template& node, Rule& rule, Scope& scope);
  std::uint32_t add(Template node);
  void open_name(const std::string& name, const std::string& what);

  // compile_expression.cc
  std::uint32_t compile_expression(std::string_view text, Rule& rule, Scope& scope);
  std::uint32_t condition(const fhir::Json& json, Rule& rule, Scope& scope);
  std::uint32_t variable(const std::string& name, Rule& rule);
  std::uint32_t overridden(Rule& rule, Scope& scope);
  std::uint32_t slot_for(const std::string& segment, Rule& rule, const Scope& scope);
  std::uint32_t add(Expression expression);

  Inherited profile_;
  const fhir::Json& root_;
  fhir::Sha256 digest_;  // of the texts, each ConceptMap, the laboratory table
  std::string pointer_;
  std::string used_at_;  // from where a PointerJump went
  std::string element_;  // that the template being compiled gives
  Program program_;
  Scope rule_scope_;                                // of the rule being compiled
  std::map<std::string, std::uint32_t> rule_vars_;  // variables met in it
  std::set<std::string> open_names_;                // variables and fragments being compiled
};

// Walks into a member or item while it lives, so that a complaint names the place.
class PointerStep {
 public:
  PointerStep(Compiler& compiler, std::string_view name);
  PointerStep(Compiler& compiler, std::size_t index);
  ~PointerStep();
  PointerStep(const PointerStep&) = delete;
  PointerStep& operator=(const PointerStep&) = delete;

 private:
  Compiler& compiler_;
  std::size_t size_;
};

// Goes to another place of the profile while it lives: a fragment, a variable, what was overridden.
class PointerJump {
 public:
  PointerJump(Compiler& compiler, std::string pointer);
  ~PointerJump();
  PointerJump(const PointerJump&) = delete;
  PointerJump& operator=(const PointerJump&) = delete;

 private:
  Compiler& compiler_;
  std::string before_;
  bool outermost_;
};

bool is_segment_name(std::string_view text);
bool is_annotation(std::string_view key);  // "$doc" and "x-…": accepted anywhere, read by nobody

}  // namespace sekisho::mappings
