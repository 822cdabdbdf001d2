#include "ports.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dermaga::supervisor {
namespace {

using ::testing::HasSubstr;

TEST(Ports, AListenerOnLoopbackIsFoundAndNamed) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const int port = ntohs(address.sin_port);

  const auto taken = check_ports_are_free({{port, "the link"}});
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_THAT(taken.error().message(),
              HasSubstr("port " + std::to_string(port) + " (the link) is in use"));
  ::close(listener);
  EXPECT_TRUE(check_ports_are_free({{port, "the link"}}).has_value());
}

}  // namespace
}  // namespace dermaga::supervisor
