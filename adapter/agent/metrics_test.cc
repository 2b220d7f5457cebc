#include "adapter/agent/metrics.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace sekisho::agent {
namespace {

std::set<std::string> families_of(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      const std::string rest = line.substr(7);
      EXPECT_TRUE(names.insert(rest.substr(0, rest.find(' '))).second) << line;
    }
  }
  return names;
}

ingest::Report report() {
  ingest::Report report;
  report.read = 9;
  report.mapped = 5;
  report.unchanged = 1;
  report.ignored["no mapping profile"] = 1;
  report.quarantined["empty"] = 2;
  report.produced = report.stored = 7;
  report.seconds = 1.5;
  return report;
}

Gauges filled() {
  Gauges gauges;
  gauges.serving = true;
  gauges.ledger_sequence = 42;
  gauges.sources = {{"counter", 60, 86400}, {"local", -1, -1}};
  gauges.refusals["active"] = 3;
  gauges.quarantined["empty"] = 2;
  gauges.disk_bytes["store"] = 4096;
  gauges.certificate_ends = fhir::Instant{1'800'000'000'000};
  gauges.log_lines = {10, 2, 1};
  return gauges;
}

void expect_lines(const std::string& text, std::initializer_list<const char*> lines) {
  for (const char* line : lines) {
    EXPECT_NE(text.find("\n" + std::string(line) + "\n"), std::string::npos) << line << "\n"
                                                                             << text;
  }
}

TEST(Metrics, CountRequestsByInteractionStatusAndDuration) {
  Metrics metrics;
  metrics.answered("read", 200, 500);  // on the bound: inside
  metrics.answered("read", 200, 501);
  metrics.answered("read", 404, 20'000'000);
  metrics.answered("search-type", 200, 1);
  expect_lines(metrics.text({}),
               {R"(sekisho_requests_total{interaction="read",status="200"} 2)",
                R"(sekisho_requests_total{interaction="read",status="404"} 1)",
                R"(sekisho_request_duration_seconds_bucket{interaction="read",le="0.0005"} 1)",
                R"(sekisho_request_duration_seconds_bucket{interaction="read",le="0.001"} 2)",
                R"(sekisho_request_duration_seconds_bucket{interaction="read",le="10"} 2)",
                R"(sekisho_request_duration_seconds_bucket{interaction="read",le="+Inf"} 3)",
                R"(sekisho_request_duration_seconds_sum{interaction="read"} 20.001001)",
                R"(sekisho_request_duration_seconds_count{interaction="read"} 3)",
                R"(sekisho_request_duration_seconds_count{interaction="search-type"} 1)"});
}

TEST(Metrics, HaveNoLabelThatARequestCanMake) {
  Metrics metrics;
  metrics.answered("山田太郎", 299, 1);
  metrics.unhandled("山田太郎");
  const std::string text = metrics.text({});
  expect_lines(text, {R"(sekisho_requests_total{interaction="unknown",status="other"} 1)",
                      R"(sekisho_unhandled_total{what="other"} 1)"});
  EXPECT_EQ(text.find("山田"), std::string::npos);
}

TEST(Metrics, TellWhereTheFilesOfIngestsWent) {
  Metrics metrics;
  const ingest::Report balanced = report();
  metrics.ingest_begins();
  metrics.ingest_progress(4);
  expect_lines(metrics.text({}), {"sekisho_ingest_running 1", "sekisho_ingest_progress_files 4"});
  metrics.ingest_ends(&balanced, fhir::Instant{1'795'136'400'000});
  metrics.ingest_begins();
  metrics.ingest_ends(nullptr, fhir::Instant{1'795'136'500'000});
  expect_lines(metrics.text({}),
               {"sekisho_ingest_running 0", R"(sekisho_ingest_runs_total{result="balanced"} 1)",
                R"(sekisho_ingest_runs_total{result="failed"} 1)",
                R"(sekisho_ingest_files_total{state="mapped",reason=""} 5)",
                R"(sekisho_ingest_files_total{state="ignored",reason="no mapping profile"} 1)",
                R"(sekisho_ingest_files_total{state="quarantined",reason="empty"} 2)",
                R"(sekisho_ingest_resources_total{state="stored",reason=""} 7)",
                "sekisho_ingest_last_end_timestamp_seconds 1795136400",
                "sekisho_ingest_last_duration_seconds 1.500000"});
}

TEST(Metrics, ShowTheStateOfTheHouse) {
  expect_lines(Metrics().text(filled()),
               {"sekisho_serving 1", "sekisho_ledger_sequence 42", "sekisho_clock_held 0",
                R"(sekisho_registry_source_age_seconds{source="counter"} 60)",
                R"(sekisho_registry_source_max_age_seconds{source="counter"} 86400)",
                R"(sekisho_registry_refusals{status="active"} 3)",
                R"(sekisho_quarantined_files{reason="empty"} 2)",
                R"(sekisho_disk_used_bytes{part="store"} 4096)",
                "sekisho_certificate_not_after_timestamp_seconds 1800000000",
                R"(sekisho_log_lines_total{level="alarm"} 1)"});
}

// Text format 0.0.4: a family begins with HELP and TYPE, stands in one piece, and the text ends
// with a line feed. A line that does not fit would make a scraper throw everything away.
TEST(Metrics, AreInTheTextFormatOfPrometheus) {
  Metrics metrics;
  metrics.answered("read", 200, 5);
  const ingest::Report balanced = report();
  metrics.ingest_ends(&balanced, {});
  const std::string text = metrics.text(filled());
  EXPECT_EQ(text.back(), '\n');
  std::istringstream lines(text);
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_EQ(line.substr(7, line.find(' ', 7) - 7), family) << line;
    } else {
      EXPECT_TRUE(line.starts_with(family)) << line;
      const std::size_t value = line.rfind(' ');
      ASSERT_NE(value, std::string::npos) << line;
      EXPECT_EQ(line.find_first_not_of("0123456789.e+-", value + 1), std::string::npos) << line;
    }
  }
}

TEST(Metrics, StandInTheOperationsPage) {
  Metrics metrics;
  const ingest::Report balanced = report();
  metrics.ingest_ends(&balanced, {});
  const std::set<std::string> families = families_of(metrics.text(filled()));
  std::ifstream file(std::string(SEKISHO_SOURCE_DIR) + "/docs/operations.md");
  std::stringstream page;
  page << file.rdbuf();
  std::set<std::string> listed;
  const std::string text = page.str();
  for (std::size_t at = 0; (at = text.find("| `sekisho_", at)) != std::string::npos; ++at) {
    listed.insert(text.substr(at + 3, text.find('`', at + 3) - at - 3));
  }
  EXPECT_EQ(listed, families);
}

}  // namespace
}  // namespace sekisho::agent
