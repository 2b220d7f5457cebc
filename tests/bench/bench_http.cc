// Read by id over mutual TLS with the ledger durable, beside a plain answer of Poco's HTTPS server
// in the same run, and the machine's rate of durable appends. One JSON line for each figure.
//   bench_http small|large [CONNECTIONS]     only with so many, to look at one load for itself;
//                                            large: 1,000,000 resources (or BENCH_RESOURCES)

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureServerSocket.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "adapter/crypto/keys.h"
#include "adapter/http/server.h"
#include "adapter/hub/routes.h"
#include "adapter/platform/durable_file.h"
#include "adapter/release/test_hospital.h"
#include "fhir/digest.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/http_client.h"

namespace sekisho {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPerPatient = 20;

struct Size {
  std::size_t resources = 2'000;
  std::vector<int> connections = {1, 16, 64};
  std::chrono::milliseconds time{400};
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string id_of(std::size_t number) { return "observation-" + std::to_string(number); }

std::string observation(std::size_t number, const std::string& patient) {
  return R"({"resourceType":"Observation","id":")" + id_of(number) +
         R"(","meta":{"profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Observation_LabResult"]},)"
         R"("identifier":[{"system":"urn:oid:1.2.392.100495.20.3","value":"20261120-)" +
         std::to_string(number) +
         R"("}],"status":"final","category":[{"coding":[{"system":)"
         R"("http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],)"
         R"("code":{"coding":[{"system":"urn:oid:1.2.392.200119.4.504",)"
         R"("code":"3D010000001926101","display":"グルコース"}],"text":"グルコース"},)"
         R"("subject":{"reference":"Patient/)" +
         patient +
         R"("},"effectiveDateTime":"2026-10-01T09:30:00+09:00",)"
         R"("valueQuantity":{"value":105,"unit":"mg/dL",)"
         R"("system":"http://unitsofmeasure.org","code":"mg/dL"},)"
         R"("referenceRange":[{"low":{"value":70},"high":{"value":109}}]})";
}

// Patients who may be given, each with the same number of laboratory results.
void fill(release::TestHospital& hospital, std::size_t resources) {
  hospital.open_for_business();
  std::vector<registry::PatientRecord> people;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < resources / kPerPatient; ++i) {
    registry::PatientRecord person;
    person.id = "patient-" + std::to_string(i);
    person.local_id = std::to_string(i);
    person.birth = fhir::civil_date(1970, 1, 1);
    person.sex = "female";
    ids.push_back(person.id);
    people.push_back(std::move(person));
  }
  const auto numbers = hospital.registry().index_patients(people, hospital.now());
  hospital.notify(ids);
  store::Store& store = hospital.store();
  sqlite::Transaction first(store.database());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    store::Incoming incoming;
    incoming.body = fhir::Json::object({{"resourceType", "Patient"}, {"id", ids[i]}});
    incoming.type = "Patient";
    incoming.id = ids[i];
    incoming.sets.rule = fhir::SetRule::kCarriedByPatient;
    incoming.sets.subjects = {ids[i]};
    incoming.patients = {numbers[i]};
    store.put(incoming, hospital.now());
  }
  first.commit();
  for (std::size_t i = 0; i < resources;) {
    sqlite::Transaction transaction(store.database());
    for (std::size_t end = std::min(resources, i + 5'000); i < end; ++i) {
      const std::size_t patient = i / kPerPatient % ids.size();
      store::Incoming incoming;
      incoming.body = fhir::parse_json(observation(i, ids[patient]));
      incoming.type = "Observation";
      incoming.id = id_of(i);
      incoming.sets.needs = fhir::category::I5;
      incoming.sets.subjects = {ids[patient]};
      incoming.patients = {numbers[patient]};
      store.put(incoming, hospital.now());
    }
    store.settle();
    transaction.commit();
  }
  store.database().execute("PRAGMA wal_checkpoint(PASSIVE)");  // as at the end of an ingest
}

// A ledger that waits for the disk, which the hospital's own does not.
std::unique_ptr<ledger::Ledger> durable_ledger(const std::string& dir, fhir::Instant now) {
  ledger::Ledger::Options options;
  options.dir = dir + "/durable";
  options.key = crypto::SigningKey::generate();
  options.seal_key = std::string(32, 's');
  options.agent_version = "0.1.0";
  options.host = "bench";
  ledger::Ledger::create(options, now);
  return ledger::Ledger::open(options, now);
}

