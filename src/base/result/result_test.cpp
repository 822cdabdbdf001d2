#include "result/result.h"

#include <gtest/gtest.h>

#include "result/problem.h"

namespace dermaga {
namespace {

Status fail() {
  return make_error(ErrorCode::kNotFound, "no file");
}
Result<int> seven() {
  return 7;
}

Result<int> propagate(bool broken) {
  ASSIGN_OR_RETURN(const int value, seven());
  if (broken) {
    RETURN_IF_ERROR(fail());
  }
  return value + 1;
}

TEST(Result, MacrosPassValuesAndErrors) {
  EXPECT_EQ(propagate(false).value(), 8);
  EXPECT_EQ(propagate(true).error().code(), ErrorCode::kNotFound);
}

TEST(Result, ContextStandsBeforeTheMessage) {
  EXPECT_EQ(Error(ErrorCode::kIo, "disk full").with_context("write x").message(),
            "write x: disk full");
}

TEST(Result, OnlyTransientCodesAreRetryable) {
  EXPECT_TRUE(is_retryable(ErrorCode::kOverloaded));
  EXPECT_FALSE(is_retryable(ErrorCode::kInvalidArgument));
}

TEST(Result, EveryRetryableProblemSaysWhenToComeBack) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const auto mapping = problem_mapping(static_cast<ErrorCode>(code));
    EXPECT_EQ(mapping.retry_after_s > 0, is_retryable(static_cast<ErrorCode>(code)))
        << mapping.code;
  }
}

TEST(ResultDeathTest, CheckAborts) {
  EXPECT_DEATH(CHECK(1 == 2), "CHECK failed: 1 == 2");
}

}  // namespace
}  // namespace dermaga
