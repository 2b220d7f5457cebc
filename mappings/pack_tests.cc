#include "mappings/pack_tests.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "connectors/ssmix2/name.h"
#include "fhir/error.h"
#include "mappings/expectation.h"
#include "mappings/golden.h"
#include "mappings/inherit.h"
#include "mappings/merge.h"
#include "mappings/pack_check.h"
#include "mappings/pack_texts.h"
#include "mappings/settings.h"

namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;
using connectors::Encoding;
using fhir::Json;

// Tests give the same everywhere: an institution of no hospital and a key of no installation.
constexpr const char* kInstitution = "1318814790";

Settings test_settings(const std::map<std::string, std::string>& values) {
  return settings_for(fhir::IdKey(std::string(32, 'k'), kInstitution), kInstitution, "例病院",
                      values, "test");
}

// A message, or several in the order of their arrival, with what a test says of them.
struct Case {
  std::string where;  // names the case in errors
  const Pack* pack = nullptr;
  const Profile* profile = nullptr;
  std::string text;
  Encoding encoding = Encoding::kUtf8;
  std::string file_name;  // of the storage, empty for none
  std::map<std::string, std::string> config;
};

void append(Result made, Result& out) {
  const auto all = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  all(made.resources, out.resources);
  all(made.rejected, out.rejected);
  all(made.issues, out.issues);
  all(made.unread, out.unread);
  all(made.unmapped, out.unmapped);
}

Result map_case(const Case& one) {
  auto fail = [&](const std::string& what) -> fhir::Error {
    return fhir::Error(fhir::ErrorCode::kConfig, one.where + ": " + what);
  };
  std::optional<connectors::ssmix2::Name> name;
  if (!one.file_name.empty()) {
    name = connectors::ssmix2::parse_name(one.file_name);
    if (!name) {
      throw fail("the name in its first line is none of a file in a storage");
    }
  }
  connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(one.text, one.encoding);
  if (parsed.messages.empty()) {
    throw fail("the input is no message");
  }
  Settings settings = test_settings(one.config);
  settings.merged_types = merged_types({one.pack});
  Result whole;
  for (std::size_t i = 0; i < parsed.messages.size(); ++i) {
    const connectors::hl7v2::Message& message = parsed.messages[i];
    auto data_type = one.profile->data_type_of(message.type());
    if (!data_type) {
      throw fail("the profile does not accept " + message.type());
    }
    append(one.profile->run({message, *data_type, name ? &*name : nullptr,
                             *data_type + " #" + std::to_string(i + 1), "source"},
                            settings),
           whole);
  }
  const FindProfile find = [&](std::string_view id) {
    const auto& all = one.pack->profiles();
    auto found = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.id() == id; });
    return found == all.end() ? nullptr : &*found;
  };
  merge_parts(whole, find, settings);
  return whole;
}

Json parse_file(const fs::path& file) {
  std::string text = read_pack_file(file);
  try {
    return fhir::parse_json(text, kProfileJson);
  } catch (const fhir::JsonError& e) {
    complain({text, file.string(), {}}, "", e.reason());
  }
}

void write_file(const fs::path& file, const Json& made) {
  std::ofstream out(file, std::ios::binary);
  out << fhir::write_json_pretty(made) << "\n";
  if (!out.flush()) {
    throw fhir::Error(fhir::ErrorCode::kConfig, file.string() + ": cannot be written");
  }
}

// Compares with a file, or writes it.
void compare_file(const fs::path& file, const Json& made, bool update,
                  std::vector<std::string>& failures) {
  if (update) {
    write_file(file, made);
    return;
  }
  std::error_code none;
  if (!fs::exists(file, none)) {
    failures.push_back(file.string() + ": is missing; --update writes it");
    return;
  }
  if (auto different = first_difference(parse_file(file), made, Match::kExact)) {
    failures.push_back(file.string() + ": " + *different);
  }
}

Case ordinary_case(const fs::path& in, const Pack& pack, const Profile& profile) {
  Case one;
  one.pack = &pack;
  one.where = in.string();
  one.profile = &profile;
  one.text = read_pack_file(in);
  one.config = {{"uninformedCodes", "1,2"}};
  if (one.text.starts_with('@')) {
    std::size_t end = std::min(one.text.find('\n'), one.text.size() - 1);
    one.file_name = one.text.substr(1, end - 1);
    one.text.erase(0, end + 1);
  }
  return one;
}

