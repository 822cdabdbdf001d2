#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace dermaga {

// The short list of operating errors. Refusals that a caller branches on (out of stock, price
// changed) are part of return types instead. problem.h maps each code to a problem response.
enum class ErrorCode {
  kInvalidArgument,  // the caller's input is wrong; the same input will fail again
  kNotFound,         // no such record, file or method
  kAlreadyExists,    // another record or process holds the name
  kVersionConflict,  // the record changed since it was read
  kUnauthenticated,  // who is asking is not known
  kForbidden,        // known, and not allowed
  kOverloaded,       // a bound was reached; try again later
  kUnavailable,      // a peer or device cannot be reached; try again later
  kTimeout,          // no answer in time; the outcome is unknown
  kCorrupt,          // stored or received bytes fail their checks
  kIo,               // the operating system refused a read, write or sync
  kInternal,         // a fault of ours
  kRateLimited,      // this caller's budget of tries is used up; try again later
};

// Stable snake_case name, for logs and problem responses.
std::string_view error_code_name(ErrorCode code);

// True where the same request may succeed later without a change.
bool is_retryable(ErrorCode code);

class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  // Puts "context: " before the message; used while unwinding.
  Error with_context(std::string_view context) &&;

 private:
  ErrorCode code_;
  std::string message_;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> make_error(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error(code, std::move(message)));
}

// make_error(kIo, "open /x: No such file or directory") from errno.
std::unexpected<Error> make_errno_error(std::string_view what, int errno_value);

namespace result_detail {
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
}

}  // namespace dermaga

// Programmer errors only; stays on in release builds and aborts.
#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      ::dermaga::result_detail::check_failed(#condition, __FILE__, __LINE__); \
    }                                                                         \
  } while (false)

#ifdef NDEBUG
#define DCHECK(condition) \
  do {                    \
  } while (false)
#else
#define DCHECK(condition) CHECK(condition)
#endif

#define DERMAGA_CONCAT_INNER(a, b) a##b
#define DERMAGA_CONCAT(a, b) DERMAGA_CONCAT_INNER(a, b)

// RETURN_IF_ERROR(status_expression);
#define RETURN_IF_ERROR(expression)                              \
  do {                                                           \
    auto dermaga_status = (expression);                          \
    if (!dermaga_status.has_value()) {                           \
      return std::unexpected(std::move(dermaga_status).error()); \
    }                                                            \
  } while (false)

// ASSIGN_OR_RETURN(auto value, result_expression);
#define ASSIGN_OR_RETURN(target, expression) \
  DERMAGA_ASSIGN_OR_RETURN(DERMAGA_CONCAT(dermaga_result_, __LINE__), target, expression)
#define DERMAGA_ASSIGN_OR_RETURN(result, target, expression) \
  auto result = (expression);                                \
  if (!result.has_value()) {                                 \
    return std::unexpected(std::move(result).error());       \
  }                                                          \
  target = std::move(result).value()

// The same inside coroutines.
#define CO_RETURN_IF_ERROR(expression)                              \
  do {                                                              \
    auto dermaga_status = (expression);                             \
    if (!dermaga_status.has_value()) {                              \
      co_return std::unexpected(std::move(dermaga_status).error()); \
    }                                                               \
  } while (false)
#define CO_ASSIGN_OR_RETURN(target, expression) \
  DERMAGA_CO_ASSIGN_OR_RETURN(DERMAGA_CONCAT(dermaga_result_, __LINE__), target, expression)
#define DERMAGA_CO_ASSIGN_OR_RETURN(result, target, expression) \
  auto result = (expression);                                   \
  if (!result.has_value()) {                                    \
    co_return std::unexpected(std::move(result).error());       \
  }                                                             \
  target = std::move(result).value()
