#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter/http/message.h"
#include "adapter/hub/routes.h"
#include "adapter/release/test_hospital.h"

namespace sekisho::door_bench {

// Two installations with the same key and the same clock, from the same storage: in one patient X
// refused, in the other X's files never existed.
class Twin {
 public:
  enum class Kind { kRefused, kNeverThere };
  Twin(Kind kind, const std::filesystem::path& folder);

  http::Response answer(const http::Request& request) const { return (*routes_)(request); }
  release::TestHospital& hospital() { return hospital_; }

 private:
  void ingest(const std::filesystem::path& root);
  void add_what_no_message_says_yet();

  release::TestHospital hospital_;
  std::unique_ptr<release::Door> door_;
  std::unique_ptr<hub::Routes> routes_;
};

// What there is to ask for, read past the door from the store that has X.
struct Known {
  std::map<std::string, std::vector<std::string>> ids;  // by type, of every row that was ever there
  std::map<std::string, std::vector<std::string>> ids_of_x;  // those of X among them
  std::vector<std::pair<std::string, std::string>> tokens;   // system, code
};
Known known_of(Twin& refused);

std::string id_of_x();  // logical id of X's Patient

}  // namespace sekisho::door_bench
