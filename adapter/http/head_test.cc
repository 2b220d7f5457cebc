#include "adapter/http/head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "adapter/http/message.h"

namespace sekisho::http {
namespace {

using namespace std::string_view_literals;

TEST(ParseHead, ReadsARequestAsItWasSent) {
  HeadFault fault;
  const auto head = parse_head(
      "POST /fhir/Patient/_search?_count=1 HTTP/1.1\r\nHost: h\r\ncontent-LENGTH:  12 \r\n"
      "Sekisho-Permit: p\r\nX:\r\n\r\n",
      fault);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/fhir/Patient/_search?_count=1");
  EXPECT_EQ(head->body_length, 12u);
  EXPECT_TRUE(head->keep_alive);
  ASSERT_EQ(head->headers.size(), 4u);
  EXPECT_EQ(head->headers[2], (std::pair<std::string, std::string>("Sekisho-Permit", "p")));
  EXPECT_EQ(head->headers[3].second, "");
}

TEST(ParseHead, TakesAnAbsoluteTarget) {
  HeadFault fault;
  EXPECT_EQ(
      parse_head("GET https://h:8443/fhir/metadata HTTP/1.1\r\nHost: h\r\n\r\n", fault)->target,
      "/fhir/metadata");
  EXPECT_EQ(parse_head("GET http://h?x HTTP/1.1\r\nHost: h\r\n\r\n", fault)->target, "/?x");
}

TEST(ParseHead, KeepsTheConnectionAsTheVersionSays) {
  HeadFault fault;
  EXPECT_FALSE(
      parse_head("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n", fault)->keep_alive);
  EXPECT_FALSE(parse_head("GET / HTTP/1.0\r\n\r\n", fault)->keep_alive);
  EXPECT_TRUE(parse_head("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", fault)->keep_alive);
}

TEST(FindHead, FindsTheEndHoweverTheBytesCome) {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX:\r\n\r\n";
  const std::string received = head + "body\n\r\n\r\n";
  for (std::size_t step = 1; step <= received.size(); ++step) {
    HeadSearch search;
    for (std::size_t size = 0; size < received.size() && search.size == 0;) {
      size = std::min(size + step, received.size());
      EXPECT_FALSE(find_head(std::string_view(received).substr(0, size), search))
          << size << " bytes, " << step << " at a time";
    }
    EXPECT_EQ(search.size, head.size()) << step << " at a time";
  }
}

TEST(FindHead, GivesUpAtABareLineFeedAndBeyondTheLimit) {
  const auto fault_of = [](const std::string& received) {
    HeadSearch search;
    const auto fault = find_head(received, search);
    return fault ? fault->status : 0;
  };
  EXPECT_EQ(fault_of("\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: h\n\r\n"), 400);
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string most = line + std::string(kMaxHead - line.size() - 4, 'x') + "\r\n\r\n";
  EXPECT_EQ(fault_of(most), 0);
  EXPECT_EQ(fault_of(line + "x" + most.substr(line.size())), 431);
  EXPECT_EQ(fault_of(most.substr(0, kMaxHead - 4)), 0) << "the end may still come";
  EXPECT_EQ(fault_of(line + std::string(kMaxHead, 'x')), 431);
  EXPECT_EQ(fault_of("GET /" + std::string(kMaxHead, 'x')), 414) << "all of it target";
}

struct Refused {
  const char* name;
  std::string head;
  int status;
  const char* what = "bad-request";
};
class ParseHeadRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ParseHeadRefuses, WithItsStatus) {
  // In a block of exactly this size, so that a read past the end is seen.
  const std::vector<char> exact(GetParam().head.begin(), GetParam().head.end());
  HeadFault fault;
  EXPECT_FALSE(parse_head({exact.data(), exact.size()}, fault));
  EXPECT_EQ(fault.status, GetParam().status);
  EXPECT_STREQ(fault.what, GetParam().what);
}

std::string get_with(const std::string& headers) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}
std::string post_with(const std::string& headers) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}
std::string many_headers() {
  std::string text;
  for (int i = 0; i < 101; ++i) {
    text += "X: y\r\n";
  }
  return get_with(text);
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseHeadRefuses,
    testing::Values(
        Refused{"Empty", "", 400}, Refused{"NoVersion", "GET /\r\n\r\n", 400},
        Refused{"TwoSpaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Refused{"OtherVersion", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        Refused{"NoPath", "GET fhir HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Refused{"Fragment", "GET /#x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Refused{"NulInTarget", std::string("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"sv), 400},
        Refused{"LongTarget", "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n",
                414, "too-large"},
        Refused{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        Refused{"TwoHosts", get_with("Host: i\r\n"), 400},
        Refused{"Folded", get_with("X: a\r\n b\r\n"), 400},
        Refused{"SpaceBeforeColon", get_with("X : a\r\n"), 400},
        Refused{"NulInValue", get_with(std::string("X: \0\r\n"sv)), 400},
        Refused{"BareCarriageReturn", get_with("X: a\rb\r\n"), 400},
        Refused{"BareLineFeed", get_with("X: a\nb: c\r\n"), 400},
        Refused{"ManyHeaders", many_headers(), 431, "too-large"},
        Refused{"LongValue", get_with("X: " + std::string(9000, 'x') + "\r\n"), 431, "too-large"},
        Refused{"NoLength", post_with(""), 411, "length-required"},
        Refused{"Chunked", post_with("Transfer-Encoding: chunked\r\n"), 411, "length-required"},
        Refused{"ChunkedGet", get_with("Transfer-Encoding: chunked\r\n"), 411, "length-required"},
        Refused{"LengthAndChunked",
                post_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
        Refused{"NegativeLength", post_with("Content-Length: -1\r\n"), 400},
        Refused{"SignedLength", post_with("Content-Length: +1\r\n"), 400},
        Refused{"HexLength", post_with("Content-Length: 0x10\r\n"), 400},
        Refused{"ListedLength", post_with("Content-Length: 5, 5\r\n"), 400},
        Refused{"TwoLengths", post_with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        Refused{"HugeLength", post_with("Content-Length: 99999999999999999999\r\n"), 400},
        Refused{"OtherLengths", post_with("Content-Length: 5\r\ncontent-length: 6\r\n"), 400},
        Refused{"SpacedLength", post_with("Content-Length: 1 0\r\n"), 400},
        Refused{"EmptyLength", post_with("Content-Length:\r\n"), 400},
        Refused{"SpacedEncoding", post_with("Content-Length: 5\r\nTransfer-Encoding : chunked\r\n"),
                400},
        Refused{"TabbedEncoding",
                post_with("Content-Length: 5\r\nTransfer-Encoding\t: chunked\r\n"), 400},
        Refused{"HiddenEncoding",
                post_with("Content-Length: 5\r\nX: y\r\n Transfer-Encoding: chunked\r\n"), 400},
        Refused{"OddEncoding", post_with("Content-Length: 5\r\ntransfer-encoding: xchunked\r\n"),
                400},
        Refused{"EmptyEncoding", post_with("Transfer-Encoding:\r\n"), 411, "length-required"},
        Refused{"HeaderWithoutAName", get_with(": x\r\n"), 400},
        Refused{"HeaderWithoutAColon", get_with("Transfer-Encoding\r\n"), 400},
        Refused{"HeaderAtOnceFolded", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
        Refused{"VerticalTab",
                get_with("X:\x0B"
                         "y\r\n"),
                400},
        Refused{"OtherExpectation", post_with("Content-Length: 1\r\nExpect: x\r\n"), 417},
        Refused{"BytesAfterTheEnd", get_with("") + "x", 400}),
    [](const auto& row) { return std::string(row.param.name); });

struct Form {
  const char* name;
  std::string_view text;
  bool good;
  Fields fields;
};
class ParseForm : public testing::TestWithParam<Form> {};

TEST_P(ParseForm, DecodesOrRefuses) {
  Fields fields;
  EXPECT_EQ(parse_form(GetParam().text, fields), GetParam().good);
  if (GetParam().good) {
    EXPECT_EQ(fields, GetParam().fields);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseForm,
    testing::Values(Form{"Empty", "", true, {}},
                    Form{"Order", "b=1&a=2&b=3", true, {{"b", "1"}, {"a", "2"}, {"b", "3"}}},
                    Form{"NoValue", "a&b=&&c", true, {{"a", ""}, {"b", ""}, {"c", ""}}},
                    Form{"Plus", "a=x+y%2Bz", true, {{"a", "x y+z"}}},
                    Form{"Utf8", "a=%E9%AB%99%E3%80%80%f0%a0%ae%b7", true, {{"a", "髙　𠮷"}}},
                    Form{"EqualsInValue", "a=b=c", true, {{"a", "b=c"}}},
                    Form{"DecodedOnce", "a=%2541", true, {{"a", "%41"}}},
                    Form{"AtTheEnd", "a=%41", true, {{"a", "A"}}},
                    Form{"CutEscape", "a=%4", false, {}}, Form{"BarePercent", "a=%", false, {}},
                    Form{"NoHex", "a=%G1", false, {}}, Form{"Nul", "a=%00", false, {}},
                    Form{"NoUtf8", "a=%FF", false, {}}, Form{"Surrogate", "a=%ED%A0%80", false, {}},
                    Form{"InTheName", "%zz=1", false, {}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(DecodeTarget, SplitsPathAndQuery) {
  Request request;
  decode_target("/fhir/Patient/%41+b?x=1&y=a%20b", request);
  EXPECT_EQ(request.path, "/fhir/Patient/A+b");
  EXPECT_EQ(request.raw_query, "x=1&y=a%20b");
  EXPECT_EQ(request.query, (Fields{{"x", "1"}, {"y", "a b"}}));
  EXPECT_FALSE(request.undecodable);
}

TEST(DecodeTarget, SaysWhatCannotBeDecoded) {
  for (const char* target : {"/fhir/%", "/fhir/%00", "/fhir?x=%C0%80", "/%E3%81"}) {
    Request request;
    decode_target(target, request);
    EXPECT_TRUE(request.undecodable) << target;
    EXPECT_EQ(request.path, "");
    EXPECT_TRUE(request.query.empty());
  }
}

TEST(RequestHeader, IsFoundInAnyCase) {
  Request request;
  request.headers = {{"sekisho-permit", "a"}, {"Sekisho-Permit", "b"}, {"Sekisho-Permits", "c"}};
  EXPECT_EQ(request.header("SEKISHO-PERMIT"), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace sekisho::http
