#pragma once

#include <cstdint>
#include <vector>

#include "http/server.h"
#include "result/result.h"

namespace dermaga::http {

// Descriptors that close unless they are released.
class ListenSockets {
 public:
  ListenSockets() = default;
  ListenSockets(ListenSockets&&) noexcept = default;
  ListenSockets& operator=(ListenSockets&&) noexcept = default;
  ~ListenSockets();

  void add(int descriptor) { descriptors_.push_back(descriptor); }
  std::vector<int> release() { return std::exchange(descriptors_, {}); }

  std::uint16_t port = 0;

 private:
  std::vector<int> descriptors_;
};

// `count` non-blocking listening sockets on one address and port; the kernel spreads connections
// over them. kAlreadyExists when the port is in use, kInvalidArgument for an address that is none.
Result<ListenSockets> listen_on(const Listener& listener, unsigned count);

}  // namespace dermaga::http
