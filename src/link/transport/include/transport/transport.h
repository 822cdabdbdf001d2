#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "result/result.h"

namespace grpc {
class ByteBuffer;
class Status;
}  // namespace grpc

namespace dermaga::transport {

// Leaves TLS 1.3 as the only version gRPC can negotiate. Sets an environment variable that gRPC
// reads once: call it before anything else of gRPC, ideally while the process has one thread.
void require_tls13();

// Channel arguments of both ends: keepalive, and which pings are tolerated.
const std::vector<std::pair<std::string, int>>& keepalive_arguments();

// The bytes become the buffer without a copy.
void put_bytes(std::string bytes, grpc::ByteBuffer* out);
// The same bytes may be in many buffers.
void put_shared(std::shared_ptr<const std::string> bytes, grpc::ByteBuffer* out);
std::string take_bytes(const grpc::ByteBuffer& buffer);

grpc::Status to_status(const Error& error);
Error to_error(const grpc::Status& status);

}  // namespace dermaga::transport
