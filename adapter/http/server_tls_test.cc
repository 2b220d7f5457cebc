#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "adapter/http/server.h"
#include "adapter/http/tls.h"
#include "adapter/platform/durable_file.h"
#include "fhir/error.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/http_client.h"

namespace sekisho::http {
namespace {

using fakes::ClientTls;
using fakes::HttpAnswer;
using fakes::HttpClient;

const char* const kGet = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    dir = testing::TempDir() + "tls_" + std::to_string(getpid()) + test->name();
    std::filesystem::create_directories(dir);
    const auto identity = server_ca.issue({.common_name = "server", .uris = {}, .server = true});
    tls.certificate = write("server.pem", identity.certificate);
    tls.private_key = write("server.key", identity.private_key);
    tls.client_ca = write("ca.pem", hub_ca.certificate());
    options.threads = 4;
    options.timeout_s = 5;
    options.new_request_id = [] { return std::string(32, 'a'); };
    options.unhandled = [this](const char* what) {
      const std::lock_guard guard(mutex);
      told.emplace_back(what);
    };
  }
  ~TlsTest() override {
    server.reset();
    std::filesystem::remove_all(dir);
  }

  std::string write(const std::string& name, const std::string& text) const {
    platform::write_file(dir + '/' + name, text);
    return dir + '/' + name;
  }
  void start() {
    server = std::make_unique<Server>(options, tls, [this](const Request& request) {
      peer = request.peer;
      Response response;
      response.body = "fine";
      return response;
    });
  }
  // What a client with this certificate gets; 0: the handshake was refused.
  int ask_as(const fakes::Identity& identity, int highest_version = 0) const {
    ClientTls client{server_ca.certificate(), identity.certificate, identity.private_key,
                     highest_version};
    return HttpClient(server->port(), fakes::client_context(client)).ask(kGet).status;
  }
  bool was_told(const std::string& what) {
    const std::lock_guard guard(mutex);
    return std::find(told.begin(), told.end(), what) != told.end();
  }
  // The text of the Error that starting gives.
  std::string start_error() {
    try {
      start();
    } catch (const fhir::Error& error) {
      EXPECT_EQ(error.code(), fhir::ErrorCode::kConfig);
      return error.text();
    }
    return "started";
  }

  fakes::CertificateAuthority server_ca{"server ca"};
  fakes::CertificateAuthority hub_ca{"hub ca"};
  std::string dir;
  TlsOptions tls;
  ServerOptions options;
  PeerCertificate peer;
  std::mutex mutex;
  std::vector<std::string> told;
  std::unique_ptr<Server> server;
};

TEST_F(TlsTest, GivesTheHandlerTheClientsCertificate) {
  start();
  const auto hub = hub_ca.issue({.common_name = "拠点, 1", .uris = {"urn:a:1", "https://b/2"}});
  EXPECT_EQ(ask_as(hub), 200);
  EXPECT_EQ(peer.subject, "CN=拠点\\, 1,O=Sekisho Test,C=JP");
  EXPECT_EQ(peer.san_uris, (std::vector<std::string>{"urn:a:1", "https://b/2"}));
  EXPECT_EQ(peer.fingerprint.size(), 64u);
}

TEST_F(TlsTest, RefusesInTheHandshakeWhoseCertificateDoesNotVerify) {
  start();
  EXPECT_EQ(ask_as({}), 0);
  EXPECT_EQ(ask_as(hub_ca.issue({.common_name = "late", .uris = {}, .expired = true})), 0);
  fakes::CertificateAuthority stranger("hub ca");
  EXPECT_EQ(ask_as(stranger.issue({})), 0);
  EXPECT_EQ(ask_as(hub_ca.issue({.common_name = "a server's", .uris = {}, .server = true})), 0);
  EXPECT_TRUE(was_told("handshake-failed"));
  EXPECT_EQ(ask_as(hub_ca.issue({})), 200);
}

TEST_F(TlsTest, RefusesARevokedCertificate) {
  const auto good = hub_ca.issue({});
  const auto bad = hub_ca.issue({});
  tls.client_crl = write("crl.pem", hub_ca.revoke({bad.serial}));
  start();
  EXPECT_EQ(ask_as(good), 200);
  EXPECT_EQ(ask_as(bad), 0);
}

