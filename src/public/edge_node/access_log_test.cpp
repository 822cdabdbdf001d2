#include "access_log.h"

#include <gtest/gtest.h>

namespace dermaga::edge_node {
namespace {

TEST(AccessLog, PathsWithoutOrderIds) {
  EXPECT_EQ(loggable_path("/store/v1/products/kopi"), "/store/v1/products/kopi");
  EXPECT_EQ(loggable_path("/store/v1/orders/ord_abc"), "/store/v1/orders/{order}");
  EXPECT_EQ(loggable_path("/id/orders/ord_abc/paid"), "/id/orders/{order}/paid");
  EXPECT_EQ(loggable_path("/" + std::string(1'000, 'x')).size(), 200u);
  EXPECT_EQ(loggable_path("/\xff"), "(not UTF-8)");
}

TEST(AccessLog, PassesTheAnswerOn) {
  http::Request request;
  request.path = "/id/";
  int status = 0;
  const auto reply = logged(
      request,
      [&](const store_api::Answer& answer) { status = std::get<http::Response>(answer).status; },
      true);
  reply(http::Response{204, {}, ""});
  EXPECT_EQ(status, 204);
}

}  // namespace
}  // namespace dermaga::edge_node
