#include "adapter/agent/mapping_setup.h"

#include "fhir/digest.h"
#include "mappings/settings.h"

namespace sekisho::agent {

std::vector<mappings::Pack> load_packs(const config::Config& config) {
  std::vector<mappings::Pack> packs;
  for (const std::string& folder : config.mapping_packs) {
    packs.push_back(mappings::Pack::load(folder));
  }
  packs.push_back(mappings::Pack::base());
  return packs;
}

mappings::Settings mapping_settings(Installation& installation) {
  const config::Config& config = installation.config();
  return mappings::settings_for(installation.id_key(), config.facility.institution_number,
                                config.facility.name, config.mapping_values, "");
}

std::string mapping_hash(const std::vector<mappings::Pack>& packs) {
  fhir::Sha256 hash;
  for (const mappings::Pack& pack : packs) {
    for (const mappings::Profile& profile : pack.profiles()) {
      hash.update(profile.id() + '\n' + profile.version() + '\n' + profile.digest() + '\n');
    }
  }
  return fhir::to_hex(hash.finish());
}

}  // namespace sekisho::agent
