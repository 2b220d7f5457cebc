#include "adapter/hub/routes.h"

#include <gtest/gtest.h>

#include <map>

#include "adapter/http/head.h"
#include "adapter/hub/test_hub.h"

namespace sekisho::hub {
namespace {

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() : hub(testing::UnitTest::GetInstance()->current_test_info()->name()) {}

  static void expect_same(const http::Response& a, const http::Response& b) {
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.headers, b.headers);
    EXPECT_EQ(a.body, b.body);
  }
  static std::string code_of(const http::Response& response) {
    const fhir::Json body = fhir::parse_json(response.body);
    EXPECT_EQ(body.text("resourceType"), "OperationOutcome");
    return std::string(body.items("issue").at(0).text("code"));
  }
  static std::vector<std::string> ids(const http::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> found;
    const fhir::Json bundle = fhir::parse_json(response.body);
    for (const fhir::Json& entry : bundle.items("entry")) {
      found.emplace_back(entry.find("resource")->text("id"));
    }
    return found;
  }
  static std::string link(const http::Response& response, std::string_view relation) {
    const fhir::Json bundle = fhir::parse_json(response.body);
    for (const fhir::Json& link : bundle.items("link")) {
      if (link.text("relation") == relation) {
        return std::string(link.text("url"));
      }
    }
    return "";
  }

  TestHub hub;
  const http::Fields permit = {{"Sekisho-Permit", "PM0"}};
};

TEST_F(RoutesTest, ReadGivesTheResourceWithItsVersion) {
  const http::Response read = hub.get("/fhir/Condition/c-p1");
  EXPECT_EQ(read.status, 200);
  const fhir::Json body = fhir::parse_json(read.body);
  EXPECT_EQ(body.text("id"), "c-p1");
  EXPECT_EQ(header(read, "ETag"), "W/\"" + std::string(body.find("meta")->text("versionId")) + '"');
  EXPECT_EQ(header(read, "Last-Modified"), "Fri, 20 Nov 2026 01:00:00 GMT");
  EXPECT_EQ(header(read, "Content-Type"), "application/fhir+json; charset=utf-8");
  EXPECT_EQ(header(read, "Cache-Control"), "no-store");
}

TEST_F(RoutesTest, DeniedUnknownAndImpossibleAnswerAlike) {
  const http::Response unknown = hub.get("/fhir/Condition/does-not-exist");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(code_of(unknown), "not-found");
  const http::Fields known = {{"Sekisho-Permit", "PM0"}, {"If-None-Match", "W/\"1\""}};
  for (const char* target :
       {"/fhir/Condition/c-p2", "/fhir/Condition/c-p8", "/fhir/Patient/p2", "/fhir/Patient/p8",
        "/fhir/Condition/gone-p2", "/fhir/Condition/c-p2/_history/1",
        "/fhir/Condition/c-p1/_history/99", "/fhir/Condition/c-p1/_history/x",
        "/fhir/Nonsense/c-p1", "/fhir/AuditEvent/x", "/fhir/Condition/%E5%B1%B1",
        "/fhir/condition/c-p1", "/elsewhere"}) {
    expect_same(hub.get(target), unknown);
    expect_same(hub.get(target, known), unknown);  // X08: never 304
  }
}

TEST_F(RoutesTest, ADeletedResourceIsGoneWhereItWouldHaveBeenShown) {
  const http::Response gone = hub.get("/fhir/Condition/gone-p1");
  EXPECT_EQ(gone.status, 410);
  EXPECT_EQ(code_of(gone), "deleted");
}

TEST_F(RoutesTest, VersionsAreReadAndConditionsMet) {
  const http::Response read = hub.get("/fhir/Condition/c-p1");
  expect_same(hub.get("/fhir/Condition/c-p1/_history/1"), read);
  const http::Response held = hub.get(
      "/fhir/Condition/c-p1",
      {{"Sekisho-Permit", "PM0"}, {"If-None-Match", "\"x\""}, {"If-None-Match", "W/\"1\""}});
  EXPECT_EQ(held.status, 304);
  EXPECT_EQ(header(held, "ETag"), "W/\"1\"");
  EXPECT_EQ(hub.get("/fhir/Condition/c-p1", {{"Sekisho-Permit", "PM0"},
                                             {"If-Modified-Since", header(read, "Last-Modified")}})
                .status,
            304);
  EXPECT_EQ(
      hub.get("/fhir/Condition/c-p1", {{"Sekisho-Permit", "PM0"}, {"If-None-Match", "W/\"7\""}})
          .status,
      200);
}

