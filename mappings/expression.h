#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappings/function_table.h"

namespace sekisho::mappings {

// A node of a compiled expression. Nodes stand in Program::expressions and name each other, and
// what they use, by index.

inline constexpr std::uint32_t kNone = ~std::uint32_t{0};

enum class Op : std::uint8_t {
  kLiteral,  // a: literals
  kPath,     // a: slots; path
  kVar,      // a: variable of the rule
  kAlias,    // a: alias slot; component, subcomponent
  kConfig,   // a: config_names
  kSsmix,    // a: SsmixPart
  kIndex,    // $index: which instance of forEach, from 1
  kId,       // $id: the resource's logical id
  kKey,      // $key: the parts of its key
  kMake,     // a: templates: what an override's `base` stands for
  kNot,
  kAnd,
  kOr,
  kCompare,
  kIn,  // args[0] in literals a .. a + b
  kExists,
  kMatches,  // a: regexes
  kCall,     // function, args
};
enum class Comparison : std::uint8_t { kEqual, kNotEqual, kLess, kGreater, kAtMost, kAtLeast };
enum class SsmixPart : std::uint8_t { kFlag, kType, kDate, kOrder, kDepartment };

struct Expression {
  Op op = Op::kLiteral;
  Function function = Function::kTrim;
  Comparison comparison = Comparison::kEqual;
  bool reads_source = false;  // false for literals, configuration and what is made of them alone
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint16_t field = 0, repetition = 0, component = 0, subcomponent = 0;
  std::uint32_t predicate = kNone;  // predicates
  std::vector<std::uint32_t> args;
};

// PID-5[.8='I'] and where(.8 = 'I'): keeps the repetitions whose component compares so.
struct Predicate {
  std::uint16_t component = 0;
  Comparison comparison = Comparison::kEqual;
  std::string literal;
};

}  // namespace sekisho::mappings
