// What the watching threads answer themselves (watch.h).

#include <map>
#include <thread>

#include "adapter/http/test_server.h"

namespace sekisho::http {
namespace {

// The same server, which begins every GET but of "/alone" and gives the answer when it is asked to.
class QuickServerTest : public ServerTest {
 protected:
  class Answer final : public Begun {
   public:
    Answer(QuickServerTest& test, const Request& request) : test_(test), request_(request) {}
    Response finish() override {
      ++test_.handled;
      --test_.begun;
      while (request_.path == "/hold" && test_.held) {
        std::this_thread::yield();
      }
      return handle(request_);
    }

   private:
    QuickServerTest& test_;
    const Request& request_;
  };

  void start_quick() {
    options.begin = [this](const Request& request) -> std::unique_ptr<Begun> {
      if (request.method != "GET" || request.path == "/alone") {
        return nullptr;
      }
      const std::lock_guard guard(mutex);
      begun_by[request.path] = std::this_thread::get_id();
      most_begun = std::max(most_begun.load(), ++begun);
      return std::make_unique<Answer>(*this, request);
    };
    start();
  }

  std::mutex mutex;                                 // guards begun_by while requests come
  std::map<std::string, std::thread::id> begun_by;  // path -> the thread that began its request
  std::atomic<int> begun{0};
  std::atomic<int> most_begun{0};
  std::atomic<bool> held{true};
};

TEST_F(QuickServerTest, TakesWhatIsBegunAndWhatIsNotInOneBlock) {
  start_quick();
  HttpClient one(server->port(), nullptr);
  one.send(get("/1") + get("/alone") + "\r\n" +
           "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" + get("/throw") +
           get("/3") + get("/4", "Connection: close\r\n"));
  EXPECT_EQ(one.receive().body, "GET /1 ");
  EXPECT_EQ(one.receive().body, "GET /alone ");
  EXPECT_EQ(one.receive().body, "POST /2 abc");
  EXPECT_EQ(one.receive().status, 500);
  EXPECT_EQ(one.receive().body, "GET /3 ");
  EXPECT_EQ(one.receive().body, "GET /4 ");
  EXPECT_TRUE(one.closed_by_peer());
  EXPECT_EQ(handled, 6);
  EXPECT_EQ(begun, 0);
}

TEST_F(QuickServerTest, EmptyLinesWithoutEndHoldNobodyUpAndNoStop) {
  start_quick();
  std::string lines;
  while (lines.size() < (1u << 16)) {
    lines += "\r\n";
  }
  std::atomic<int> ended{0};
  std::atomic<bool> enough{false};
  std::vector<std::thread> floods;
  for (int i = 0; i < 8; ++i) {  // more than there are threads that watch
    floods.emplace_back([&, port = server->port()] {
      for (; !enough; ++ended) {
        for (HttpClient one(port, nullptr); one.send(lines);) {
        }
      }
    });
  }
  HttpClient other(server->port(), nullptr, 0, "127.0.0.2");
  EXPECT_EQ(other.ask("\r\n\r\n" + get("/1")).body, "GET /1 ");
  EXPECT_EQ(other.ask("\r\n\r\n" + get("/2")).body, "GET /2 ") << "not counted anew";
  while (ended < 8) {
    std::this_thread::yield();
  }
  server.reset();
  enough = true;
  for (std::thread& flood : floods) {
    flood.join();
  }
}

// Of the connections that one thread watches, one holds it while the others ask.
TEST_F(QuickServerTest, BeginsAllThatAskBeforeTheFirstIsAnswered) {
  start_quick();
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
    EXPECT_EQ(clients.back()->ask(get("/" + std::to_string(i))).status, 200);
  }
  std::vector<std::size_t> together;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (begun_by["/" + std::to_string(i)] == begun_by["/0"]) {
      together.push_back(i);
    }
  }
  ASSERT_GT(together.size(), 2u);
  clients[0]->send(get("/hold"));
  while (handled < 41) {
    std::this_thread::yield();
  }
  for (std::size_t i = 1; i < together.size(); ++i) {
    clients[together[i]]->send(get("/a"));
  }
  most_begun = 0;
  held = false;
  for (std::size_t i = 0; i < together.size(); ++i) {
    EXPECT_EQ(clients[together[i]]->receive().body, i == 0 ? "GET /hold " : "GET /a ") << i;
  }
  EXPECT_EQ(most_begun, static_cast<int>(together.size()) - 1);
}

TEST_F(QuickServerTest, SlowReadersAndSilentClientsHoldUpNobody) {
  options.timeout_s = 60;
  start_quick();
  std::vector<std::unique_ptr<HttpClient>> slow;
  for (int i = 0; i < 3; ++i) {
    slow.push_back(std::make_unique<HttpClient>(server->port(), nullptr, 4096));
    slow.back()->send(get("/big"));
    slow.push_back(std::make_unique<HttpClient>(server->port(), nullptr));
    slow.back()->send("GET /a HT");
  }
  while (handled < 3) {
    std::this_thread::yield();
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(ask(get("/a")).body, "GET /a ");
  }
  EXPECT_EQ(slow[0]->receive().body.size(), std::size_t{32} << 20);
  EXPECT_EQ(slow[0]->ask(get("/a")).body, "GET /a ");
  EXPECT_EQ(slow[1]->ask("TP/1.1\r\nHost: h\r\n\r\n").body, "GET /a ");
}

TEST_F(QuickServerTest, RefusesAndEndsAsTheOthersDo) {
  start_quick();
  EXPECT_EQ(ask("GET / HTTP/1.1\nHost: h\n\n").status, 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nX: " + std::string(70'000, 'x')).status, 431);
  EXPECT_EQ(ask("GET / HT").status, 408);
  HttpClient cut(server->port(), nullptr);
  cut.send(get("/1") + "GET /2 HT");
  cut.end_sending();
  EXPECT_EQ(cut.receive().body, "GET /1 ");
  EXPECT_EQ(cut.receive().status, 400);
  EXPECT_TRUE(cut.closed_by_peer());
  HttpClient silent(server->port(), nullptr);
  EXPECT_EQ(silent.ask(get("/a")).status, 200);
  EXPECT_TRUE(silent.closed_by_peer());  // once the time is over
}

}  // namespace
}  // namespace sekisho::http