TEST_F(RoutesTest, SearchShowsOnlyWhoMayBeGiven) {
  const http::Response all = hub.get("/fhir/Condition?_total=accurate");
  EXPECT_EQ(ids(all), std::vector<std::string>{"c-p1"});
  EXPECT_EQ(fhir::parse_json(all.body).find("total")->get<fhir::Number>()->text, "1");
  EXPECT_TRUE(ids(hub.get("/fhir/Condition?patient=p2")).empty());
  EXPECT_TRUE(ids(hub.get("/fhir/Condition?code=nothing")).empty());
}

TEST_F(RoutesTest, SearchByPostIsSearchByGet) {
  const http::Response got = hub.get("/fhir/Observation?code=GLU&_count=2");
  expect_same(hub.post("/fhir/Observation/_search", "code=GLU&_count=2"), got);
  expect_same(hub.post("/fhir/Observation/_search?code=GLU", "_count=2&_format=json"), got);
  EXPECT_EQ(ids(got).size(), 2u);
}

TEST_F(RoutesTest, PagesFollowByGetToTheEnd) {
  const std::string base = hub.hospital.door_options().base_url;
  std::vector<std::string> seen;
  http::Response page = hub.get("/fhir/Observation?_count=2&code=GLU");
  for (int pages = 0; pages < 5; ++pages) {
    for (std::string& id : ids(page)) {
      seen.push_back(std::move(id));
    }
    const std::string next = link(page, "next");
    if (next.empty()) {
      break;
    }
    ASSERT_EQ(next.substr(0, base.size()), base);
    page = hub.get("/fhir" + next.substr(base.size()));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"o1-p1", "o2-p1", "o3-p1"}));
}

TEST_F(RoutesTest, HeadIsGet) {
  http::Request head = hub.request("/fhir/Condition/c-p1");
  head.method = "HEAD";
  expect_same((*hub.routes)(head), hub.get("/fhir/Condition/c-p1"));
  head = hub.request("/fhir/Condition/c-p2");
  head.method = "HEAD";
  expect_same((*hub.routes)(head), hub.get("/fhir/Condition/c-p2"));
}

TEST_F(RoutesTest, MetadataChangesItsEtagOnlyWithItself) {
  const http::Response first = hub.get("/fhir/metadata", {});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(fhir::parse_json(first.body).text("resourceType"), "CapabilityStatement");
  hub.hospital.set_now("2026-11-21T10:00:00+09:00");
  hub.hospital.refuse("p1");
  expect_same(hub.get("/fhir/metadata", {}), first);
  EXPECT_EQ(hub.get("/fhir/metadata", {{"If-None-Match", header(first, "ETag")}}).status, 304);
}

// A01
TEST_F(RoutesTest, EverythingThatMetadataListsIsServed) {
  const fhir::Json statement = fhir::parse_json(hub.get("/fhir/metadata", {}).body);
  const std::map<std::string, std::string, std::less<>> samples = {
      {"token", "x"}, {"reference", "p1"}, {"date", "2026"}};
  std::size_t asked = 0;
  for (const fhir::Json& resource : statement.items("rest").at(0).items("resource")) {
    const std::string type = "/fhir/" + std::string(resource.text("type"));
    ASSERT_EQ(resource.items("interaction").size(), 3u) << type;
    EXPECT_EQ(hub.get(type + "/none").status, 404) << type;
    EXPECT_EQ(hub.get(type + "/none/_history/1").status, 404) << type;
    for (const fhir::Json& parameter : resource.items("searchParam")) {
      const std::string name(parameter.text("name"));
      const auto sample = samples.find(parameter.text("type"));
      ASSERT_NE(sample, samples.end()) << type << ' ' << name;
      EXPECT_EQ(hub.get(type + "?" + name + "=" + sample->second).status, 200)
          << type << ' ' << name;
      EXPECT_EQ(hub.post(type + "/_search", name + "=" + sample->second).status, 200);
      ++asked;
    }
  }
  EXPECT_GT(asked, 80u);
}

