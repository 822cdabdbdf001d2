#pragma once

#include "result/result.h"

namespace dermaga::wire {

// How an Error travels as a gRPC status code (a plain number here, so that no gRPC header shows)
// and back. Codes that none of ours stands for come back as kInternal, cancellation as
// kUnavailable.
int grpc_code_of(ErrorCode code);
ErrorCode error_code_of_grpc(int grpc_code);

}  // namespace dermaga::wire
