#include "transport/transport.h"

#include <grpc/impl/codegen/grpc_types.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <cstdlib>
#include <memory>
#include <mutex>

#include "wire/status.h"

namespace dermaga::transport {

void require_tls13() {
  static std::once_flag once;
  std::call_once(once, [] {
    CHECK(setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-RSA-AES256-GCM-SHA384", /*overwrite=*/1) == 0);
  });
}

const std::vector<std::pair<std::string, int>>& keepalive_arguments() {
  static const std::vector<std::pair<std::string, int>> arguments = {
      {GRPC_ARG_KEEPALIVE_TIME_MS, 4'000},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 4'000},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 2'000},
  };
  return arguments;
}

void put_bytes(std::string bytes, grpc::ByteBuffer* out) {
  auto owner = std::make_unique<std::string>(std::move(bytes));
  char* data = owner->data();
  const std::size_t size = owner->size();
  const grpc::Slice slice(
      data, size, [](void* text) { delete static_cast<std::string*>(text); }, owner.release());
  *out = grpc::ByteBuffer(&slice, 1);
}

void put_shared(std::shared_ptr<const std::string> bytes, grpc::ByteBuffer* out) {
  using Owner = std::shared_ptr<const std::string>;
  auto owner = std::make_unique<Owner>(std::move(bytes));
  // gRPC reads only; its type for slices has no const.
  char* data = const_cast<char*>((*owner)->data());
  const std::size_t size = (*owner)->size();
  const grpc::Slice slice(
      data, size, [](void* held) { delete static_cast<Owner*>(held); }, owner.release());
  *out = grpc::ByteBuffer(&slice, 1);
}

std::string take_bytes(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  if (!buffer.Valid()) {
    return bytes;
  }
  std::vector<grpc::Slice> slices;
  CHECK(buffer.Dump(&slices).ok());
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

grpc::Status to_status(const Error& error) {
  return {static_cast<grpc::StatusCode>(wire::grpc_code_of(error.code())), error.message()};
}

Error to_error(const grpc::Status& status) {
  return {wire::error_code_of_grpc(status.error_code()), status.error_message()};
}

}  // namespace dermaga::transport
