// Runs each example of docs/hub-profile.md against a server over mutual TLS.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "adapter/http/server.h"
#include "adapter/hub/test_hub.h"
#include "adapter/platform/durable_file.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/http_client.h"

namespace sekisho::hub {
namespace {

struct Example {
  std::size_t line = 0;  // of the page
  bool closed = false;   // asked while the service is closed
  std::vector<std::string> request;
  std::vector<std::string> expected;
};

// The ```http blocks: lines that begin with '>' say what has to come back.
std::vector<Example> examples_of(const std::string& page) {
  std::vector<Example> examples;
  std::istringstream lines(page);
  bool inside = false;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.rfind("```", 0) == 0) {
      inside = !inside && line.rfind("```http", 0) == 0;
      if (inside) {
        Example& example = examples.emplace_back();
        example.line = number;
        example.closed = line == "```http closed";
      }
    } else if (inside && line.rfind("> ", 0) == 0) {
      examples.back().expected.push_back(line.substr(2));
    } else if (inside) {
      examples.back().request.push_back(line);
    }
  }
  return examples;
}

// "entry.0.resource.id" in a value; null where it is absent.
const fhir::Json* at(const fhir::Json& json, const std::string& path) {
  const fhir::Json* found = &json;
  std::istringstream steps(path);
  for (std::string step; found != nullptr && std::getline(steps, step, '.');) {
    if (const auto* items = found->get<fhir::Json::Array>()) {
      const std::size_t index = std::stoul(step);
      found = index < items->size() ? &(*items)[index] : nullptr;
    } else {
      found = found->find(step);
    }
  }
  return found;
}

class HubProfileTest : public testing::Test {
 protected:
  HubProfileTest() : hub("profile"), dir(hub.hospital.folder() + "/tls") {
    std::filesystem::create_directories(dir);
    fakes::CertificateAuthority authority("test");
    const auto identity = authority.issue({.common_name = "s", .uris = {}, .server = true});
    const auto own = authority.issue({.common_name = "h", .uris = {"urn:sekisho:test:hub"}});
    http::TlsOptions tls;
    tls.certificate = write("server.pem", identity.certificate);
    tls.private_key = write("server.key", identity.private_key);
    tls.client_ca = write("ca.pem", authority.certificate());
    http::ServerOptions options;
    options.threads = 2;
    options.new_request_id = [] { return std::string(32, 'a'); };
    options.clock = hub.hospital.clock();
    server = std::make_unique<http::Server>(options, tls, *hub.routes);
    context = fakes::client_context({authority.certificate(), own.certificate, own.private_key});
  }
  ~HubProfileTest() override {
    server.reset();
    std::filesystem::remove_all(dir);
  }

  std::string write(const std::string& name, const std::string& text) const {
    platform::write_file(dir + '/' + name, text);
    return dir + '/' + name;
  }

  // The example's request as bytes: header lines up to the empty line, then the body.
  std::string bytes_of(const Example& example) const {
    const auto empty = std::find(example.request.begin(), example.request.end(), "");
    std::string body;
    for (auto line = empty; line != example.request.end(); ++line) {
      body += *line;
    }
    std::string first = example.request.front();
    if (const std::size_t next = first.find("{next}"); next != std::string::npos) {
      first.replace(next, 6, next_link);
    }
    std::string bytes = first + " HTTP/1.1\r\nHost: localhost\r\n";
    for (auto line = example.request.begin() + 1; line < empty; ++line) {
      bytes += *line + "\r\n";
    }
    if (!body.empty()) {
      bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    return bytes + "\r\n" + body;
  }

  void check(const fakes::HttpAnswer& answer, const Example& example) {
    const fhir::Json body = answer.body.empty() ? fhir::Json() : fhir::parse_json(answer.body);
    EXPECT_EQ(std::to_string(answer.status), example.expected.at(0)) << answer.body;
    for (std::size_t i = 1; i < example.expected.size(); ++i) {
      const std::string& wanted = example.expected[i];
      if (const std::size_t equals = wanted.find(" = "); equals != std::string::npos) {
        const fhir::Json* const found = at(body, wanted.substr(0, equals));
        EXPECT_EQ(found == nullptr ? "nothing" : fhir::write_json(*found),
                  wanted.substr(equals + 3))
            << wanted;
      } else if (const std::size_t absent = wanted.find(" absent"); absent != std::string::npos) {
        EXPECT_EQ(at(body, wanted.substr(0, absent)), nullptr) << wanted;
      } else {
        const std::size_t colon = wanted.find(": ");
        ASSERT_NE(colon, std::string::npos) << wanted;
        std::string name = wanted.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto found = answer.headers.find(name);
        EXPECT_EQ(found == answer.headers.end() ? "nothing" : found->second,
                  wanted.substr(colon + 2));
      }
    }
    const std::string base = hub.hospital.door_options().base_url;
    for (const fhir::Json& link : body.items("link")) {
      if (link.text("relation") == "next") {
        next_link = "/fhir" + std::string(link.text("url").substr(base.size()));
      }
    }
  }

  TestHub hub;
  std::string dir;
  std::unique_ptr<http::Server> server;
  std::shared_ptr<SSL_CTX> context;
  std::string next_link;
};

TEST_F(HubProfileTest, EachExampleAnswersAsThePageSays) {
  const std::vector<Example> examples =
      examples_of(platform::read_file(SEKISHO_SOURCE_DIR "/docs/hub-profile.md"));
  ASSERT_GE(examples.size(), 20u);
  fakes::HttpClient client(server->port(), context);
  for (const Example& example : examples) {
    SCOPED_TRACE("docs/hub-profile.md:" + std::to_string(example.line));
    hub.hospital.skew_s = example.closed ? 1000 : 0;
    ASSERT_FALSE(example.request.empty());
    ASSERT_FALSE(example.expected.empty());
    const fakes::HttpAnswer answer = client.ask(bytes_of(example));
    ASSERT_NE(answer.status, 0);
    EXPECT_EQ(answer.headers.count("x-request-id"), 1u);
    check(answer, example);
  }
}

}  // namespace
}  // namespace sekisho::hub