// Appends of the size of a ledger line, each with fdatasync.
double durable_appends_a_second(const std::string& dir, Size size) {
  auto file = platform::AppendFile::open(dir + "/appends");
  const std::string line(600, 'x');
  const auto begin = Clock::now();
  std::size_t count = 0;
  while (Clock::now() - begin < size.time) {
    file.append(line);
    file.sync();
    ++count;
  }
  return static_cast<double>(count) / seconds_since(begin);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Figure {
  double a_second = 0;
  double median_us = 0;
  double p99_us = 0;
  double cpu_us = 0;  // of this process for each answer, the clients' part included
  std::size_t failed = 0;
};

// Each connection asks again as soon as it has its answer.
Figure measure(std::uint16_t port, const std::shared_ptr<SSL_CTX>& context, int connections,
               Size size) {
  std::atomic<bool> counting{false};
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> failed{0};
  std::vector<std::vector<double>> times(static_cast<std::size_t>(connections));
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < times.size(); ++n) {
    threads.emplace_back([&, n] {
      std::mt19937_64 random(n + 1);
      fakes::HttpClient client(port, context);
      while (!stop) {
        const std::string request = "GET /fhir/Observation/" + id_of(random() % size.resources) +
                                    " HTTP/1.1\r\nHost: localhost\r\nSekisho-Permit: PM0\r\n"
                                    "Accept: application/fhir+json\r\n\r\n";
        const auto begin = Clock::now();
        const bool good = client.ask(request).status == 200;
        if (counting) {
          times[n].push_back(seconds_since(begin) * 1e6);
          failed += good ? 0 : 1;
        }
        if (!good) {
          return;
        }
      }
    });
  }
  std::this_thread::sleep_for(size.time / 4);
  counting = true;
  const auto begin = Clock::now();
  const double cpu = cpu_seconds();
  std::this_thread::sleep_for(size.time);
  counting = false;
  const double cpu_taken = cpu_seconds() - cpu;
  const double taken = seconds_since(begin);
  stop = true;
  std::vector<double> all;
  for (std::size_t n = 0; n < times.size(); ++n) {
    threads[n].join();
    all.insert(all.end(), times[n].begin(), times[n].end());
  }
  std::sort(all.begin(), all.end());
  Figure figure;
  figure.failed = failed;
  if (!all.empty()) {
    figure.a_second = static_cast<double>(all.size()) / taken;
    figure.median_us = all[all.size() / 2];
    figure.p99_us = all[all.size() * 99 / 100];
    figure.cpu_us = cpu_taken * 1e6 / static_cast<double>(all.size());
  }
  return figure;
}

class PlainHandler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit PlainHandler(const std::string& body) : body_(body) {}
  void handleRequest(Poco::Net::HTTPServerRequest&,
                     Poco::Net::HTTPServerResponse& response) override {
    response.setContentType("application/fhir+json; charset=utf-8");
    response.setContentLength(static_cast<std::streamsize>(body_.size()));
    response.send().write(body_.data(), static_cast<std::streamsize>(body_.size()));
  }

 private:
  const std::string& body_;
};

class PlainFactory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit PlainFactory(std::string body) : body_(std::move(body)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new PlainHandler(body_);
  }

 private:
  std::string body_;
};

// Poco's own HTTPS server, giving the same bytes from memory to whoever shows a certificate.
class PlainServer {
 public:
  PlainServer(const http::TlsOptions& tls, std::string body) : pool_(2, 128) {
    Poco::Net::Context::Params params;
    params.certificateFile = tls.certificate;
    params.privateKeyFile = tls.private_key;
    params.caLocation = tls.client_ca;
    params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
    Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, params);
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_3);
    context->enableExtendedCertificateVerification(false);
    socket_ = std::make_unique<Poco::Net::SecureServerSocket>(
        Poco::Net::SocketAddress("127.0.0.1", 0), 128, context);
    Poco::Net::HTTPServerParams::Ptr server_params = new Poco::Net::HTTPServerParams;
    server_params->setMaxThreads(128);
    server_params->setKeepAlive(true);
    server_ = std::make_unique<Poco::Net::HTTPServer>(new PlainFactory(std::move(body)), pool_,
                                                      *socket_, server_params);
    server_->start();
  }
  ~PlainServer() { server_->stopAll(true); }
  std::uint16_t port() const { return socket_->address().port(); }

 private:
  Poco::ThreadPool pool_;
  std::unique_ptr<Poco::Net::SecureServerSocket> socket_;
  std::unique_ptr<Poco::Net::HTTPServer> server_;
};

void print(const char* what, int connections, const Figure& figure, double ratio) {
  std::printf(R"({"bench":"http","what":"%s","connections":%d,"per_second":%.0f,"median_us":%.0f,)"
              R"("p99_us":%.0f,"cpu_us":%.1f,"failed":%zu)",
              what, connections, figure.a_second, figure.median_us, figure.p99_us, figure.cpu_us,
              figure.failed);
  if (ratio > 0) {
    std::printf(R"(,"ratio_to_plain":%.2f)", ratio);
  }
  std::printf("}\n");
  std::fflush(stdout);
}

