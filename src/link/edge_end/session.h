#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "batcher.h"
#include "credentials.h"
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

using CallDone = std::function<void(Result<std::string>)>;

// One connection to core: a channel of its own and the calls on it. The owner must close() it
// before the last reference goes; afterwards no event comes any more. Thread-safe.
class Session final : public BatchSender {
 public:
  // `id` is never used twice: what is still queued about a session that is gone must not be taken
  // for one at the same address.
  Session(std::uint64_t id, const LinkOptions& options, const Credentials& credentials,
          SessionEvents& events);
  ~Session() override;

  std::uint64_t id() const { return id_; }
  void open_place();
  void open_watches(std::uint64_t since_version);
  void resume_catalog();
  void resume_capacity();
  void send_batch(std::string bytes) override;
  // One message, one answer; kOverloaded beyond 1,024 at a time. False after close(), when `done`
  // will not run.
  [[nodiscard]] bool call(const std::string& method, const std::string& request,
                          const CallDone& done);
  bool idle() const { return calls_in_flight_ == 0; }

  // Cancels what is running and waits until gRPC is done with it.
  void close();

 private:
  class Stream;
  struct UnaryCall;

  // False after close(): the call must not start.
  bool track(grpc::ClientContext* context);
  void untrack(grpc::ClientContext* context);

  const std::uint64_t id_;
  const std::chrono::milliseconds call_timeout_;
  SessionEvents& events_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  std::set<grpc::ClientContext*> running_;
  std::atomic<std::size_t> calls_in_flight_ = 0;
  std::unique_ptr<Stream> place_;
  std::unique_ptr<Stream> catalog_;
  std::unique_ptr<Stream> capacity_;
};

}  // namespace dermaga::edge_end
