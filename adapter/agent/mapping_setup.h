#pragma once

#include <string>
#include <vector>

#include "adapter/agent/installation.h"
#include "config/config.h"
#include "mappings/engine.h"

namespace sekisho::agent {

// The packs of the configuration in the order in which they are asked, the built-in one last.
std::vector<mappings::Pack> load_packs(const config::Config& config);

// What mapping must know of the installation. `feed` is the storage's name; ingest sets it.
mappings::Settings mapping_settings(Installation& installation);

// Names what maps: SHA-256, hex, over ids, versions and digests of every profile in order.
std::string mapping_hash(const std::vector<mappings::Pack>& packs);

}  // namespace sekisho::agent
