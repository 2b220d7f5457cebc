#include "adapter/agent/mapping_setup.h"

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
  mappings::Settings settings{installation.id_key(), installation.config().mapping_values, "",
                              false};
  return settings;
}

}  // namespace sekisho::agent
