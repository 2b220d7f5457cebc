#include <algorithm>

#include "fhir/text.h"
#include "mappings/dates.h"
#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_base64(std::string_view text) {
  std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  std::string_view body = text.substr(0, text.size() - padding);
  return text.size() % 4 == 0 && std::all_of(body.begin(), body.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
                  c == '/';
         });
}

// The text as FHIR writes a decimal, digits kept (1.70 stays 1.70); empty if it is none.
std::string as_decimal(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    out = text[0] == '-' ? "-" : "";
    at = 1;
  }
  std::size_t start = at;
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  std::string_view whole = text.substr(start, at - start);
  std::string_view fraction;
  if (at < text.size() && text[at] == '.') {
    fraction = text.substr(at + 1);
    at = text.size();
  }
  bool plain = std::all_of(fraction.begin(), fraction.end(), is_digit);
  if (at != text.size() || !plain || (whole.empty() && fraction.empty())) {
    return {};
  }
  while (whole.size() > 1 && whole[0] == '0') {
    whole.remove_prefix(1);
  }
  out += whole.empty() ? "0" : std::string(whole);
  if (!fraction.empty()) {
    out += "." + std::string(fraction);
  }
  return out;
}

}  // namespace

Value Run::call_type(const Expression& e) {
  switch (e.function) {
    case Function::kDate:
    case Function::kDateTime:
    case Function::kInstant:
      return date_time(e);
    case Function::kQuantity:
      return quantity(e);
    default:
      break;
  }
  Value value = evaluate(e.args[0]);
  switch (e.function) {
    case Function::kTime: {
      std::string source(trimmed(text(value)));
      auto time = read_time(source);
      if (!time && !source.empty()) {
        issue("time.invalid", "this is no time of day");
      }
      return time ? text_value(std::move(*time)) : Value();
    }
    case Function::kDecimal:
      return decimal(value);
    case Function::kInteger:
      return integer(value);
    case Function::kBool: {
      std::string source = fhir::upper(trimmed(text(value)));
      if (source == "Y" || source == "1" || source == "TRUE") {
        return bool_value(true);
      }
      if (source == "N" || source == "0" || source == "FALSE") {
        return bool_value(false);
      }
      if (!source.empty()) {
        issue("boolean.invalid", "this is neither Y nor N");
      }
      return {};
    }
    case Function::kCode:
      return text_value(clean(text(value)));
    case Function::kText:
      return whole_text(value);
    case Function::kBase64:
      return base64(value);
    case Function::kHumanName:
      return human_name(value, {1, 2, 8, 7});
    case Function::kDoctorName:
      return human_name(value, {2, 3, 15, 10});
    case Function::kAddress:
      return address(value);
    default:
      return telecom(value);
  }
}

Value Run::base64(const Value& value) {
  std::string source = text(value);
  source.erase(std::remove_if(source.begin(), source.end(),
                              [](char c) { return c == ' ' || c == '\n' || c == '\r'; }),
               source.end());
  if (!is_base64(source)) {
    issue("base64.invalid", "this is no base64; nothing is written");
    return {};
  }
  return text_value(std::move(source));
}

// date, dateTime, instant of mapping-format 6.4.
Value Run::date_time(const Expression& e) {
  Value value = evaluate(e.args[0]);
  std::string source(trimmed(text(value)));
  if (source.empty()) {
    return {};
  }
  std::optional<SourceDate> read =
      e.args.size() == 2 ? read_wareki(source) : read_date(source, zone_);
  if (!read) {
    issue("date.invalid", "there is no such date; nothing is written");
    return {};
  }
  if (read->iso_form && told_.insert("iso " + place_of(last_read_)).second) {
    issue("date.iso-form", "the date is in ISO form; HL7 writes it without signs");
  }
  if (e.function == Function::kDate || read->time.empty() ||
      (read->hour_only && !settings_.pad_hour_only)) {
    if (e.function == Function::kInstant) {
      issue("instant.incomplete", "an instant needs date, time and zone; nothing is written");
      return {};
    }
    return text_value(std::move(read->date));
  }
  return text_value(read->date + "T" + read->time + read->zone);
}

Value Run::decimal(const Value& value) {
  std::string source = text(value);
  std::string out = as_decimal(trimmed(source));
  if (out.empty() && !is_blank(source)) {
    out = as_decimal(trimmed(fhir::nfkc(source)));
  }
  if (out.empty()) {
    if (!is_blank(source)) {
      issue("decimal.invalid", "this is no number in FHIR's sense; nothing is written");
    }
    return {};
  }
  Value made;
  made.is = fhir::Number{std::move(out)};
  return made;
}

Value Run::integer(const Value& value) {
  Value made = decimal(value);
  const fhir::Number* number = made.get<fhir::Number>();
  if (number != nullptr && number->text.find('.') != std::string::npos) {
    issue("integer.invalid", "a whole number is wanted; nothing is written");
    return {};
  }
  return made;
}

