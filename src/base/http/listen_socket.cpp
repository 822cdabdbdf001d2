#include "listen_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace dermaga::http {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Result<SocketAddress> resolve(const Listener& listener) {
  SocketAddress address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (inet_pton(AF_INET, listener.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(listener.port);
    address.size = sizeof(sockaddr_in);
  } else if (inet_pton(AF_INET6, listener.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(listener.port);
    address.size = sizeof(sockaddr_in6);
  } else {
    return make_error(ErrorCode::kInvalidArgument,
                      "'" + listener.address + "' is not a numeric IP address to listen on");
  }
  return address;
}

void set_port(SocketAddress& address, std::uint16_t port) {
  if (address.storage.ss_family == AF_INET) {
    reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = htons(port);
  }
}

Result<std::uint16_t> bound_port(int descriptor) {
  SocketAddress address;
  address.size = sizeof(address.storage);
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address.storage), &address.size) !=
      0) {
    return make_errno_error("getsockname", errno);
  }
  return ntohs(address.storage.ss_family == AF_INET
                   ? reinterpret_cast<sockaddr_in&>(address.storage).sin_port
                   : reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port);
}

Result<int> open_one(const SocketAddress& address, bool share, const std::string& name) {
  const int descriptor =
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    return make_errno_error("socket for " + name, errno);
  }
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (share) {
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  }
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 &&
      ::listen(descriptor, SOMAXCONN) == 0) {
    return descriptor;
  }
  const int error = errno;
  ::close(descriptor);
  if (error == EADDRINUSE) {
    return make_error(ErrorCode::kAlreadyExists, name + " is in use by another program");
  }
  return make_errno_error("listen on " + name, error);
}

}  // namespace

ListenSockets::~ListenSockets() {
  for (const int descriptor : descriptors_) {
    ::close(descriptor);
  }
}

Result<ListenSockets> listen_on(const Listener& listener, unsigned count) {
  ASSIGN_OR_RETURN(SocketAddress address, resolve(listener));
  const std::string name = listener.address + " port " + std::to_string(listener.port);
  const bool share = listener.reuse_port || count > 1;
  ListenSockets sockets;
  sockets.port = listener.port;
  if (share && !listener.reuse_port && listener.port != 0) {
    // Our loops share the port among themselves, which would let another server join silently.
    ASSIGN_OR_RETURN(const int probe, open_one(address, false, name));
    ::close(probe);
  }
  for (unsigned i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const int descriptor, open_one(address, share, name));
    sockets.add(descriptor);
    if (sockets.port == 0) {
      ASSIGN_OR_RETURN(sockets.port, bound_port(descriptor));
      set_port(address, sockets.port);
    }
  }
  return sockets;
}

}  // namespace dermaga::http
