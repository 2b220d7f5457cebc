#include <algorithm>
#include <charconv>

#include "mappings/compiler.h"

namespace sekisho::mappings {
namespace {

// An expression that people write stays far below; what is deeper or longer is refused, so that
// neither compiling nor evaluating it can run out of stack.
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 128;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

struct NamedComparison {
  std::string_view sign;
  Comparison comparison;
};
constexpr NamedComparison kComparisons[] = {
    {"!=", Comparison::kNotEqual}, {"<=", Comparison::kAtMost}, {">=", Comparison::kAtLeast},
    {"=", Comparison::kEqual},     {"<", Comparison::kLess},    {">", Comparison::kGreater},
};

}  // namespace

// A recursive-descent parser of mapping-format 6.3. Adds nodes to the program as it reads.
class ExpressionParser {
 public:
  ExpressionParser(Compiler& compiler, std::string_view text, Rule& rule, Scope& scope)
      : compiler_(compiler), text_(text), rule_(rule), scope_(scope) {}

  std::uint32_t whole() {
    std::uint32_t made = pipe();
    skip();
    if (at_ != text_.size()) {
      fail("nothing may follow here");
    }
    return made;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    compiler_.fail(what + " (character " + std::to_string(at_ + 1) + " of the expression)");
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
  }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool take(char c) {
    skip();
    if (peek() != c) {
      return false;
    }
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) {
      fail(std::string("\"") + c + "\" is missing");
    }
  }
  std::string_view name_here() const {
    std::size_t end = at_;
    while (end < text_.size() && (is_name(text_[end]))) {
      ++end;
    }
    return text_.substr(at_, end - at_);
  }
  bool take_word(std::string_view word) {
    skip();
    if (!is_name_start(peek()) || name_here() != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }
  std::uint32_t literal(std::string text) {
    auto& literals = compiler_.program_.literals;
    literals.push_back(std::move(text));
    return static_cast<std::uint32_t>(literals.size() - 1);
  }
  bool reads(std::uint32_t node) const { return compiler_.program_.expressions[node].reads_source; }
  std::uint32_t node(Op op, std::vector<std::uint32_t> args) {
    if (++nodes_ > kMaxNodes) {
      fail("the expression is longer than " + std::to_string(kMaxNodes) + " parts");
    }
    Expression made;
    made.op = op;
    made.args = std::move(args);
    made.reads_source = std::any_of(made.args.begin(), made.args.end(),
                                    [&](std::uint32_t arg) { return reads(arg); });
    return compiler_.add(std::move(made));
  }

  std::uint32_t pipe() {
    if (++depth_ > kMaxDepth) {
      fail("the expression is nested too deeply");
    }
    std::uint32_t left = either();
    while (take('|')) {
      skip();
      left = call(left);
    }
    --depth_;
    return left;
  }
  std::uint32_t either() {
    std::uint32_t left = both();
    while (take_word("or")) {
      left = node(Op::kOr, {left, both()});
    }
    return left;
  }
  std::uint32_t both() {
    std::uint32_t left = compared();
    while (take_word("and")) {
      left = node(Op::kAnd, {left, compared()});
    }
    return left;
  }
  std::uint32_t compared() {
    std::uint32_t left = term();
    skip();
    for (const NamedComparison& known : kComparisons) {
      if (text_.substr(at_).starts_with(known.sign)) {
        at_ += known.sign.size();
        std::uint32_t made = node(Op::kCompare, {left, term()});
        compiler_.program_.expressions[made].comparison = known.comparison;
        return made;
      }
    }
    if (take_word("exists")) {
      return node(Op::kExists, {left});
    }
    if (take_word("matches")) {
      std::uint32_t made = node(Op::kMatches, {left});
      compiler_.program_.expressions[made].a = regex(quoted());
      return made;
    }
    if (take_word("in")) {
      return in_list(left);
    }
    return left;
  }
  std::uint32_t in_list(std::uint32_t left) {
    expect('(');
    std::uint32_t made = node(Op::kIn, {left});
    std::uint32_t from = kNone, count = 0;
    do {
      std::uint32_t index = literal(literal_text());
      from = count == 0 ? index : from;
      ++count;
    } while (take(','));
    expect(')');
    compiler_.program_.expressions[made].a = from;
    compiler_.program_.expressions[made].b = count;
    return made;
  }
  std::string quoted() {
    expect('\'');
    std::string out;
    while (at_ < text_.size()) {
      char c = text_[at_++];
      if (c != '\'') {
        out.push_back(c);
      } else if (peek() == '\'') {
        out.push_back('\'');
        ++at_;
      } else {
        return out;
      }
    }
    fail("the text in quotes does not end");
  }
  std::string literal_text() {
    skip();
    if (peek() == '\'') {
      return quoted();
    }
    std::size_t start = at_;
    if (peek() == '-') {
      ++at_;
    }
    while (is_digit(peek()) || peek() == '.') {
      ++at_;
    }
    if (at_ == start) {
      fail("a text in quotes or a number is expected");
    }
    return std::string(text_.substr(start, at_ - start));
  }
  std::uint32_t regex(const std::string& pattern) {
    try {
      compiler_.program_.regexes.emplace_back(pattern);
    } catch (const fhir::Error& e) {
      fail("the pattern is no regular expression: " + e.text());
    }
    return static_cast<std::uint32_t>(compiler_.program_.regexes.size() - 1);
  }
  std::uint16_t number() {
    std::uint16_t out = 0;
    const char* from = text_.data() + at_;
    auto [end, error] = std::from_chars(from, text_.data() + text_.size(), out);
    if (error != std::errc() || out == 0) {
      fail("a number from 1 is expected");
    }
    at_ += static_cast<std::size_t>(end - from);
    return out;
  }

  std::uint32_t term() {
    skip();
    char c = peek();
    if (c == '(') {
      ++at_;
      std::uint32_t made = pipe();
      expect(')');
      return made;
    }
    if (c == '\'' || is_digit(c) || c == '-') {
      Expression made;
      made.a = literal(literal_text());
      return compiler_.add(std::move(made));
    }
    if (c == '$') {
      ++at_;
      return dollar();
    }
    if (!is_name_start(c)) {
      fail("a field, a name, a function or a text in quotes is expected");
    }
    if (take_word("not")) {
      if (++depth_ > kMaxDepth) {
        fail("the expression is nested too deeply");
      }
      std::uint32_t made = node(Op::kNot, {term()});
      --depth_;
      return made;
    }
    std::string_view name = name_here();
    if (is_segment_name(name)) {
      return path();
    }
    if (name == "config") {
      return config();
    }
    if (name == "ssmix") {
      return ssmix();
    }
    if (std::uint32_t alias = find_alias(name); alias != kNone) {
      at_ += name.size();
      return aliased(alias);
    }
    if (name == "base") {
      std::uint32_t made = compiler_.overridden(rule_, scope_);
      if (made == kNone) {
        fail("there is no \"base\" here: nothing of a parent is overridden");
      }
      at_ += name.size();
      return made;
    }
    return call(kNone);
  }

  std::uint32_t dollar() {
    std::string name(name_here());
    at_ += name.size();
    Expression made;
    if ((name == "id" || name == "key") && rule_.into != kNone) {
      fail("$" + name + " is not known where a rule completes what another one made");
    }
    if (name == "index") {
      made.op = Op::kIndex;
    } else if (name == "id") {
      made.op = Op::kId;
    } else if (name == "key") {
      if (compiler_.element_.find(".identifier") != std::string::npos) {
        fail(
            "$key is not for an identifier: it holds the patient number; write $id, the opaque "
            "logical id");
      }
      made.op = Op::kKey;
      rule_.shows_key = true;
      made.reads_source = true;
    } else {
      made.op = Op::kVar;
      made.a = compiler_.variable(name, rule_);
      made.reads_source = true;
    }
    return compiler_.add(std::move(made));
  }

  // SEG-5[1].2.1, SEG-5[.8='I'].1, or SEG alone
  std::uint32_t path() {
    Expression made;
    made.op = Op::kPath;
    made.reads_source = true;
    std::string segment(name_here());
    made.a = compiler_.slot_for(segment, rule_, scope_);
    at_ += segment.size();
    if (peek() == '-' && is_digit(peek(1))) {
      ++at_;
      made.field = number();
      if (peek() == '[') {
        ++at_;
        repetition(made);
      }
      components(made);
    }
    return compiler_.add(std::move(made));
  }
  void repetition(Expression& made) {
    skip();
    if (is_digit(peek())) {
      made.repetition = number();
    } else {
      made.predicate = predicate();
    }
    expect(']');
  }
  std::uint32_t predicate() {
    expect('.');
    Predicate test;
    test.component = number();
    skip();
    for (const NamedComparison& known : kComparisons) {
      if (text_.substr(at_).starts_with(known.sign)) {
        at_ += known.sign.size();
        test.comparison = known.comparison;
        test.literal = literal_text();
        auto& predicates = compiler_.program_.predicates;
        predicates.push_back(std::move(test));
        return static_cast<std::uint32_t>(predicates.size() - 1);
      }
    }
    fail("a comparison of a component is expected, such as .8 = 'I'");
  }
  void components(Expression& made) {
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      made.component = number();
      if (peek() == '.' && is_digit(peek(1))) {
        ++at_;
        made.subcomponent = number();
      }
    }
  }

