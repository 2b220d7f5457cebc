// Maps HL7 message files with the base pack and prints each resource as it would be stored, one
// JSON line each; what could not be made and what was found goes to standard error.
//   map_messages DATA-TYPE FILE [DATA-TYPE FILE]...
#include <fstream>
#include <iostream>
#include <iterator>

#include "connectors/hl7v2/message.h"
#include "fhir/error.h"
#include "mappings/engine.h"
#include "mappings/settings.h"

using namespace sekisho;

namespace {

void print_issue(const fhir::Issue& issue) {
  std::cerr << "  " << issue.code << " " << issue.expression << " " << issue.source << ": "
            << issue.diagnostics << "\n";
}

void map_file(const mappings::Pack& pack, const mappings::Settings& settings,
              const std::string& data_type, const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(bytes);
  std::cerr << data_type << "\n";
  for (const connectors::hl7v2::Message& message : parsed.messages) {
    const mappings::Profile* profile = pack.find(message.type(), data_type);
    if (profile == nullptr) {
      std::cerr << "  no profile for " << message.type() << "\n";
      continue;
    }
    mappings::Result result =
        profile->run({message, data_type, nullptr, data_type, "demo"}, settings);
    for (mappings::MappedResource& made : result.resources) {
      if (made.deleted) {
        continue;
      }
      made.body.find("meta")->set("lastUpdated", "2026-11-20T10:00:00.000+09:00");
      std::cout << fhir::write_json(made.body) << "\n";
    }
    for (const auto& rejected : result.rejected) {
      print_issue(rejected.issue);
    }
    for (const fhir::Issue& issue : result.issues) {
      print_issue(issue);
    }
    for (const std::string& field : result.unread) {
      std::cerr << "  unread " << field << "\n";
    }
    for (const auto& code : result.unmapped) {
      std::cerr << "  unmapped " << code.lookup << " " << code.code << "\n";
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    mappings::Pack pack = mappings::Pack::base();
    mappings::Settings settings = mappings::settings_for(
        fhir::IdKey(std::string(32, 'k'), "1318814790"), "1318814790", "登呂病院", {}, "demo");
    for (int i = 1; i + 1 < argc; i += 2) {
      map_file(pack, settings, argv[i], argv[i + 1]);
    }
  } catch (const fhir::Error& e) {
    std::cerr << e.text() << "\n";
    return 1;
  }
  return 0;
}
