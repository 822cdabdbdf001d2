#pragma once

#include <memory>
#include <string>

#include "batcher.h"
#include "dialing/connection.h"
#include "edge_end/edge_end.h"

namespace dermaga::edge_end {

class Session;

// What a session tells its owner, from gRPC's threads.
class SessionEvents {
 public:
  virtual ~SessionEvents() = default;
  virtual void place_opened(Session* session) = 0;
  virtual void batch_sent(Session* session) = 0;
  virtual void batch_answered(Session* session, std::string bytes) = 0;
  // Nothing further is read until resume_catalog() or resume_capacity().
  virtual void catalog_message(Session* session, std::string bytes) = 0;
  virtual void capacity_message(Session* session, std::string bytes) = 0;
  // A stream ended; comes once per stream, not after close(). Orders in flight are lost only with
  // the Place stream: a core that stops ends the watches first.
  virtual void place_ended(Session* session, Error why) = 0;
  virtual void watch_ended(Session* session, Error why) = 0;
};

// One connection to core and what an edge keeps open on it. The owner must close() it before the
// last reference goes; afterwards no event comes any more. Thread-safe.
class Session final : public BatchSender {
 public:
  // `id` is never used twice: what is still queued about a session that is gone must not be taken
  // for one at the same address.
  Session(std::uint64_t id, const LinkOptions& options, const dialing::Credentials& credentials,
          SessionEvents& events);

  std::uint64_t id() const { return id_; }
  void open_place();
  void open_watches(std::uint64_t since_version);
  void resume_catalog() { catalog_->read_on(); }
  void resume_capacity() { capacity_->read_on(); }
  void send_batch(std::string bytes) override { place_->write(std::move(bytes)); }
  // As Connection::call().
  [[nodiscard]] bool call(const std::string& method, const std::string& request,
                          const dialing::CallDone& done) {
    return connection_->call(method, request, done);
  }
  bool idle() const { return connection_->idle(); }

  // Cancels what is running and waits until gRPC is done with it.
  void close() { connection_->close(); }

 private:
  const std::uint64_t id_;
  SessionEvents& events_;
  const std::unique_ptr<dialing::Connection> connection_;
  dialing::Stream* place_ = nullptr;
  dialing::Stream* catalog_ = nullptr;
  dialing::Stream* capacity_ = nullptr;
};

}  // namespace dermaga::edge_end