// The handler alone on one thread, its ledger not durable: what an answer costs without TLS, waits
// and threads.
void handler_alone(const hub::Routes& routes, const Size& size) {
  std::mt19937_64 random(1);
  http::Request request;
  request.method = "GET";
  request.headers = {{"host", "localhost"}, {"sekisho-permit", "PM0"}};
  std::size_t count = 0;
  std::size_t good = 0;
  const double cpu = cpu_seconds();
  const auto begin = Clock::now();
  while (seconds_since(begin) < std::chrono::duration<double>(size.time).count()) {
    request.path = "/fhir/Observation/" + id_of(random() % size.resources);
    request.request_id = id_of(count);
    good += routes(request).status == 200 ? 1U : 0U;
    ++count;
  }
  std::printf(R"({"bench":"http","what":"handler alone","cpu_us":%.1f,"failed":%zu})"
              "\n",
              (cpu_seconds() - cpu) * 1e6 / static_cast<double>(count), count - good);
}

std::string file(const std::string& dir, const char* name, const std::string& text) {
  platform::write_file(dir + '/' + name, text);
  return dir + '/' + name;
}

int run(const Size& size) {
  release::TestHospital hospital("bench_http");
  const std::string dir = hospital.folder();
  fill(hospital, size.resources);
  const double appends = durable_appends_a_second(dir, size);
  std::printf(
      "{\"bench\":\"http\",\"what\":\"durable appends\",\"per_second\":%.0f,"
      "\"resources\":%zu}\n",
      appends, size.resources);

  fakes::CertificateAuthority authority("bench");
  const auto identity = authority.issue({.common_name = "s", .uris = {}, .server = true});
  const auto own = authority.issue({.common_name = "h", .uris = {"urn:sekisho:test:hub"}});
  http::TlsOptions tls;
  tls.certificate = file(dir, "server.pem", identity.certificate);
  tls.private_key = file(dir, "server.key", identity.private_key);
  tls.client_ca = file(dir, "ca.pem", authority.certificate());
  const auto context =
      fakes::client_context({authority.certificate(), own.certificate, own.private_key});

  const auto ledger = durable_ledger(dir, hospital.now());
  release::Door door(hospital.door_options(), hospital.registry(), *ledger, hospital.clock(),
                     [] { return std::int64_t{0}; });
  hub::HubOptions hub_options;
  hub_options.base_url = hospital.door_options().base_url;
  const hub::Routes routes(hub_options, door,
                           [](const http::PeerCertificate&) { return std::string("RP"); });
  release::Door own_door(hospital.door_options(), hospital.registry(), hospital.ledger(),
                         hospital.clock(), [] { return std::int64_t{0}; });
  handler_alone(hub::Routes(hub_options, own_door,
                            [](const http::PeerCertificate&) { return std::string("RP"); }),
                size);
  http::ServerOptions options;
  options.threads = 64;
  options.max_connections_per_address = 128;
  options.clock = hospital.clock();
  options.begin = [&](const http::Request& request) { return routes.begin(request); };
  options.new_request_id = [] { return fhir::to_hex(crypto::random_bytes(16)); };
  const http::Server server(options, tls, routes);
  const PlainServer plain(tls, observation(0, "patient-0"));

  bool good = true;
  for (const int connections : size.connections) {
    const Figure base = measure(plain.port(), context, connections, size);
    const Figure read = measure(server.port(), context, connections, size);
    print("plain TLS answer", connections, base, 0);
    print("read by id", connections, read, base.a_second > 0 ? read.a_second / base.a_second : 0);
    good = good && base.failed == 0 && read.failed == 0 && read.a_second > 0;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace sekisho

int main(int argc, char** argv) {
  const std::string wish = argc == 2 || argc == 3 ? argv[1] : "";
  sekisho::Size size;
  if (wish == "large") {
    const char* resources = std::getenv("BENCH_RESOURCES");
    size.resources = resources != nullptr ? std::strtoul(resources, nullptr, 10) : 1'000'000;
    size.time = std::chrono::seconds(8);
  } else if (wish != "small") {
    std::fprintf(stderr, "usage: bench_http small|large [CONNECTIONS]\n");
    return 2;
  }
  if (argc == 3) {
    size.connections = {std::max(1, std::atoi(argv[2]))};
  }
  Poco::Net::initializeSSL();
  const int result = sekisho::run(size);
  Poco::Net::uninitializeSSL();
  return result;
}
