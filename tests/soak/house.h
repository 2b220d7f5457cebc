#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/agent/installation.h"
#include "adapter/agent/serving.h"
#include "adapter/log/log.h"
#include "fhir/json.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/http_client.h"

namespace sekisho::soak {

struct Said {
  int exit = 0;
  std::string out, err;
};

struct Answer {
  int status = 0;
  fhir::Json body;
};

// An installation with a running agent in this process, under a clock that the test moves. Commands
// reach it over its command socket, the hub over TLS.
class House {
 public:
  House(std::filesystem::path folder, const std::filesystem::path& storage, fhir::Instant now);
  ~House();

  void start();
  void stop();

  fhir::Instant now() const { return fhir::Instant{now_ms_}; }
  void set_now(fhir::Instant now);

  Said command(const std::vector<std::string>& words);
  std::string file(const std::string& name, const std::string& text);  // its path

  Answer get(const std::string& target);  // below the base; one request of the hub
  std::uint64_t answered() const { return answered_; }
  bool open() const { return !serving_->locked(); }
  std::string patient_id(const std::string& number);

  // New authority, server and client; the former authority's clients are accepted until it is
  // forgotten.
  void rotate_certificates();
  void forget_former_authority();
  bool former_client_connects();

  std::string permit;  // what the hub shows

 private:
  void write_tls();
  void connect();

  std::filesystem::path folder_;
  std::atomic<std::int64_t> now_ms_;
  config::Places places_;
  std::vector<std::unique_ptr<fakes::CertificateAuthority>> authorities_;  // the last one is used
  std::size_t accepted_from_ = 0;
  fakes::Identity client_, former_;
  std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<agent::Installation> installation_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<agent::Serving> serving_;
  std::unique_ptr<fakes::HttpClient> hub_;
  std::uint64_t answered_ = 0;
};

}  // namespace sekisho::soak
