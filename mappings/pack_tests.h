#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mappings/engine.h"

namespace sekisho::mappings {

// One test of a pack. `run` gives what did not come out as written, nothing if all did.
struct PackTest {
  std::string name;     // "oml-11/ranges", "vendor-x.oml-11.test.json: numeric result"
  std::string profile;  // its id
  std::function<Result()> map;
  std::function<std::vector<std::string>()> run;
};

// The tests of a pack folder, which must compile (else Error): every testdata/<profile>/<case>.in
// with its .out.json and .issues.json, and every case of profiles/*.test.json. `update` writes the
// expected files instead of comparing. The tests own what they need.
std::vector<PackTest> pack_tests(const std::string& folder, bool update);

}  // namespace sekisho::mappings
