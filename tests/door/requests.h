#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/http/message.h"
#include "fhir/json.h"
#include "tests/door/twin.h"

namespace sekisho::door_bench {

// One question of the bench: a request and how many pages to follow from its answer.
struct Question {
  std::string method = "GET";
  std::string path;
  http::Fields parameters;  // in the URL, or in the body of _search
  http::Fields headers;
  int pages = 0;
};
http::Request request_of(const Question& question);
std::string to_text(const Question& question);

// Makes questions at random from what the CapabilityStatement offers and what there is to ask for:
// half of the ids are X's, some never were. The same seed gives the same questions.
class RequestMaker {
 public:
  RequestMaker(const fhir::Json& capability_statement, Known known, std::uint64_t seed);
  Question next();

 private:
  struct Offered {
    std::string type;
    std::vector<std::string> interactions;
    std::vector<std::pair<std::string, std::string>> parameters;  // name, type
  };

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  bool one_in(std::size_t chances) { return below(chances) == 0; }
  template <class List>
  const auto& any(const List& list) {
    return list[below(list.size())];
  }

  std::string id(const std::string& type);
  std::string value(const std::string& name, const std::string& kind, const std::string& type);
  std::string token();
  std::string date();
  std::string patient();
  Question read(const Offered& offered, bool version);
  Question search(const Offered& offered);
  void add_headers(Question& question);

  std::vector<Offered> offered_;
  Known known_;
  std::mt19937_64 random_;
};

}  // namespace sekisho::door_bench