// The whole field as people read it: components and subcomponents joined by a space, line breaks
// kept. Nothing of a free text is lost, whatever delimiters a sender left in it.
Value Run::whole_text(const Value& value) {
  const FieldRef* ref = value.get<FieldRef>();
  if (ref == nullptr || ref->field == 0) {
    return text_value(text(value));
  }
  coverage_.read(*ref->segment, ref->field);
  FieldRef one = single(*ref);
  last_read_ = one;
  std::string_view raw =
      one.component == 0 ? one.segment->raw(one.field, one.repetition)
      : one.subcomponent == 0
          ? one.segment->raw(one.field, one.repetition, one.component)
          : one.segment->raw(one.field, one.repetition, one.component, one.subcomponent);
  if (connectors::hl7v2::is_null(raw)) {
    return {};
  }
  const auto& separators = input_.message.separators;
  std::string spaced(raw);
  for (char& c : spaced) {
    if (c == separators.component || c == separators.subcomponent) {
      c = ' ';
    }
  }
  return text_value(connectors::hl7v2::unescape(spaced, separators));
}

// XPN has family name, given name, representation (I kanji, P kana, A alphabet) and kind (L legal)
// in .1 .2 .8 .7, XCN in .2 .3 .15 .10. No full-width space in the text (R1113); a name that
// stands whole in the place of the family name is text only.
Value Run::human_name(const Value& value, const NameParts& at) {
  const FieldRef* ref = value.get<FieldRef>();
  if (ref == nullptr) {
    return {};
  }
  auto spaced = [](std::string words) {
    for (std::size_t wide = 0; (wide = words.find("\xE3\x80\x80", wide)) != std::string::npos;) {
      words.replace(wide, 3, " ");
    }
    return clean(words);
  };
  std::string family = spaced(part(*ref, at.family)), given = spaced(part(*ref, at.given));
  std::string kind = part(*ref, at.representation);
  if (family.empty() && given.empty()) {
    return {};
  }
  fhir::Json::Object name;
  name.reserve(5);
  std::string_view code = kind == "I" ? "IDE" : (kind == "P" ? "SYL" : (kind == "A" ? "ABC" : ""));
  if (!code.empty()) {
    fhir::Json::Object extension;
    extension.reserve(2);
    extension.push_back(
        {"url", "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"});
    extension.push_back({"valueCode", code});
    fhir::Json::Array list;
    list.emplace_back(std::move(extension));
    name.push_back({"extension", std::move(list)});
  }
  if (part(*ref, at.kind) == "L") {
    name.push_back({"use", "official"});
  }
  std::string both = family + (family.empty() || given.empty() ? "" : " ") + given;
  name.push_back({"text", std::move(both)});
  if (!family.empty() && !given.empty()) {
    name.push_back({"family", std::move(family)});
    fhir::Json::Array list;
    list.emplace_back(std::move(given));
    name.push_back({"given", std::move(list)});
  }
  return json_value(fhir::Json(std::move(name)));
}

// XAD: .8 is the whole address, .5 postal code, .6 country, .7 kind. Without .8 the parts in
// Japanese order: .4 prefecture, .3 city, .1 street, .2 building.
Value Run::address(const Value& value) {
  const FieldRef* ref = value.get<FieldRef>();
  if (ref == nullptr) {
    return {};
  }
  fhir::Json::Object out;
  std::string kind = part(*ref, 7);
  if (kind == "H" || kind == "B") {
    out.push_back({"use", kind == "H" ? "home" : "work"});
  }
  std::string whole = clean(part(*ref, 8));
  if (whole.empty()) {
    whole = clean(part(*ref, 4) + part(*ref, 3) + part(*ref, 1) + part(*ref, 2));
  }
  std::string postal = clean(part(*ref, 5)), country = clean(part(*ref, 6));
  if (whole.empty() && postal.empty()) {
    return {};
  }
  if (!whole.empty()) {
    out.push_back({"text", std::move(whole)});
  }
  if (!postal.empty()) {
    out.push_back({"postalCode", std::move(postal)});
  }
  if (!country.empty()) {
    out.push_back({"country", country == "JPN" ? "JP" : country});
  }
  return json_value(fhir::Json(std::move(out)));
}

// XTN: the number stands in .12 (seen in .1 too), an address for mail in .4.
Value Run::telecom(const Value& value) {
  const FieldRef* ref = value.get<FieldRef>();
  if (ref == nullptr) {
    return {};
  }
  std::string use = part(*ref, 2), equipment = part(*ref, 3);
  std::string number = clean(part(*ref, 12));
  if (number.empty()) {
    number = clean(part(*ref, 1));
  }
  std::string mail = clean(part(*ref, 4));
  if (number.empty() && mail.empty()) {
    return {};
  }
  fhir::Json::Object out;
  bool is_mail = number.empty();
  out.push_back({"system", is_mail ? "email" : (equipment == "FX" ? "fax" : "phone")});
  out.push_back({"value", is_mail ? std::move(mail) : std::move(number)});
  std::string_view used = equipment == "CP" ? "mobile"
                          : use == "PRN"    ? "home"
                          : use == "WPN"    ? "work"
                                            : "";
  if (!used.empty()) {
    out.push_back({"use", used});
  }
  return json_value(fhir::Json(std::move(out)));
}

// quantity(value[, unit]): unit as text; system and code are the profile's matter.
Value Run::quantity(const Expression& e) {
  Value number = decimal(evaluate(e.args[0]));
  if (number.empty()) {
    return {};
  }
  fhir::Json::Object out;
  out.push_back({"value", to_json(number)});
  if (e.args.size() == 2) {
    std::string unit = clean(text_at(e.args[1]));
    if (!unit.empty()) {
      out.push_back({"unit", std::move(unit)});
    }
  }
  return json_value(fhir::Json(std::move(out)));
}

}  // namespace sekisho::mappings
