#include "adapter/agent/metrics.h"

#include <gtest/gtest.h>

namespace sekisho::agent {
namespace {

TEST(Metrics, AreCountedByStatusAndKindAndNothingElse) {
  Metrics metrics;
  metrics.answered(200, 3);
  metrics.answered(200, 4);
  metrics.answered(404, 1);
  metrics.unhandled("bad-request");
  Metrics::Gauges gauges;
  gauges.serving = true;
  gauges.ledger_sequence = 42;
  const std::string text = metrics.text(gauges);
  for (const char* line :
       {"\nsekisho_requests_total{status=\"200\"} 2\n",
        "\nsekisho_requests_total{status=\"404\"} 1\n", "\nsekisho_request_milliseconds_total 8\n",
        "\nsekisho_unhandled_total{what=\"bad-request\"} 1\n", "\nsekisho_serving 1\n",
        "\nsekisho_ledger_sequence 42\n", "\nsekisho_clock_held 0\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

// Prometheus' text format 0.0.4: each family begins with HELP and TYPE, the text ends with LF.
TEST(Metrics, DescribeEachFamilyOnce) {
  const std::string text = Metrics().text({});
  std::size_t help = 0;
  std::size_t type = 0;
  for (std::size_t at = 0; (at = text.find("# HELP ", at)) != std::string::npos; ++at) {
    ++help;
  }
  for (std::size_t at = 0; (at = text.find("# TYPE ", at)) != std::string::npos; ++at) {
    ++type;
  }
  EXPECT_EQ(help, type);
  EXPECT_GE(help, 10u);
  EXPECT_EQ(text.back(), '\n');
}

}  // namespace
}  // namespace sekisho::agent
