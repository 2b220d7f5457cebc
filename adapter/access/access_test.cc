#include "adapter/access/access.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "adapter/registry/registry.h"

namespace sekisho::access {
namespace {

class ClientOf : public testing::Test {
 protected:
  void SetUp() override {
    registry::Registry::Options options;
    options.dir = testing::TempDir() + "access_" + std::to_string(getpid());
    options.key = std::string(32, 'k');
    std::filesystem::remove_all(options.dir);
    const fhir::Instant now = *fhir::parse_instant("2026-11-20T01:00:00Z");
    registry::Registry::create(options, now);
    registry_ = registry::Registry::open(options, registry::Registry::Access::kWriter, now);
    const registry::Actor actor{{"検査 太郎"}, "tester"};
    for (const char* body :
         {R"({"id": "hub", "cert_subject": "urn:test:hub"})",
          R"({"id": "lab", "cert_subject": "urn:test:lab"})",
          R"({"id": "dn", "cert_subject": "CN=operator,O=Test,C=JP"})",
          R"({"id": "off", "cert_subject": "urn:test:off", "enabled": false})"}) {
      ASSERT_TRUE(registry_->append("client", fhir::parse_json(body), actor, now).ok());
    }
  }
  std::string client(std::vector<std::string> uris, std::string subject = "CN=x") const {
    http::PeerCertificate certificate;
    certificate.subject = std::move(subject);
    certificate.san_uris = std::move(uris);
    return client_of(certificate, *registry_);
  }
  std::unique_ptr<registry::Registry> registry_;
};

TEST_F(ClientOf, AnExactUri) {
  EXPECT_EQ(client({"urn:test:hub"}), "hub");
  EXPECT_EQ(client({"urn:test:HUB"}), "");
  EXPECT_EQ(client({"urn:test:hub/"}), "");
  EXPECT_EQ(client({"urn:test:unknown"}), "");
  EXPECT_EQ(client({""}), "");
}

TEST_F(ClientOf, SeveralUrisOfOneClientOrNobody) {
  EXPECT_EQ(client({"urn:other", "urn:test:hub"}), "hub");
  EXPECT_EQ(client({"urn:test:lab", "urn:test:hub"}), "");
}

TEST_F(ClientOf, TheDnOnlyWhereThereIsNoUri) {
  EXPECT_EQ(client({}, "CN=operator,O=Test,C=JP"), "dn");
  EXPECT_EQ(client({}, "CN=operator,O=Test"), "");
  EXPECT_EQ(client({"urn:other"}, "CN=operator,O=Test,C=JP"), "");
  EXPECT_EQ(client({}, ""), "");
}

TEST_F(ClientOf, ADisabledClientIsStillNamed) { EXPECT_EQ(client({"urn:test:off"}), "off"); }

}  // namespace
}  // namespace sekisho::access