  std::uint32_t config() {
    at_ += 6;
    expect('.');
    std::string name(name_here());
    at_ += name.size();
    auto& names = compiler_.program_.config_names;
    auto found = std::find(names.begin(), names.end(), name);
    Expression made;
    made.op = Op::kConfig;
    made.a = static_cast<std::uint32_t>(found - names.begin());
    if (found == names.end()) {
      names.push_back(name);
    }
    return compiler_.add(std::move(made));
  }
  std::uint32_t ssmix() {
    at_ += 5;
    expect('.');
    std::string_view name = name_here();
    static constexpr std::pair<std::string_view, SsmixPart> kParts[] = {
        {"flag", SsmixPart::kFlag},
        {"type", SsmixPart::kType},
        {"date", SsmixPart::kDate},
        {"order", SsmixPart::kOrder},
        {"department", SsmixPart::kDepartment}};
    for (const auto& [known, part] : kParts) {
      if (name == known) {
        at_ += name.size();
        Expression made;
        made.op = Op::kSsmix;
        made.a = static_cast<std::uint32_t>(part);
        made.reads_source = true;
        return compiler_.add(std::move(made));
      }
    }
    fail("ssmix has flag, type, date, order and department");
  }

  std::uint32_t find_alias(std::string_view name) const {
    for (auto alias = scope_.aliases.rbegin(); alias != scope_.aliases.rend(); ++alias) {
      if (alias->first == name) {
        return alias->second;
      }
    }
    return kNone;
  }
  std::uint32_t aliased(std::uint32_t alias) {
    Expression made;
    made.op = Op::kAlias;
    made.a = alias;
    made.reads_source = true;
    components(made);
    return compiler_.add(std::move(made));
  }

