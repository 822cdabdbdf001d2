#include "result/result.h"

#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "result/problem.h"

namespace dermaga {

std::string_view error_code_name(ErrorCode code) {
  return problem_mapping(code).code;
}

bool is_retryable(ErrorCode code) {
  return code == ErrorCode::kOverloaded || code == ErrorCode::kUnavailable ||
         code == ErrorCode::kTimeout || code == ErrorCode::kRateLimited;
}

Error Error::with_context(std::string_view context) && {
  message_.insert(0, ": ");
  message_.insert(0, context);
  return std::move(*this);
}

std::unexpected<Error> make_errno_error(std::string_view what, int errno_value) {
  return make_error(ErrorCode::kIo,
                    std::string(what) + ": " + std::generic_category().message(errno_value));
}

ProblemMapping problem_mapping(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return {400, "invalid_request", "The request is not valid", 0};
    case ErrorCode::kNotFound:
      return {404, "not_found", "No such resource", 0};
    case ErrorCode::kAlreadyExists:
      return {409, "already_exists", "It exists already", 0};
    case ErrorCode::kVersionConflict:
      return {409, "version_conflict", "The record changed since it was read", 0};
    case ErrorCode::kUnauthenticated:
      return {401, "unauthenticated", "Sign in first", 0};
    case ErrorCode::kForbidden:
      return {403, "forbidden", "Not allowed", 0};
    case ErrorCode::kOverloaded:
      return {503, "overloaded", "Too much at once; try again shortly", 2};
    case ErrorCode::kUnavailable:
      return {503, "unavailable", "Not reachable now; try again shortly", 5};
    case ErrorCode::kTimeout:
      return {504, "timeout", "No answer in time; repeat with the same Idempotency-Key", 2};
    case ErrorCode::kCorrupt:
      return {500, "corrupt", "Stored data failed its checks", 0};
    case ErrorCode::kIo:
      return {500, "io_error", "The server could not read or write", 0};
    case ErrorCode::kInternal:
      return {500, "internal", "A fault on our side", 0};
    case ErrorCode::kRateLimited:
      return {429, "rate_limited", "Too many tries; wait some minutes", 300};
  }
  std::abort();
}

namespace result_detail {

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace result_detail

}  // namespace dermaga
