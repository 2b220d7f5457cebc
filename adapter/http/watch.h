#pragma once

#include <Poco/Net/PollSet.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "adapter/http/connection.h"

namespace sekisho::http {

// The connections that wait for bytes, and the thread that watches them. It gives a connection to
// others when one has bytes, but answers itself what is quickly answered: it begins the requests of
// all that have one, so that what their answers wait for is waited for once. One that takes its
// answer slowly is given away too: nobody waits for a peer here.
class Watch {
 public:
  using Take = std::function<void(std::unique_ptr<Connection>)>;
  // `to_thread` takes a connection that a thread of its own has to serve, `ended` one to be closed.
  Watch(const ServerState& state, Take to_thread, Take ended);

  void add(std::unique_ptr<Connection> connection);  // from any thread
  std::size_t size();                                // of those that it watches
  void run();                                        // until the server stops

 private:
  void wait_for_connections();
  std::vector<Connection*> those_with_bytes();
  void answer(const std::vector<Connection*>& connections);
  void go_on(Connection& connection, Connection::Next next);
  std::unique_ptr<Connection> take(const Connection& connection);
  void end_overdue();

  const ServerState& state_;
  Take to_thread_;
  Take ended_;
  Poco::Net::PollSet watched_;
  std::mutex mutex_;  // guards the next two
  std::condition_variable added_;
  std::map<const Poco::Net::SocketImpl*, std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> again_;  // the watching thread's: have bytes that were read already
};

}  // namespace sekisho::http
