#include "ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace dermaga::supervisor {

namespace {

// Without SO_REUSEPORT a bind fails where anybody listens, on whatever address.
int bind_errno(int port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) {
    return errno;
  }
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  const int failure =
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0
                                                                                         : errno;
  ::close(listener);
  return failure;
}

}  // namespace

Status check_ports_are_free(const std::vector<PortUse>& ports) {
  for (const PortUse& use : ports) {
    const int failure = bind_errno(use.port);
    if (failure == EADDRINUSE) {
      return make_error(ErrorCode::kAlreadyExists,
                        "port " + std::to_string(use.port) + " (" + use.purpose +
                            ") is in use by another program; stop that, or choose other ports "
                            "with --port-base N");
    }
    if (failure != 0) {
      return make_errno_error("port " + std::to_string(use.port) + " (" + use.purpose + ")",
                              failure);
    }
  }
  return {};
}

}  // namespace dermaga::supervisor