void add_ordinary(const fs::path& folder, const std::shared_ptr<const Pack>& pack, bool update,
                  std::vector<PackTest>& out) {
  for (const Profile& profile : pack->profiles()) {
    fs::path cases = folder / u8"testdata" / fs::u8path(test_folder(profile));
    std::error_code none;
    if (!fs::is_directory(cases, none)) {
      continue;
    }
    for (const fs::path& in : files_of(cases, ".in")) {
      PackTest test;
      test.name = test_folder(profile) + "/" + in.stem().string();
      test.profile = profile.id();
      test.map = [pack, in, &profile] { return map_case(ordinary_case(in, *pack, profile)); };
      test.run = [map = test.map, in, update] {
        Result result = map();
        std::vector<std::string> failures;
        fs::path stem = fs::path(in).replace_extension();
        compare_file(fs::path(stem).concat(u8".out.json"), golden_resources(result), update,
                     failures);
        compare_file(fs::path(stem).concat(u8".issues.json"), golden_findings(result), update,
                     failures);
        return failures;
      };
      out.push_back(std::move(test));
    }
  }
}

std::map<std::string, std::string> texts_of(const Json* object) {
  std::map<std::string, std::string> out;
  const auto* members = object == nullptr ? nullptr : object->get<Json::Object>();
  for (std::size_t i = 0; members != nullptr && i < members->size(); ++i) {
    const auto* text = (*members)[i].value.get<std::string>();
    out[(*members)[i].name] = text == nullptr ? "" : *text;
  }
  return out;
}

// input: {"text": [lines]} or {"file": path beside the test, "encoding": name}
void read_input(const Json& input, const fs::path& folder, Case& out) {
  std::string file(input.text("file"));
  if (!file.empty()) {
    out.text = read_pack_file(folder / fs::u8path(file));
    std::string encoding(input.text("encoding"));
    out.encoding = encoding == "utf-8"   ? Encoding::kUtf8
                   : encoding == "cp932" ? Encoding::kCp932
                                         : Encoding::kAuto;
    std::string name = fs::u8path(file).filename().string();
    out.file_name = connectors::ssmix2::parse_name(name) ? name : "";
    return;
  }
  for (const Json& line : input.items("text")) {
    const auto* text = line.get<std::string>();
    out.text += (text == nullptr ? "" : *text) + "\r";
  }
}

void add_parts(const fs::path& file, const std::shared_ptr<const Pack>& pack, bool update,
               std::vector<PackTest>& out) {
  auto whole = std::make_shared<const Json>(parse_file(file));
  std::string id(whole->text("profile"));
  const auto& profiles = pack->profiles();
  auto profile = std::find_if(profiles.begin(), profiles.end(),
                              [&](const Profile& one) { return one.id() == id; });
  if (profile == profiles.end()) {
    complain({read_pack_file(file), file.string(), {}}, "/profile",
             "no profile of this pack has the id \"" + id + "\"");
  }
  for (const Json& one : whole->items("cases")) {
    PackTest test;
    test.name = file.filename().string() + ": " + std::string(one.text("name"));
    test.profile = id;
    test.map = [pack, whole, &one, file, name = test.name, profile = &*profile] {
      Case made;
      made.where = name;
      made.pack = pack.get();
      made.profile = profile;
      made.config = texts_of(whole->find("config"));
      for (auto& [key, value] : texts_of(one.find("config"))) {
        made.config[key] = value;
      }
      const Json* input = one.find("input");
      read_input(input == nullptr ? Json() : *input, file.parent_path(), made);
      return map_case(made);
    };
    test.run = [map = test.map, whole, &one, file, update] {
      Result result = map();
      std::vector<std::string> failures = unmet_expectations(one, result);
      const Json* expected = one.find("expect");
      std::string golden(expected == nullptr ? "" : expected->text("goldenFile"));
      if (!golden.empty()) {
        Json made = bodies(result, expected->items("ignore"));
        compare_file(file.parent_path() / fs::u8path(golden), made, update, failures);
      }
      return failures;
    };
    out.push_back(std::move(test));
  }
}

}  // namespace

std::vector<PackTest> pack_tests(const std::string& folder, bool update) {
  auto pack = std::make_shared<const Pack>(Pack::load(folder));
  std::vector<PackTest> out;
  add_ordinary(fs::u8path(folder), pack, update, out);
  for (const fs::path& file : files_of(fs::u8path(folder) / u8"profiles", ".test.json")) {
    add_parts(file, pack, update, out);
  }
  return out;
}

}  // namespace sekisho::mappings
