#include "wire/status.h"

namespace dermaga::wire {

namespace {

struct Pair {
  ErrorCode error;
  int grpc;
};

// The numbers are gRPC's, fixed by its specification. Where two of ours share one, the first stands
// for it on the way back.
constexpr Pair kPairs[] = {
    {ErrorCode::kInvalidArgument, 3},
    {ErrorCode::kTimeout, 4},
    {ErrorCode::kNotFound, 5},
    {ErrorCode::kAlreadyExists, 6},
    {ErrorCode::kForbidden, 7},
    {ErrorCode::kOverloaded, 8},
    {ErrorCode::kVersionConflict, 10},
    {ErrorCode::kInternal, 13},
    {ErrorCode::kIo, 13},
    {ErrorCode::kUnavailable, 14},
    {ErrorCode::kCorrupt, 15},
    {ErrorCode::kUnauthenticated, 16},
};
constexpr int kGrpcCancelled = 1;

}  // namespace

int grpc_code_of(ErrorCode code) {
  for (const Pair& pair : kPairs) {
    if (pair.error == code) {
      return pair.grpc;
    }
  }
  return grpc_code_of(ErrorCode::kInternal);
}

ErrorCode error_code_of_grpc(int grpc_code) {
  if (grpc_code == kGrpcCancelled) {
    return ErrorCode::kUnavailable;
  }
  for (const Pair& pair : kPairs) {
    if (pair.grpc == grpc_code) {
      return pair.error;
    }
  }
  return ErrorCode::kInternal;
}

}  // namespace dermaga::wire
