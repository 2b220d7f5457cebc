#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "adapter/http/server.h"
#include "tests/fakes/http_client.h"

namespace sekisho::http {

using fakes::HttpAnswer;
using fakes::HttpClient;

// A plain server that says back what it was asked; on some paths it misbehaves as a handler may.
class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    options.threads = 4;
    options.timeout_s = 1;
    options.new_request_id = [] { return std::string(32, 'a'); };
    options.clock = [] { return fhir::Instant{1'763'600'400'000}; };
    options.unhandled = [this](const char* what) {
      const std::lock_guard guard(mutex);
      told.emplace_back(what);
    };
  }
  ~ServerTest() override { server.reset(); }

  void start() {
    server = std::make_unique<Server>(options, [this](const Request& request) {
      ++handled;
      return handle(request);
    });
  }
  static Response handle(const Request& request) {
    Response response;
    if (request.path == "/throw") {
      throw std::runtime_error("secret");
    }
    if (request.path == "/throw-int") {
      throw 7;
    }
    if (request.path == "/304") {
      response.status = 304;
    }
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = request.method + ' ' + request.path + ' ' + request.body;
    if (request.path == "/big") {
      response.body.assign(std::size_t{32} << 20, 'x');
    }
    return response;
  }
  static std::string get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
  }
  HttpClient client() const { return HttpClient(server->port(), nullptr); }
  HttpAnswer ask(const std::string& bytes) const { return client().ask(bytes); }
  bool was_told(const std::string& what) {
    const std::lock_guard guard(mutex);
    return std::find(told.begin(), told.end(), what) != told.end();
  }

  ServerOptions options;
  std::atomic<int> handled{0};
  std::mutex mutex;
  std::vector<std::string> told;
  std::unique_ptr<Server> server;
};

}  // namespace sekisho::http
