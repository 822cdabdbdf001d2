#pragma once

#include "result/result.h"

namespace dermaga {

// How an operating error is told to an HTTP caller (RFC 9457); the one place that maps codes.
struct ProblemMapping {
  int http_status;
  std::string_view code;  // stable "code" member
  std::string_view title;
  int retry_after_s;  // 0: no Retry-After header
};

ProblemMapping problem_mapping(ErrorCode code);

}  // namespace dermaga
