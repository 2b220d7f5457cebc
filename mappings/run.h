#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/hl7v2/groups.h"
#include "mappings/coverage.h"
#include "mappings/engine.h"
#include "mappings/instance.h"
#include "mappings/program.h"
#include "mappings/release_sets.h"

namespace sekisho::mappings {

// One run of a program over one message. Lives for that message only.
class Run {
 public:
  Run(const Program& program, const Input& input, const Settings& settings, Result& result);
  void all();

 private:
  // run.cc
  void map();
  void run_rule(std::uint32_t number);
  void walk_groups(Instance& instance, std::size_t depth);
  void run_instance(Instance& instance);
  bool make_key(Instance& instance);
  void produce(Instance& instance, bool deleted);
  void complete(Instance& instance);
  void reject(const Rule& rule, std::string code, std::string source, std::string what);
  void issue(std::string code, std::string what,
             fhir::Issue::Severity severity = fhir::Issue::Severity::kWarning);
  std::string place_of(const FieldRef& ref) const;
  void unmapped(std::string lookup, std::string code);
  void exceed(std::string_view what);
  void trace(const Template& node, const fhir::Json& value);
  bool spend(std::size_t bytes);

  // evaluate.cc
  Value evaluate(std::uint32_t expression);
  Value field_value(const Expression& expression);
  Value alias_value(const Expression& expression) const;
  Value ssmix_value(SsmixPart part) const;
  bool in_list(const Expression& expression);
  bool truth(const Value& value);
  // Calls `use` with the value of an expression; what a variable has is not copied.
  template <class F>
  auto with_value(std::uint32_t expression, F&& use) {
    const Value* held = variable_at(expression);
    return held != nullptr ? use(*held) : use(evaluate(expression));
  }
  const Value* variable_at(std::uint32_t expression);  // null: no variable, or steps are used up
  bool truth_of(std::uint32_t expression) {
    return with_value(expression, [&](const Value& value) { return truth(value); });
  }
  bool compare(const Expression& expression);
  bool exists(const Value& value);
  // The text of a value. Views are good until `buffer` changes.
  std::string_view view(const Value& value, std::string& buffer);
  std::string text(const Value& value);
  std::string text_at(std::uint32_t expression) {
    return with_value(expression, [&](const Value& value) { return text(value); });
  }
  FieldRef single(FieldRef ref);
  std::string_view raw(const FieldRef& ref);
  std::string part(const FieldRef& ref, std::uint16_t component, std::uint16_t subcomponent = 0);
  std::vector<FieldRef> repetitions(const FieldRef& ref);
  Value::List items(const Value& value);
  const connectors::hl7v2::Segment* segment_at(std::uint32_t slot);
  const Value& variable(std::uint32_t index);
  bool passes(const Predicate& test, const FieldRef& repetition);
  Value kept_where(const Expression& expression);
  Value ordinal(const Expression& expression);

  // make.cc
  Made make(std::uint32_t node);
  Made make(const Template& node);
  Made make_expression(const Template& node);
  Made make_object(const Template& node);
  Made make_array(const Template& node);
  Made make_each(const Template& node);
  void each_value(const Template& node, fhir::Json::Array& out);
  void each_group(const Template& node, std::size_t depth, const connectors::hl7v2::Group& group,
                  fhir::Json::Array& out);
  void each_body(const Template& node, fhir::Json::Array& out);
  Made make_choice(const Template& node);
  fhir::Json to_json(const Value& value);
  fhir::Json to_json(Value&& value);

  // functions_*.cc
  Value call(const Expression& expression);
  Value call_choice(const Expression& expression);
  Value call_text(const Expression& expression);
  Value call_type(const Expression& expression);
  Value call_term(const Expression& expression);
  Value call_list(const Expression& expression);
  Value split_text(const Expression& expression);
  Value substring(const Expression& expression);
  Value joined(const Expression& expression);
  Value switched(const Expression& expression);
  Value date_time(const Expression& expression);
  Value decimal(const Value& value);
  Value integer(const Value& value);
  Value whole_text(const Value& value);
  Value base64(const Value& value);
  Value human_name(const Value& value, const NameParts& at);
  Value address(const Value& value);
  Value telecom(const Value& value);
  Value quantity(const Expression& expression);
  Value looked_up(const Expression& expression);
  Value added_coding(const Expression& expression);
  fhir::Json coding(const Value& value, std::uint16_t first);
  Value concept_of(const Value& value);
  std::string system_uri(const std::string& name, const std::string& code, const FieldRef* at);
  std::string facility_system(const std::string& name) const;
  Value reference(const Expression& expression);
  Value key_reference(const Expression& expression);
  Value hashed(const Expression& expression);

  void finish();  // finish.cc
  void add_meta(std::size_t pending);
  friend class Clears;
  MappedResource contribute(std::size_t pending, const SourceKind& source);

  const Program& program_;
  const Input& input_;
  const Settings& settings_;
  Result& result_;
  Coverage coverage_;
  connectors::hl7v2::Grouped grouped_;
  std::vector<std::string_view> config_;  // by Program::config_names
  std::string_view zone_;
  std::vector<Pending> pending_;
  std::vector<std::vector<std::size_t>> made_by_;       // pending_ by rule
  std::unordered_map<std::string, std::size_t> by_id_;  // "Type/id" to pending
  std::set<std::string> told_;                          // issues told once a run
  Instance* now_ = nullptr;
  const std::string* element_ = nullptr;  // of the template being made
  FieldRef last_read_;                    // for the place of an Issue
  bool required_missing_ = false;
  std::size_t steps_ = 0;
  std::size_t depth_ = 0;      // of templates and variables within each other
  std::size_t made_text_ = 0;  // bytes
  std::string_view exceeded_;  // the limit that was passed
};

}  // namespace sekisho::mappings
