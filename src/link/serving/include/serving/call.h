#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "result/result.h"

namespace dermaga::serving {

class Reactor;
class RunningCalls;

// One RPC of any kind: messages in, messages out, a status. Lives until gRPC is done with it; a
// callback of the one who answers may hold it longer and still answer, which then does nothing.
//
// Writing is by pull: pump() asks take_next() whenever gRPC can take a message, so that each kind
// of call decides what waits (a queue, or only the newest). Thread-safe.
class Call {
 public:
  Call();
  virtual ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // The server is stopping: finish as soon as what is in hand has been answered.
  virtual void drain();

 protected:
  // Shared, so that one message can go to many callers without a copy.
  using Message = std::shared_ptr<const std::string>;

  // All with mutex_ held.
  virtual Message take_next() = 0;  // null: nothing now
  void pump();
  void read_next();
  // Tells the caller that it was let in, unless the call ended meanwhile: gRPC ends the process
  // when this comes after its end, and a call may be drained or cancelled at any moment.
  void open();
  void finish(Status status);  // after everything that take_next() still gives
  bool is_over() const { return finished_ || cancelled_; }

  // Without mutex_.
  virtual void on_begin() = 0;
  virtual void on_message(std::string bytes) = 0;
  virtual void on_half_close() = 0;
  virtual void on_done() {}

  std::mutex mutex_;

 private:
  friend class Reactor;

  void written(bool ok);
  void cancel();

  const std::unique_ptr<Reactor> reactor_;
  bool writing_ = false;
  bool finish_requested_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  Status status_;
};

}  // namespace dermaga::serving
