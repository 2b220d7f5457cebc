#include <chrono>
#include <thread>

#include "adapter/http/test_server.h"
#include "fhir/error.h"

namespace sekisho::http {
namespace {

TEST_F(ServerTest, AnswersAndAddsItsOwnHeaders) {
  start();
  const HttpAnswer answer = ask("GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /a ");
  EXPECT_EQ(answer.headers.at("content-length"), "7");
  EXPECT_EQ(answer.headers.at("x-request-id"), std::string(32, 'a'));
  EXPECT_EQ(answer.headers.at("date"), "Thu, 20 Nov 2025 01:00:00 GMT");
  EXPECT_EQ(answer.headers.at("connection"), "keep-alive");
  EXPECT_EQ(answer.headers.count("server"), 0u);
}

TEST_F(ServerTest, KeepsTheConnectionAndTakesRequestsInOneBlock) {
  start();
  HttpClient one(server->port(), nullptr);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(one.ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  }
  one.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\n"
      "Content-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(one.receive().body, "GET /1 ");
  EXPECT_EQ(one.receive().body, "POST /2 abc");
  EXPECT_EQ(one.receive().body, "GET /3 ");
  EXPECT_TRUE(one.closed_by_peer());
}

TEST_F(ServerTest, HeadAndNotModifiedHaveNoBody) {
  start();
  HttpClient one(server->port(), nullptr);
  const HttpAnswer head = one.ask("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "8");
  const HttpAnswer unchanged = one.ask("GET /304 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.headers.count("content-length"), 0u);
  EXPECT_EQ(one.ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").body, "GET /a ");
}

TEST_F(ServerTest, AHandlerThatThrowsGivesAnOutcomeThatNamesOnlyTheRequest) {
  start();
  HttpClient one(server->port(), nullptr);
  for (const char* path : {"/throw", "/throw-int"}) {
    const HttpAnswer answer = one.ask(std::string("GET ") + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status, 500);
    EXPECT_NE(answer.body.find("OperationOutcome"), std::string::npos);
    EXPECT_NE(answer.body.find(std::string(32, 'a')), std::string::npos);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  }
  EXPECT_EQ(one.ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST_F(ServerTest, ABodyIsReadWholeAndIsNeverTheNextRequest) {
  start();
  HttpClient one(server->port(), nullptr);
  const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string length = std::to_string(smuggled.size());
  for (const char* method : {"POST", "GET", "DELETE"}) {
    const HttpAnswer answer = one.ask(method + std::string(" /a HTTP/1.1\r\nHost: h\r\n") +
                                      "Content-Length: " + length + "\r\n\r\n" + smuggled);
    EXPECT_EQ(answer.body, method + std::string(" /a ") + smuggled);
  }
  EXPECT_EQ(one.ask("GET /next HTTP/1.1\r\nHost: h\r\n\r\n").body, "GET /next ");
  EXPECT_EQ(handled, 4);
}

TEST_F(ServerTest, AShortBodyIsRefusedWithoutTheHandler) {
  start();
  HttpClient one(server->port(), nullptr);
  one.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nnine byte");
  one.end_sending();
  EXPECT_EQ(one.receive().status, 400);
  EXPECT_TRUE(one.closed_by_peer());
  EXPECT_TRUE(was_told("bad-request"));
  EXPECT_EQ(handled, 0);
}

TEST_F(ServerTest, ABodyThatNeverComesIsATimeout) {
  start();
  HttpClient one(server->port(), nullptr);
  EXPECT_EQ(one.ask("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nx").status, 408);
  EXPECT_TRUE(was_told("timeout"));
}

// What one of two servers in a row could take for another request ends the connection: nothing of
// what follows is served.
TEST_F(ServerTest, NothingIsServedAfterARequestThatCouldBeTwo) {
  start();
  const std::string smuggled = get("/smuggled");
  const std::string length = "Content-Length: " + std::to_string(smuggled.size()) + "\r\n";
  int answers = 0;
  for (const std::string& framing :
       {std::string("Transfer-Encoding: chunked\r\n"), length + "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\n" + length, length + "Transfer-Encoding: identity\r\n",
        length + "Transfer-Encoding : chunked\r\n",
        length + "X: y\r\n Transfer-Encoding: chunked\r\n", length + "Content-Length: 0\r\n",
        "Content-Length: 0\r\n" + length, length + length, std::string("Content-Length: 0, 5\r\n"),
        std::string("Content-Length: +0\r\n"), std::string("Content-Length: 0x0\r\n"),
        std::string("Content-Length : 0\r\n"), std::string("Content-Length: 0\rX: y\r\n"),
        std::string("Content-Length: 0\nX: y\r\n"), std::string("Host: i\r\nContent-Length: 0\r\n"),
        std::string("X y: z\r\n"), std::string("\x01: y\r\n")}) {
    HttpClient one(server->port(), nullptr);
    const HttpAnswer answer =
        one.ask("POST /a HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n0\r\n\r\n" + smuggled);
    EXPECT_GE(answer.status, 400) << framing;
    EXPECT_LE(answer.status, 411) << framing;
    EXPECT_EQ(one.receive().status, 0) << framing;
    ++answers;
  }
  EXPECT_EQ(answers, 18);
  EXPECT_EQ(handled, 0);
}

TEST_F(ServerTest, ManyParametersAndLongValuesArriveWholeOrAreRefused) {
  std::size_t parameters = 0;
  std::size_t longest = 0;
  server = std::make_unique<Server>(options, [&](const Request& request) {
    Fields fields = request.query;
    EXPECT_TRUE(parse_form(request.body, fields));
    parameters = fields.size();
    longest = 0;
    for (const auto& field : fields) {
      longest = std::max(longest, field.second.size());
    }
    return Response();
  });
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += "a=b&";
  }
  EXPECT_EQ(ask(get("/?" + many)).status, 200);
  EXPECT_EQ(parameters, 1000u);
  const std::string value(100'000, 'x');
  const std::string form = many + "v=" + value;
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(form.size()) +
                "\r\n\r\n" + form)
                .status,
            200);
  EXPECT_EQ(parameters, 1001u);
  EXPECT_EQ(longest, value.size());
  EXPECT_EQ(ask(get("/?v=" + value)).status, 414);
  EXPECT_EQ(ask(get("/", "X: " + value + "\r\n")).status, 431);
  EXPECT_EQ(ask(get("/", value + ": x\r\n")).status, 431);
  std::string headers;
  for (int i = 0; i < 1000; ++i) {
    headers += "X: y\r\n";
  }
  EXPECT_EQ(ask(get("/", headers)).status, 431);
  EXPECT_EQ(ask(value + " / HTTP/1.1\r\nHost: h\r\n\r\n").status, 414);
}

struct Unparsed {
  const char* name;
  std::string bytes;
  int status;
  const char* told;
};
class ServerRefuses : public ServerTest, public testing::WithParamInterface<Unparsed> {};

TEST_P(ServerRefuses, WithoutABodyAndClosesAndCounts) {
  options.max_body = 100;
  start();
  HttpClient one(server->port(), nullptr);
  const HttpAnswer answer = one.ask(GetParam().bytes);
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  EXPECT_TRUE(one.closed_by_peer());
  EXPECT_TRUE(was_told(GetParam().told));
  EXPECT_EQ(handled, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerRefuses,
    testing::Values(
        Unparsed{"Garbage", "\x16\x03\x01\r\n\r\n", 400, "bad-request"},
        Unparsed{"EmptyLines", "\r\n\r\n\r\n", 400, "bad-request"},
        Unparsed{"LineFeedOnly", "GET / HTTP/1.1\nHost: h\n\n", 400, "bad-request"},
        Unparsed{"LargeBody", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", 413,
                 "too-large"},
        Unparsed{"LargeHead", "GET / HTTP/1.1\r\nX: " + std::string(70'000, 'x'), 431, "too-large"},
        Unparsed{"NoLength", "POST / HTTP/1.1\r\nHost: h\r\n\r\n", 411, "length-required"},
        Unparsed{"Chunked",
                 "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "FFFFFFFFFFFFFFFFF\r\n",
                 411, "length-required"},
        Unparsed{"HeadThatStops", "GET / HT", 408, "timeout"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ServerTest, AsksForABodyThatWaitsToBeAskedFor) {
  start();
  HttpClient one(server->port(), nullptr);
  EXPECT_EQ(one.ask("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                    "Expect: 100-continue\r\n\r\n")
                .status,
            100);
  EXPECT_EQ(one.ask("abc").body, "POST /a abc");
}

TEST_F(ServerTest, WhatCannotBeDecodedReachesTheHandlerAsSuch) {
  bool undecodable = false;
  server = std::make_unique<Server>(options, [&](const Request& request) {
    undecodable = request.undecodable;
    return Response();
  });
  EXPECT_EQ(ask("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_TRUE(undecodable);
}

TEST_F(ServerTest, SilentClientsBlockNobody) {
  start();
  std::vector<std::unique_ptr<HttpClient>> silent;
  for (int i = 0; i < 20; ++i) {  // five for each thread
    silent.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
  }
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_TRUE(silent.front()->closed_by_peer());  // once the time is over
}

TEST_F(ServerTest, ARequestThatComesByteByByteIsServed) {
  options.timeout_s = 20;
  start();
  HttpClient slow(server->port(), nullptr);
  for (const char byte :
       std::string("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")) {
    slow.send({&byte, 1});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // as a segment of its own
  }
  EXPECT_EQ(slow.receive().body, "POST /a abc");
}

TEST_F(ServerTest, RequestsThatStopHalfwayHoldNoThread) {
  options.timeout_s = 60;
  start();
  const std::string request = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  std::vector<std::unique_ptr<HttpClient>> halfway;
  std::vector<std::size_t> sent;
  for (std::size_t i = 0; i < 20; ++i) {  // four for each thread
    halfway.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
    sent.push_back(1 + i * (request.size() - 2) / 19);
    halfway.back()->send(request.substr(0, sent.back()));
  }
  EXPECT_EQ(ask(get("/a")).status, 200);
  for (std::size_t i = 0; i < halfway.size(); ++i) {
    EXPECT_EQ(halfway[i]->ask(request.substr(sent[i])).body, "POST /a abc") << sent[i];
  }
}

TEST_F(ServerTest, AClientThatEndsSendingIsAnswered) {
  start();
  HttpClient one(server->port(), nullptr);
  one.send(get("/1") + get("/2"));
  one.end_sending();
  EXPECT_EQ(one.receive().body, "GET /1 ");
  EXPECT_EQ(one.receive().body, "GET /2 ");
  EXPECT_TRUE(one.closed_by_peer());
  HttpClient cut(server->port(), nullptr);
  cut.send("GET /3 HT");
  cut.end_sending();
  EXPECT_EQ(cut.receive().status, 400);
  EXPECT_TRUE(cut.closed_by_peer());
}

TEST_F(ServerTest, SlowReadersOfOneAddressLeaveAThreadToAnother) {
  options.threads = 2;
  options.timeout_s = 60;
  start();
  std::vector<std::unique_ptr<HttpClient>> slow;
  for (int i = 0; i < 4; ++i) {
    slow.push_back(std::make_unique<HttpClient>(server->port(), nullptr, 4096));
    slow.back()->send(get("/big"));
  }
  while (handled < 2) {
    std::this_thread::yield();
  }
  HttpClient other(server->port(), nullptr, 0, "127.0.0.2");
  EXPECT_EQ(other.ask(get("/a")).status, 200);
  EXPECT_EQ(handled, 3) << "one address holds no more than two threads";
}

TEST_F(ServerTest, AConnectionEndsWhenItIsOld) {
  options.connection_life_s = 0;
  start();
  HttpClient one(server->port(), nullptr);
  EXPECT_EQ(one.ask(get("/a")).headers.at("connection"), "close");
  EXPECT_TRUE(one.closed_by_peer());
}

TEST_F(ServerTest, MoreConnectionsThanThreadsAreAllServed) {
  start();
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&] {
      HttpClient one(server->port(), nullptr);
      for (int n = 0; n < 20; ++n) {
        good += one.ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status == 200 ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(good, 320);
}

TEST_F(ServerTest, LimitsConnectionsOfOneAddress) {
  options.max_connections_per_address = 3;
  options.timeout_s = 10;
  start();
  std::vector<std::unique_ptr<HttpClient>> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
    EXPECT_EQ(open.back()->ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  }
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 0);
  EXPECT_TRUE(was_told("connection-refused"));
  EXPECT_EQ(open[0]->ask("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").status, 200);
  EXPECT_TRUE(open[0]->closed_by_peer());
  open[0].reset();
  int status = 0;
  for (int tries = 0; tries < 200 && status != 200; ++tries) {
    status = ask("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(ServerTest, LimitsConnectionsInAll) {
  options.max_connections = 2;
  start();
  HttpClient one(server->port(), nullptr);
  HttpClient two(server->port(), nullptr);
  EXPECT_EQ(one.ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_EQ(two.ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 0);
}

TEST_F(ServerTest, ASlowReaderLosesItsConnectionAndTheThreadGoesOn) {
  options.threads = 1;
  start();
  HttpClient slow(server->port(), nullptr, 4096);
  slow.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  while (handled == 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_TRUE(was_told("timeout"));
}

TEST_F(ServerTest, AClientThatLeavesEarlyHarmsNobody) {
  start();
  for (int i = 0; i < 10; ++i) {
    client().send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST_F(ServerTest, StopsWithConnectionsOpen) {
  options.timeout_s = 60;
  start();
  HttpClient idle(server->port(), nullptr);
  HttpClient half(server->port(), nullptr);
  EXPECT_EQ(idle.ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  half.send("GET /a HT");
  server.reset();
  EXPECT_TRUE(idle.closed_by_peer());
}

TEST_F(ServerTest, APortInUseIsAnErrorThatNamesIt) {
  start();
  options.port = server->port();
  try {
    const Server second(options, handle);
    FAIL() << "two servers on one port";
  } catch (const fhir::Error& error) {
    EXPECT_EQ(error.code(), fhir::ErrorCode::kNetwork);
    EXPECT_NE(error.text().find(std::to_string(options.port)), std::string::npos);
  }
}

}  // namespace
}  // namespace sekisho::http
