#include "client_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace dermaga::http {

ClientSocket::ClientSocket(ClientSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

ClientSocket& ClientSocket::operator=(ClientSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

ClientSocket::~ClientSocket() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

bool ClientSocket::wait(IoStatus wanted, Deadline deadline) const {
  pollfd polled{descriptor_, static_cast<short>(wanted == IoStatus::kWantWrite ? POLLOUT : POLLIN),
                0};
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return false;
    }
    const int ready = ::poll(&polled, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
    if (ready > 0) {
      return true;
    }
    if (ready < 0 && errno != EINTR) {
      return false;
    }
  }
}

Result<ClientSocket> ClientSocket::connect(const std::string& host, const std::string& port,
                                           Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return make_error(ErrorCode::kUnavailable, "resolve " + host + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  auto failure = make_error(ErrorCode::kUnavailable, "no address for " + host);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    ClientSocket candidate(
        ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (candidate.descriptor_ < 0) {
      failure = make_errno_error("socket", errno);
      continue;
    }
    int error = 0;
    if (::connect(candidate.descriptor_, address->ai_addr, address->ai_addrlen) != 0) {
      error = errno;
    }
    if (error == EINPROGRESS) {
      if (!candidate.wait(IoStatus::kWantWrite, deadline)) {
        return make_error(ErrorCode::kTimeout, "connect to " + host + ":" + port + ": no answer");
      }
      socklen_t size = sizeof(error);
      ::getsockopt(candidate.descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) {
      const int on = 1;
      ::setsockopt(candidate.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      return candidate;
    }
    failure =
        make_error(ErrorCode::kUnavailable,
                   make_errno_error("connect to " + host + ":" + port, error).error().message());
  }
  return failure;
}

}  // namespace dermaga::http
