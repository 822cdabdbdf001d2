#include "http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "header_text.h"
#include "http/sink.h"

namespace dermaga::http {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Message, PrepareSerialisesOnceWithoutTheServersHeaders) {
  const auto prepared =
      prepare({200, {{"ETag", "\"1\""}, {"content-length", "9"}, {"Connection", "x"}}, "body"});
  EXPECT_EQ(prepared->head, "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 4\r\n");
  EXPECT_EQ(prepared->body, "body");
  EXPECT_EQ(prepare({304, {}, "x"})->head, "HTTP/1.1 304 Not Modified\r\n");
  EXPECT_EQ(prepare({304, {}, "x"})->body, "");
}

TEST(Message, HeadersThatWouldSplitTheResponseBecomeA500) {
  for (const Header& header : {Header{"X", "a\r\nb: c"}, Header{"X: y", "a"}, Header{"", "a"},
                               Header{"X", std::string("\0", 1)}}) {
    EXPECT_THAT(prepare({200, {header}, ""})->head, HasSubstr("HTTP/1.1 500 "));
  }
}

TEST(Message, ProblemsCarryCodeAndRetryAfter) {
  const Response made = problem(503, "overloaded", "Too much", "Say \"please\"", 7, ",\"n\":1");
  EXPECT_EQ(made.body,
            R"({"type":"urn:dermaga:problem:overloaded","title":"Too much","status":503,)"
            R"("code":"overloaded","detail":"Say \"please\"","n":1})");
  EXPECT_THAT(prepare(made)->head, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_THAT(prepare(made)->head, HasSubstr("Retry-After: 7\r\n"));
  EXPECT_THAT(prepare(problem(400, "a", "b", "c"))->head, Not(HasSubstr("Retry-After")));
  EXPECT_THAT(problem(400, "a", "b", "\xff").body, HasSubstr("not valid UTF-8"));
}

struct RecordingSink final : Responder::Sink {
  void answer(Response response) override { statuses.push_back(response.status); }
  void answer(std::shared_ptr<const PreparedResponse> response) override {
    statuses.push_back(response->status);
  }
  std::vector<int> statuses;
};

TEST(Responder, AnswersOnceAndADroppedOneAnswers500) {
  const auto sink = std::make_shared<RecordingSink>();
  Responder(sink).send(Response{201, {}, ""});
  Responder(sink).send(prepare({202, {}, ""}));
  {
    const Responder dropped(sink);
  }
  Responder first(sink);
  Responder second(std::move(first));
  second = Responder(sink);  // the one it held is answered
  EXPECT_EQ(sink->statuses, (std::vector<int>{201, 202, 500, 500}));
  std::move(second).send(Response{204, {}, ""});
  EXPECT_EQ(sink->statuses.back(), 204);
}

}  // namespace
}  // namespace dermaga::http