  std::uint32_t call(std::uint32_t piped) {
    std::string name(name_here());
    const FunctionInfo* info = find_function(name);
    if (info == nullptr) {
      fail(name.empty() ? "a function is expected"
                        : "\"" + name + "\" is no function, alias or segment");
    }
    at_ += name.size();
    std::vector<std::uint32_t> args;
    if (piped != kNone) {
      args.push_back(piped);
    }
    std::uint32_t test = kNone;
    if (take('(') && !take(')')) {
      if (info->function == Function::kWhere && piped == kNone) {
        args.push_back(pipe());
        expect(',');
      }
      if (info->function == Function::kWhere) {
        test = predicate();
      } else {
        do {
          args.push_back(pipe());
        } while (take(','));
      }
      expect(')');
    }
    if (args.size() < info->least || args.size() > info->most) {
      fail("\"" + name + "\" takes " + std::to_string(info->least) +
           (info->most == info->least ? "" : " or more") + " values, the piped one included");
    }
    if (info->function == Function::kJoin && piped != kNone) {
      std::rotate(args.begin(), args.begin() + 1, args.end());  // the separator comes first
    }
    std::uint32_t made = node(Op::kCall, std::move(args));
    Expression& expression = compiler_.program_.expressions[made];
    expression.function = info->function;
    expression.predicate = test;
    if (info->function == Function::kWhere && test == kNone) {
      fail("\"where\" takes a comparison of a component: where(.8 = 'I')");
    }
    resolve_literal(expression, piped != kNone);
    return made;
  }