TEST_F(TlsTest, ReadsChangedFilesForTheNextConnection) {
  const auto hub = hub_ca.issue({});
  tls.client_crl = write("crl.pem", hub_ca.revoke({}));
  start();
  EXPECT_EQ(ask_as(hub), 200);
  write("crl.pem", "broken");
  EXPECT_EQ(ask_as(hub), 200);
  EXPECT_TRUE(was_told("tls-reload-failed"));
  write("crl.pem", hub_ca.revoke({hub.serial, 7, 8}));
  EXPECT_EQ(ask_as(hub), 0);
}

TEST_F(TlsTest, ARevokedCertificateIsAskedForAgainOnAnOpenConnection) {
  const auto hub = hub_ca.issue({});
  tls.client_crl = write("crl.pem", hub_ca.revoke({}));
  start();
  const auto context =
      fakes::client_context({server_ca.certificate(), hub.certificate, hub.private_key});
  HttpClient open(server->port(), context);
  EXPECT_EQ(open.ask(kGet).status, 200);
  write("crl.pem", hub_ca.revoke({hub.serial, 7, 8}));
  int status = 200;
  for (int tries = 0; tries < 200 && status == 200; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    status = open.ask(kGet).status;
  }
  EXPECT_EQ(status, 0) << "no other connection came, and the files are seen all the same";
  EXPECT_EQ(ask_as(hub), 0);
}

TEST(FieldsOf, ANameThatCannotBeReadIsNobodys) {
  const auto fields = [](const std::string& name) {
    const std::string der = platform::read_file(
        SEKISHO_SOURCE_DIR "/tests/fuzz/corpus/client_certificate/" + name, 1 << 20);
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
    return fields_of(certificate.get());
  };
  EXPECT_EQ(fields("dn").subject, "CN=operator,O=Test,C=JP");
  EXPECT_TRUE(fields("dn").san_uris.empty());
  EXPECT_EQ(fields("control").subject, "CN=op\\00r\\01\\0Aor,O=Test,C=JP");
  EXPECT_EQ(fields("uri").san_uris, std::vector<std::string>{"urn:sekisho:demo:hub"});
  EXPECT_EQ(fields("uri_with_nul").san_uris, std::vector<std::string>{""});
  EXPECT_EQ(fields("broken_names").san_uris, std::vector<std::string>{""})
      << "the subject must not be asked instead";
  EXPECT_TRUE(fields("other_names").san_uris.empty());
}

TEST_F(TlsTest, SpeaksTls13AndTls12OnlyWhereAllowed) {
  start();
  const auto hub = hub_ca.issue({});
  EXPECT_EQ(ask_as(hub), 200);
  EXPECT_EQ(ask_as(hub, TLS1_2_VERSION), 0);
  server.reset();
  tls.allow_tls12 = true;
  start();
  EXPECT_EQ(ask_as(hub, TLS1_2_VERSION), 200);
}

TEST_F(TlsTest, AnswersNothingToAClientWithoutTls) {
  start();
  EXPECT_EQ(HttpClient(server->port(), nullptr).ask(kGet).status, 0);
  EXPECT_TRUE(was_told("handshake-failed"));
}

TEST_F(TlsTest, SilentClientsBlockNobodyBeforeAndAfterTheHandshake) {
  start();
  const auto hub = hub_ca.issue({});
  const auto context =
      fakes::client_context({server_ca.certificate(), hub.certificate, hub.private_key});
  std::vector<std::unique_ptr<HttpClient>> silent;
  for (int i = 0; i < 8; ++i) {
    silent.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
    silent.push_back(std::make_unique<HttpClient>(server->port(), context));
  }
  EXPECT_EQ(ask_as(hub), 200);
  for (std::size_t i = 1; i < silent.size(); i += 2) {
    EXPECT_EQ(silent[i]->ask(kGet).status, 200);
  }
}

TEST_F(TlsTest, HandshakesThatStopHalfwayHoldNoThread) {
  options.timeout_s = 60;
  start();
  std::vector<std::unique_ptr<HttpClient>> halfway;
  for (std::size_t i = 0; i < 20; ++i) {
    halfway.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
    halfway.back()->send(std::string_view("\x16\x03\x01\x02", 1 + i % 4));
  }
  EXPECT_EQ(ask_as(hub_ca.issue({})), 200);
}