TEST_F(RoutesTest, WhatIsTooMuchIsSaidInAnOutcome) {
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += "code=a&";
  }
  const std::string huge(100'000, 'x');
  for (const std::string& form : {many, "code=" + huge, "_id=" + huge, "patient=" + huge,
                                  "_count=" + huge, "_cursor=" + huge, huge + "=a"}) {
    const http::Response response = hub.post("/fhir/Condition/_search", form);
    EXPECT_EQ(response.status, 400) << form.substr(0, 20);
    EXPECT_NE(code_of(response), "");
    EXPECT_LT(response.body.size(), 2000u) << "nothing long is said back";
  }
  http::Request read = hub.request("/fhir/Condition/" + huge);
  EXPECT_EQ((*hub.routes)(read).status, 404);
  read = hub.request("/fhir/Condition/c-p1");
  read.headers = {{"Sekisho-Permit", huge}};
  EXPECT_EQ((*hub.routes)(read).status, 403);
  read.headers = {{"Sekisho-Permit", "PM0"}, {"If-None-Match", huge}, {"Accept", huge}};
  EXPECT_EQ((*hub.routes)(read).status, 406);
}

// B04: the page after a long form is asked for by GET.
TEST_F(RoutesTest, ALinkToANextPageIsNeverLongerThanATargetMayBe) {
  const std::string base = hub.hospital.door_options().base_url;
  std::string codes = "code=GLU";
  int pages = 0;
  for (; codes.size() < 30'000; codes += "," + std::string(100, 'y')) {
    const http::Response page = hub.post("/fhir/Observation/_search", codes + "&_count=1");
    if (page.status != 200) {
      EXPECT_EQ(code_of(page), "too-costly");
      break;
    }
    const std::string next = "/fhir" + link(page, "next").substr(base.size());
    EXPECT_LE(next.size(), http::kMaxTarget);
    ++pages;
    if (pages % 50 == 0) {
      EXPECT_EQ(hub.get(next).status, 200);
    }
  }
  EXPECT_GT(pages, 100);
  EXPECT_LT(codes.size(), 13'000u);
}

TEST_F(RoutesTest, StatusSaysServingOrClosedAndNoCount) {
  const fhir::Json open = fhir::parse_json(hub.get("/fhir/status", {}).body);
  EXPECT_EQ(open.text("status"), "serving");
  EXPECT_EQ(open.text("version"), "0.1.0");
  hub.hospital.skew_s = 1000;
  const http::Response closed = hub.get("/fhir/status", {});
  EXPECT_EQ(closed.status, 200);
  EXPECT_EQ(fhir::parse_json(closed.body).text("status"), "closed");
  EXPECT_EQ(closed.body.find("SYS_"), std::string::npos);
  hub.hospital.skew_s = 0;
  hub.hospital.event("client", R"({"id":"RQ","cert_subject":"urn:new","certified":["pseudo"]})");
  http::Request other = hub.request("/fhir/status");
  other.peer.san_uris = {"urn:sekisho:test:new"};
  EXPECT_EQ(fhir::parse_json((*hub.routes)(other).body).text("status"), "closed")
      << "nothing is served to a client without an attested baseline";
}

TEST_F(RoutesTest, WhoeverMayNotAskGetsOneBody) {
  const http::Response forbidden = hub.get("/fhir/Patient/p1", {{"Sekisho-Permit", "unknown"}});
  EXPECT_EQ(forbidden.status, 403);
  EXPECT_EQ(code_of(forbidden), "forbidden");
  http::Request stranger = hub.request("/fhir/Patient/p1");
  stranger.peer.san_uris = {"urn:stranger"};
  expect_same((*hub.routes)(stranger), forbidden);
  expect_same(
      hub.get("/fhir/Patient?_id=p1", {{"Sekisho-Permit", "PM0"}, {"Sekisho-Purpose", "PATSFTY"}}),
      forbidden);
  expect_same(hub.get("/fhir/Nonsense", {{"Sekisho-Permit", "unknown"}}), forbidden);
}

TEST_F(RoutesTest, OnePermitAndWhereNeededOnePurpose) {
  const http::Response missing = hub.get("/fhir/Patient/p1", {});
  EXPECT_EQ(missing.status, 400);
  const http::Fields twice = {{"Sekisho-Permit", "PM0"}, {"sekisho-permit", "PM0"}};
  expect_same(hub.get("/fhir/Patient/p1", twice), missing);
  expect_same(hub.get("/fhir/Patient/p1", {{"Sekisho-Permit", "PM0, PTWO"}}), missing);
  expect_same(hub.get("/fhir/Patient/p1", {{"Sekisho-Permit", "PTWO"}}), missing);
  EXPECT_EQ(
      hub.get("/fhir/Condition/c-p1", {{"Sekisho-Permit", "PTWO"}, {"Sekisho-Purpose", "HRESCH"}})
          .status,
      200);
}

TEST_F(RoutesTest, AModeThatIsNotBuiltYetIsNotImplemented) {
  const http::Response later = hub.get("/fhir/Patient/p1", {{"Sekisho-Permit", "PM2"}});
  EXPECT_EQ(later.status, 501);
  EXPECT_EQ(code_of(later), "not-supported");
}

TEST_F(RoutesTest, AClosedServiceHasOneBodyForAll) {
  const http::Response permitted_before = hub.get("/fhir/Condition/c-p1");
  EXPECT_EQ(permitted_before.status, 200);
  hub.hospital.skew_s = 1000;
  const http::Response closed = hub.get("/fhir/Condition/c-p1");
  EXPECT_EQ(closed.status, 503);
  EXPECT_EQ(header(closed, "Retry-After"), "120");
  EXPECT_EQ(code_of(closed), "transient");
  expect_same(hub.get("/fhir/Condition?_total=accurate"), closed);
  expect_same(hub.get("/fhir/Condition/c-p2"), closed);
}

TEST_F(RoutesTest, WithoutALedgerNothingIsReleased) {
  const http::Response fine = hub.get("/fhir/Condition/c-p1");
  hub.hospital.ledger_disk_full = true;
  const http::Response closed = hub.get("/fhir/Condition/c-p1");
  EXPECT_EQ(closed.status, 503);
  for (const char* target : {"/fhir/Condition", "/fhir/metadata", "/fhir/status", "/elsewhere"}) {
    expect_same(hub.get(target), closed);
  }
  hub.hospital.ledger_disk_full = false;
  expect_same(hub.get("/fhir/Condition/c-p1"),
              closed);  // recorded, and that shows the disk is back
  expect_same(hub.get("/fhir/Condition/c-p1"), fine);
}

struct Write {
  const char* method;
  const char* target;
};

TEST_F(RoutesTest, WritesAreNeverTaken) {  // X25
  for (const Write& write : {Write{"POST", "/fhir/Consent"}, Write{"PUT", "/fhir/Patient/p1"},
                             Write{"PATCH", "/fhir/Patient/p1"},
                             Write{"DELETE", "/fhir/Patient/p1"}, Write{"POST", "/fhir"},
                             Write{"PUT", "/fhir/metadata"}, Write{"OPTIONS", "/fhir/Patient"}}) {
    http::Request request = hub.request(write.target);
    request.method = write.method;
    request.body = R"({"resourceType":"Consent"})";
    const http::Response response = (*hub.routes)(request);
    EXPECT_EQ(response.status, 405) << write.method << ' ' << write.target;
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
    EXPECT_EQ(code_of(response), "not-supported");
  }
  EXPECT_EQ(hub.get("/fhir/Patient/_search").status, 405);
  EXPECT_EQ(header(hub.get("/fhir/Patient/_search"), "Allow"), "POST");
}

struct BadForm {
  const char* target;
  http::Fields headers;
  int status;
  const char* code;
};

TEST_F(RoutesTest, WhatIsWrongWithTheRequestItselfIsSaid) {
  const http::Fields xml = {{"Sekisho-Permit", "PM0"}, {"Accept", "application/fhir+xml"}};
  const http::Fields r5 = {{"Sekisho-Permit", "PM0"},
                           {"Accept", "application/fhir+json; fhirVersion=5.0"}};
  for (const BadForm& bad :
       {BadForm{"/fhir/Patient?_id=%zz", permit, 400, "invalid"},
        BadForm{"/fhir/Patient/%00", permit, 400, "invalid"},
        BadForm{"/fhir/Condition?nonsense=1", permit, 400, ""},
        BadForm{"/fhir/Condition?code:above=1", permit, 400, ""},
        BadForm{"/fhir/Condition?onset-date=23 May 2009", permit, 400, ""},
        BadForm{"/fhir/Patient/p1?_summary=true", permit, 400, "not-supported"},
        BadForm{"/fhir/Patient/p1", xml, 406, "not-supported"},
        BadForm{"/fhir/Patient/p1?_format=xml", permit, 406, "not-supported"},
        BadForm{"/fhir/Patient/p1", r5, 406, "not-supported"},
        BadForm{"/fhir/metadata", xml, 406, "not-supported"},
        BadForm{"/fhir?_type=Patient", permit, 501, "not-supported"},
        BadForm{"/fhir/Patient/p1/$everything", permit, 501, "not-supported"},
        BadForm{"/fhir/Patient/p1/_history", permit, 501, "not-supported"}}) {
    const http::Response response = hub.get(bad.target, bad.headers);
    EXPECT_EQ(response.status, bad.status) << bad.target;
    const std::string code = code_of(response);
    if (*bad.code != '\0') {
      EXPECT_EQ(code, bad.code) << bad.target;
    }
  }
}

TEST_F(RoutesTest, AFormMustBeAForm) {
  http::Request request = hub.request("/fhir/Patient/_search");
  request.method = "POST";
  request.headers.emplace_back("Content-Type", "application/json");
  EXPECT_EQ((*hub.routes)(request).status, 415);
  EXPECT_EQ(hub.post("/fhir/Patient/_search", "_id=%zz").status, 400);
  std::string many;
  for (int i = 0; i < 101; ++i) {
    many += "_id=a&";
  }
  EXPECT_EQ(hub.post("/fhir/Patient/_search", many).status, 400);
}

TEST_F(RoutesTest, FormatsThatAreJsonAreServed) {
  const http::Response plain = hub.get("/fhir/Condition/c-p1");
  expect_same(hub.get("/fhir/Condition/c-p1?_format=application/fhir+json"), plain);
  expect_same(hub.get("/fhir/Condition/c-p1?_format=application/fhir%2Bjson"), plain);
  expect_same(
      hub.get("/fhir/Condition/c-p1", {{"Sekisho-Permit", "PM0"}, {"Accept", "application/json"}}),
      plain);
}

TEST_F(RoutesTest, EachRequestLeavesOneRecord) {
  const std::size_t before = hub.records().size();
  std::vector<int> statuses;
  for (const char* target :
       {"/fhir/Condition/c-p1", "/fhir/Condition/c-p2", "/fhir/Condition?code=J45",
        "/fhir/metadata", "/fhir/status", "/elsewhere", "/fhir/Patient?_id=%zz", "/fhir/Nonsense",
        "/fhir/$export", "/fhir/Condition?x=1"}) {
    statuses.push_back(hub.get(target).status);
  }
  statuses.push_back(hub.get("/fhir/Patient/p1", {}).status);
  statuses.push_back(hub.get("/fhir/Patient/p1", {{"Sekisho-Permit", "no"}}).status);
  statuses.push_back(hub.post("/fhir/Patient", "x").status);
  const std::vector<fhir::Json> records = hub.records();
  ASSERT_EQ(records.size() - before, statuses.size());
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    const fhir::Json& record = records[before + i];
    EXPECT_EQ(record.find("status")->get<fhir::Number>()->text, std::to_string(statuses[i]));
    EXPECT_EQ(record.text("request_id"), "0123456789abcdef0123456789abcdef");
  }
  EXPECT_EQ(records[before].text("target"), "Condition/c-p1");
  EXPECT_EQ(records[before].text("outcome"), "released");
  EXPECT_EQ(records[before].text("body_digest").size(), 64u);
}

}  // namespace
}  // namespace sekisho::hub
