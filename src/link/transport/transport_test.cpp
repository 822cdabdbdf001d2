#include "transport/transport.h"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace dermaga::transport {
namespace {

TEST(Transport, BytesComeBack) {
  for (const std::size_t size : {0u, 1u, 100'000u}) {
    grpc::ByteBuffer buffer;
    put_bytes(std::string(size, 'x'), &buffer);
    EXPECT_EQ(take_bytes(buffer), std::string(size, 'x'));
  }
  EXPECT_EQ(take_bytes(grpc::ByteBuffer()), "");
}

TEST(Transport, SharedBytesLiveAsLongAsABufferHasThem) {
  auto bytes = std::make_shared<const std::string>(100'000, 'x');
  const std::weak_ptr<const std::string> alive = bytes;
  grpc::ByteBuffer first;
  grpc::ByteBuffer second;
  put_shared(bytes, &first);
  put_shared(std::move(bytes), &second);
  first.Clear();
  EXPECT_EQ(take_bytes(second), std::string(100'000, 'x'));
  second.Clear();
  EXPECT_TRUE(alive.expired());
}

TEST(Transport, ErrorsComeBack) {
  const Error error = to_error(to_status(Error(ErrorCode::kNotFound, "no such order")));
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_EQ(error.message(), "no such order");
}

TEST(Transport, OnlyAnRsaSuiteIsLeftForTls12) {
  require_tls13();
  EXPECT_STREQ(std::getenv("GRPC_SSL_CIPHER_SUITES"), "ECDHE-RSA-AES256-GCM-SHA384");
}

}  // namespace
}  // namespace dermaga::transport
