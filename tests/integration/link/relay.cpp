#include "relay.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

#include "result/result.h"

namespace dermaga::link_test {

namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// False at the end of the stream.
bool forward(int from, int to) {
  char bytes[65'536];
  const ssize_t got = read(from, bytes, sizeof bytes);
  for (ssize_t done = 0; done < got;) {
    const ssize_t put = write(to, bytes + done, static_cast<std::size_t>(got - done));
    if (put <= 0) {
      return false;
    }
    done += put;
  }
  return got > 0;
}

}  // namespace

Relay::Relay(int target_port) : target_port_(target_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(listen(listener_, 4) == 0);
  CHECK(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Relay::~Relay() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

void Relay::run() {
  constexpr int kPollMs = 20;
  int client = -1;
  int server = -1;
  const auto hang_up = [&] {
    if (client >= 0) {
      close(client);
      close(server);
    }
    client = server = -1;
  };
  while (!stopping_) {
    if (frozen_) {
      poll(nullptr, 0, kPollMs);
      continue;
    }
    pollfd waits[] = {{client < 0 ? listener_ : client, POLLIN, 0}, {server, POLLIN, 0}};
    poll(waits, 2, kPollMs);
    if (frozen_) {
      continue;
    }
    if (client < 0) {
      if (waits[0].revents != 0) {
        client = accept(listener_, nullptr, nullptr);
        server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(target_port_);
        if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
          hang_up();
        }
      }
    } else if ((waits[0].revents != 0 && !forward(client, server)) ||
               (waits[1].revents != 0 && !forward(server, client))) {
      hang_up();
    }
  }
  hang_up();
}

}  // namespace dermaga::link_test
