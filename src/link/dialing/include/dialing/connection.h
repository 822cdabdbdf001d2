#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "dialing/credentials.h"
#include "result/result.h"

namespace dermaga::dialing {

struct ConnectionOptions {
  std::string target;       // "127.0.0.1:8445"
  std::string server_name;  // expected in the other end's certificate: "core.<shop>"
  std::chrono::milliseconds call_timeout{10'000};
};

// A stream of byte messages in both directions. Thread-safe.
class Stream {
 public:
  virtual ~Stream() = default;
  // The next only after StreamEvents::sent.
  virtual void write(std::string bytes) = 0;
  virtual void read_on() = 0;
};

// What a stream tells, from gRPC's threads. Each may be empty.
struct StreamEvents {
  std::function<void()> opened;
  // Nothing further is read until read_on().
  std::function<void(Stream& stream, std::string bytes)> message;
  std::function<void()> sent;
  std::function<void(Error why)> ended;  // once, not after close()
};

using CallDone = std::function<void(Result<std::string>)>;

// One connection: a channel of its own and the calls on it. Its owner must close() it before it is
// destroyed; afterwards no event comes any more. Thread-safe.
class Connection {
 public:
  static std::unique_ptr<Connection> create(const ConnectionOptions& options,
                                            const Credentials& credentials);
  virtual ~Connection() = default;

  // Null after close(). The stream lives as long as the connection.
  virtual Stream* open_stream(const std::string& method, StreamEvents events) = 0;
  // One message, one answer; kOverloaded beyond 1,024 at a time. False after close(), when `done`
  // will not run.
  [[nodiscard]] virtual bool call(const std::string& method, const std::string& request,
                                  const CallDone& done) = 0;
  // The peer let us in and the connection stands. Otherwise a try is begun, at most one every 2 s.
  virtual bool ready() = 0;
  // No single call is running.
  virtual bool idle() const = 0;

  // Cancels what is running and waits until gRPC is done with it. Not from an event.
  virtual void close() = 0;
};

}  // namespace dermaga::dialing
