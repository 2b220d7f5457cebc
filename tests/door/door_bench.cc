// The door bench: a hospital where patient X refused must answer as one that never knew X.
//
//   door_bench [--requests N] [--seed S] [--kills]
//
// Prints its seed and, where the twins differ, the smallest request that shows it. Exit status 1
// then; with --kills (a mutant of the product is linked) the other way round.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>

#include "tests/door/compare.h"
#include "tests/door/requests.h"
#include "tests/door/twin.h"

namespace {

using namespace sekisho::door_bench;

struct Arguments {
  std::uint64_t requests = 2000;
  std::uint64_t seed = std::random_device()();
  bool kills = false;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--kills") {
      arguments.kills = true;
    } else if (i + 1 < argc && name == "--requests") {
      arguments.requests = std::stoull(argv[++i]);
    } else if (i + 1 < argc && name == "--seed") {
      arguments.seed = std::stoull(argv[++i]);
    } else {
      std::cerr << "door_bench: " << name << ": not known\n";
      std::exit(2);
    }
  }
  return arguments;
}

// True where a difference was found.
bool differ(const Arguments& arguments, const std::filesystem::path& folder) {
  Twin refused(Twin::Kind::kRefused, folder);
  Twin never_there(Twin::Kind::kNeverThere, folder);
  Question metadata;
  metadata.path = "/fhir/metadata";
  RequestMaker maker(sekisho::fhir::parse_json(refused.answer(request_of(metadata)).body),
                     known_of(refused), arguments.seed);
  std::map<std::string, std::uint64_t> statuses;
  for (std::uint64_t i = 0; i < arguments.requests; ++i) {
    const Question question = maker.next();
    const std::string answer = said(refused, question);
    ++statuses[answer.substr(0, 3)];
    if (answer == said(never_there, question)) {
      continue;
    }
    const Question smallest = shrink(question, [&](const Question& candidate) {
      return difference(refused, never_there, candidate).has_value();
    });
    std::cout << "request " << i + 1 << " tells the twins apart; the smallest that does:\n"
              << to_text(smallest) << *difference(refused, never_there, smallest) << "\n";
    return true;
  }
  std::cout << arguments.requests << " requests, each answered alike:";
  for (const auto& [status, count] : statuses) {
    std::cout << " " << count << " x " << status;
  }
  std::cout << "\n";
  // A bench that asks for nothing finds nothing.
  for (const char* status : {"200", "304", "400", "403", "404", "410"}) {
    if (arguments.requests >= 1000 && statuses[status] == 0) {
      throw std::runtime_error(std::string("no request was answered with ") + status);
    }
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const Arguments arguments = parse(argc, argv);
  std::cout << "seed " << arguments.seed << std::endl;
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      (std::filesystem::path(argv[0]).filename().string() + "_" + std::to_string(getpid()));
  std::filesystem::remove_all(folder);
  const bool different = differ(arguments, folder);
  std::filesystem::remove_all(folder);
  if (arguments.kills) {
    std::cout << (different ? "killed\n" : "SURVIVED\n");
    return different ? 0 : 1;
  }
  return different ? 1 : 0;
}