TEST_F(TlsTest, AHandshakeThatStopsHalfwayEnds) {
  options.timeout_s = 1;
  start();
  HttpClient halfway(server->port(), nullptr);
  halfway.send("\x16\x03");
  EXPECT_TRUE(halfway.closed_by_peer());
  EXPECT_TRUE(was_told("handshake-failed"));
}

// As many as one machine can open. What is too much is refused at once, and another is served.
TEST_F(TlsTest, TenThousandIdleConnectionsOfOneAddressKeepNoOtherOut) {
  constexpr std::size_t kConnections = 10'000;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const std::size_t many = std::min<std::size_t>(kConnections, files.rlim_cur - 600);
  options = ServerOptions();
  options.timeout_s = 120;  // longer than all this: nobody is let in because others are timed out
  options.new_request_id = [] { return std::string(32, 'a'); };
  std::atomic<std::size_t> refused{0};
  options.unhandled = [&](const char* what) {
    refused += std::string_view(what) == "connection-refused" ? 1 : 0;
  };
  start();
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (std::size_t i = 0; i < many; ++i) {
    idle.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
    ASSERT_TRUE(idle.back()->connected()) << i;
  }
  const auto hub = hub_ca.issue({});
  const auto context =
      fakes::client_context({server_ca.certificate(), hub.certificate, hub.private_key});
  std::chrono::milliseconds fastest = std::chrono::hours(1);
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    HttpClient other(server->port(), context, 0, "127.0.0.2");
    EXPECT_EQ(other.ask(kGet).status, 200);
    fastest = std::min(fastest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - begin));
  }
  std::cout << many << " idle connections, " << refused
            << " refused; another address is answered in " << fastest.count() << " ms\n";
  EXPECT_LT(fastest, std::chrono::seconds(2));
  EXPECT_EQ(refused, many - options.max_connections_per_address);
  EXPECT_EQ(HttpClient(server->port(), context).ask(kGet).status, 0);
  EXPECT_TRUE(idle.back()->closed_by_peer());
}

TEST_F(TlsTest, LargeAnswersArriveWhole) {
  server = std::make_unique<Server>(options, tls, [](const Request&) {
    Response response;
    response.body.assign(3'000'000, 'x');
    return response;
  });
  const auto hub = hub_ca.issue({});
  HttpClient client(server->port(), fakes::client_context({server_ca.certificate(), hub.certificate,
                                                           hub.private_key}));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.ask(kGet).body.size(), 3'000'000u);
  }
}

TEST_F(TlsTest, ASlowReaderLosesItsConnectionAndTheThreadGoesOn) {
  options.threads = 1;
  options.timeout_s = 1;
  std::atomic<int> handled{0};
  server = std::make_unique<Server>(options, tls, [&](const Request& request) {
    ++handled;
    Response response;
    response.body.assign(request.path == "/a" ? 1 : 32'000'000, 'x');
    return response;
  });
  const auto hub = hub_ca.issue({});
  const auto context =
      fakes::client_context({server_ca.certificate(), hub.certificate, hub.private_key});
  HttpClient slow(server->port(), context, 4096);
  slow.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  while (handled == 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(HttpClient(server->port(), context).ask(kGet).status, 200);
  EXPECT_TRUE(was_told("timeout"));
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamed) {
  const TlsOptions good = tls;
  tls.certificate = dir + "/none.pem";
  EXPECT_NE(start_error().find("none.pem"), std::string::npos);
  tls = good;
  tls.certificate = write("text.pem", "no certificate");
  EXPECT_NE(start_error().find("hub.certificate"), std::string::npos);
  tls = good;
  tls.private_key = write("text.pem", "no key");
  EXPECT_NE(start_error().find("hub.private_key " + tls.private_key), std::string::npos);
  tls = good;
  tls.private_key = write("other.key", hub_ca.issue({}).private_key);
  EXPECT_NE(start_error().find("is not the key of hub.certificate"), std::string::npos);
  tls = good;
  tls.client_ca = write("text.pem", "no certificate");
  EXPECT_NE(start_error().find("hub.client_ca"), std::string::npos);
  tls = good;
  tls.client_crl = write("text.pem", "no list");
  EXPECT_NE(start_error().find("hub.client_crl"), std::string::npos);
  tls = good;
  tls.client_ca.clear();
  EXPECT_NE(start_error().find("hub.client_ca"), std::string::npos);
}

}  // namespace
}  // namespace sekisho::http
