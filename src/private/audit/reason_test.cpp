#include <gtest/gtest.h>

#include <string>

#include "audit/audit.h"

namespace dermaga::audit {
namespace {

TEST(Reason, IsPlainTextOfBoundedLength) {
  for (const std::string& good :
       {std::string("dented"), std::string("pelanggan meminta — lewat telepon"),
        std::string(kReasonBytesMax, 'x')}) {
    EXPECT_TRUE(check_reason(good).has_value()) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string("   "), std::string("two\nlines"), std::string("\x7f"),
        std::string("\xff"), std::string("a\0b", 3), std::string(kReasonBytesMax + 1, 'x')}) {
    const Status checked = check_reason(bad);
    ASSERT_FALSE(checked.has_value()) << bad;
    EXPECT_EQ(checked.error().code(), ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace dermaga::audit