  // Arguments that are names of the profile or patterns are resolved now, never while mapping.
  void resolve_literal(Expression& expression, bool piped) {
    switch (expression.function) {
      case Function::kLookup: {
        std::uint32_t name = piped ? 1 : 0;
        expression.b = 1 - name;  // which argument is the value
        expression.a = lookup_index(constant(expression.args[name]));
        break;
      }
      case Function::kRef:
        expression.a = rule_index(constant(expression.args[0]));
        expression.reads_source = true;
        break;
      case Function::kOrdinal:
        for (std::uint32_t arg : expression.args) {
          field_of_this_group(arg);
        }
        break;
      case Function::kRefKey:
        constant(expression.args[0]);
        expression.reads_source = true;
        break;
      case Function::kExtract: {
        std::string pattern = constant(expression.args[1]);
        expression.a = regex(pattern);
        break;
      }
      case Function::kDate:
      case Function::kDateTime:
        if (expression.args.size() == 2 && constant(expression.args[1]) != "wareki") {
          fail("the only form that date and dateTime take is 'wareki'");
        }
        break;
      default:
        break;
    }
  }
  void field_of_this_group(std::uint32_t arg) const {
    const Expression& path = compiler_.program_.expressions[arg];
    std::size_t depth = rule_.groups.size() - 1;
    bool good = path.op == Op::kPath && path.field != 0 && path.predicate == kNone && depth > 0 &&
                rule_.slots[path.a].depth == depth && rule_.slots[path.a].down.empty();
    if (!good) {
      fail("ordinal takes fields of the group that the rule walks, such as ordinal(ORC-4)");
    }
  }
  std::string constant(std::uint32_t arg) const {
    const Expression& expression = compiler_.program_.expressions[arg];
    if (expression.op != Op::kLiteral) {
      fail("this function takes its name or pattern as a text in quotes");
    }
    return compiler_.program_.literals[expression.a];
  }
  std::uint32_t lookup_index(const std::string& name) const {
    const auto& lookups = compiler_.program_.lookups;
    for (std::size_t i = 0; i < lookups.size(); ++i) {
      if (lookups[i].name == name) {
        return static_cast<std::uint32_t>(i);
      }
    }
    fail("there is no lookup \"" + name + "\" in /lookups");
  }
  std::uint32_t rule_index(const std::string& name) const {
    const auto& rules = compiler_.program_.rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].name == name && rules[i].into == kNone) {
        return static_cast<std::uint32_t>(i);
      }
    }
    fail("no rule \"" + name + "\" that creates a resource stands before this one");
  }

  Compiler& compiler_;
  std::string_view text_;
  Rule& rule_;
  Scope& scope_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
};

std::uint32_t Compiler::add(Expression expression) {
  program_.expressions.push_back(std::move(expression));
  return static_cast<std::uint32_t>(program_.expressions.size() - 1);
}

std::uint32_t Compiler::compile_expression(std::string_view text, Rule& rule, Scope& scope) {
  return ExpressionParser(*this, text, rule, scope).whole();
}

}  // namespace sekisho::mappings
