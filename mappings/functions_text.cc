#include <algorithm>
#include <charconv>

#include "fhir/text.h"
#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

std::size_t index_of(std::string_view text) {
  std::size_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// Byte offset of the n-th character (from 0) of UTF-8 text.
std::size_t offset_of(std::string_view text, std::size_t characters) {
  std::size_t offset = 0;
  while (offset < text.size() && characters > 0) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) {
      ++offset;
    }
    --characters;
  }
  return offset;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; !from.empty() && (at = text.find(from, at)) != std::string::npos;) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

}  // namespace

Value Run::call(const Expression& e) {
  if (e.function >= Function::kFirst) {
    return call_list(e);
  }
  if (e.function >= Function::kConcept) {
    return call_term(e);
  }
  if (e.function >= Function::kDate) {
    return call_type(e);
  }
  return e.function >= Function::kDefault ? call_choice(e) : call_text(e);
}

Value Run::call_choice(const Expression& e) {
  if (e.function == Function::kSwitch) {
    return switched(e);
  }
  if (e.function == Function::kCoalesce) {
    for (std::uint32_t arg : e.args) {
      if (Value value = evaluate(arg); exists(value)) {
        return value;
      }
    }
    return {};
  }
  Value value = evaluate(e.args[0]);
  bool there = exists(value);
  if (e.function == Function::kDefault) {
    return there ? value : evaluate(e.args[1]);
  }
  required_missing_ |= !there;
  return value;
}

Value Run::call_text(const Expression& e) {
  if (e.function == Function::kJoin) {
    return joined(e);
  }
  if (e.function == Function::kSplit) {
    return split_text(e);
  }
  if (e.function == Function::kSubstr) {
    return substring(e);
  }
  Value value = evaluate(e.args[0]);
  std::string buffer;
  std::string_view seen = view(value, buffer);
  switch (e.function) {
    case Function::kTrim:
      return text_value(std::string(trimmed(seen)));
    case Function::kNfkc:
      return text_value(fhir::nfkc(seen));
    case Function::kKana:
      return text_value(fhir::katakana(seen));
    case Function::kUpper:
      return text_value(fhir::upper(seen));
    case Function::kLower:
      return text_value(fhir::lower(seen));
    case Function::kLength:
      return text_value(std::to_string(std::count_if(seen.begin(), seen.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      })));
    case Function::kBefore: {
      std::size_t at = seen.find(text_at(e.args[1]));
      return text_value(std::string(seen.substr(0, at)));
    }
    case Function::kAfter: {
      std::string mark = text_at(e.args[1]);
      std::size_t at = seen.find(mark);
      return at == std::string_view::npos ? Value()
                                          : text_value(std::string(seen.substr(at + mark.size())));
    }
    case Function::kReplace: {
      // Of many repetitions each is replaced in, so that the list can be walked afterwards.
      std::string to = text_at(e.args[2]);
      bool room = spend(seen.size() * (1 + to.size()));
      return room ? text_value(replaced(std::string(seen), text_at(e.args[1]), to)) : Value();
    }
    case Function::kExtract: {
      auto found = program_.regexes[e.a].extract(seen);
      return found ? text_value(std::move(*found)) : Value();
    }
    default:
      return {};
  }
}

// join('-', a, b): what is empty is left out. One list may stand for the parts.
Value Run::joined(const Expression& e) {
  std::string separator = text_at(e.args[0]);
  std::string out;
  auto append = [&](const Value& value) {
    std::string part = text(value);
    if (!is_blank(part) && spend(part.size())) {
      out += (out.empty() ? "" : separator) + part;
    }
  };
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    Value value = evaluate(e.args[i]);
    const fhir::Json* json = value.get<fhir::Json>();
    bool many = value.get<Value::List>() != nullptr ||
                (json != nullptr && json->get<fhir::Json::Array>() != nullptr) ||
                (value.get<FieldRef>() != nullptr && e.args.size() == 2);
    if (many) {
      for (const Value& item : items(value)) {
        append(item);
      }
    } else {
      append(value);
    }
  }
  return text_value(std::move(out));
}

Value Run::split_text(const Expression& e) {
  std::string whole = text_at(e.args[0]);
  std::string separator = text_at(e.args[1]);
  Value::List out;
  std::size_t from = 0;
  while (!separator.empty() && !whole.empty() && from <= whole.size() && spend(sizeof(Value))) {
    std::size_t at = std::min(whole.find(separator, from), whole.size());
    out.push_back(text_value(whole.substr(from, at - from)));
    from = at + separator.size();
  }
  return list_value(std::move(out));
}

// substr(from[, length]), in characters, from 1 as everything in HL7.
Value Run::substring(const Expression& e) {
  std::string whole = text_at(e.args[0]);
  std::size_t from = std::max<std::size_t>(index_of(text_at(e.args[1])), 1) - 1;
  std::size_t start = offset_of(whole, from);
  std::string_view rest = std::string_view(whole).substr(start);
  if (e.args.size() == 3) {
    rest = rest.substr(0, offset_of(rest, index_of(text_at(e.args[2]))));
  }
  return text_value(std::string(rest));
}

// switch(value, 'I', 'IDE', 'P', 'SYL'[, otherwise])
Value Run::switched(const Expression& e) {
  std::string buffer;
  Value value = evaluate(e.args[0]);
  std::string wanted(view(value, buffer));
  for (std::size_t i = 1; i + 1 < e.args.size(); i += 2) {
    if (text_at(e.args[i]) == wanted) {
      return evaluate(e.args[i + 1]);
    }
  }
  return e.args.size() % 2 == 0 ? evaluate(e.args.back()) : Value();
}

Value Run::call_list(const Expression& e) {
  if (e.function == Function::kWhere) {
    return kept_where(e);
  }
  if (e.function == Function::kOrdinal) {
    return ordinal(e);
  }
  Value value = evaluate(e.args[0]);
  if (e.function == Function::kIsNull) {
    const FieldRef* ref = value.get<FieldRef>();
    return bool_value(ref != nullptr && ref->field != 0 && connectors::hl7v2::is_null(raw(*ref)));
  }
  if (e.function == Function::kListed) {
    // Is the value one of a list that the configuration writes as "A,B,C"?
    std::string wanted(trimmed(text(value)));
    std::string list = "," + text_at(e.args[1]) + ",";
    return bool_value(!wanted.empty() && list.find("," + wanted + ",") != std::string::npos);
  }
  Value::List list = items(value);
  switch (e.function) {
    case Function::kFirst:
      return list.empty() ? Value() : list.front();
    case Function::kLast:
      return list.empty() ? Value() : list.back();
    case Function::kCount:
      return text_value(std::to_string(list.size()));
    case Function::kNth: {
      std::size_t index = index_of(text_at(e.args[1]));
      return index == 0 || index > list.size() ? Value() : list[index - 1];
    }
    default: {
      Value::List kept;
      std::vector<std::string> seen;
      for (Value& item : list) {
        std::string as_text = text(item);
        if (std::find(seen.begin(), seen.end(), as_text) == seen.end()) {
          seen.push_back(std::move(as_text));
          kept.push_back(std::move(item));
        }
      }
      return list_value(std::move(kept));
    }
  }
}

}  // namespace sekisho::mappings
