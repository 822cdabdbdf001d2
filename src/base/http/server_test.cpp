#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/client.h"
#include "test_server.h"

namespace dermaga::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kGetAndClose = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string raw(std::uint16_t port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  return client.read_to_end();
}

std::string request_line(std::string_view line, std::string_view headers = {}) {
  return std::string(line) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
         std::string(headers) + "\r\n";
}

TEST(Server, AnswersAndCloses) {
  TestServer test;
  const std::string got = raw(test.port(), kGetAndClose);
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                              "Date: "));
  EXPECT_THAT(got, HasSubstr(" GMT\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(got, EndsWith("/a|||"));
}

TEST(Server, KeepsConnectionsAliveAndPassesEverythingOn) {
  TestServer test;
  Client client({.base_url = test.url()});
  for (int i = 0; i < 3; ++i) {
    const auto got = client.request("POST", "/p/q?x=1", {{"X-Test", "t"}}, "body");
    ASSERT_TRUE(got.has_value()) << got.error().message();
    EXPECT_EQ(got->status, 200);
    EXPECT_EQ(got->body, "/p/q|x=1|t|body");
    EXPECT_EQ(got->header("connection"), "");
  }
  EXPECT_EQ(client.request("GET", "/seen")->body, "127.0.0.1 plain");
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer test;
  RawClient client(test.port());
  std::string bytes = "GET /later?80 HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 200; ++i) {
    bytes += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
  }
  client.send(bytes + std::string(kGetAndClose));
  const std::string got = client.read_to_end();
  std::size_t at = got.find("later");
  for (int i = 0; i < 200; ++i) {
    const auto next = got.find("/" + std::to_string(i) + "|||x", at);
    ASSERT_NE(next, std::string::npos) << i;
    at = next;
  }
  EXPECT_THAT(got.substr(at), EndsWith("/a|||"));
}

TEST(Server, PreparedResponsesAndHead) {
  TestServer test;
  EXPECT_THAT(raw(test.port(), request_line("GET /prepared")), EndsWith("\r\n\r\nprepared body"));
  for (const char* path : {"/prepared", "/a"}) {
    const std::string head = raw(test.port(), request_line("HEAD " + std::string(path)));
    EXPECT_THAT(head, HasSubstr("Content-Length: "));
    EXPECT_THAT(head, Not(HasSubstr("Content-Length: 0\r\n")));
    EXPECT_THAT(head, EndsWith("\r\n\r\n"));
  }
  const std::string unchanged = raw(test.port(), request_line("GET /not-modified"));
  EXPECT_THAT(unchanged, StartsWith("HTTP/1.1 304 "));
  EXPECT_THAT(unchanged, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(unchanged, EndsWith("\r\n\r\n"));
}

TEST(Server, Http10IsAnsweredAndClosed) {
  TestServer test;
  const std::string got = raw(test.port(), "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
}

TEST(Server, TakesChunkedBodiesAndExpectContinue) {
  TestServer test;
  EXPECT_THAT(raw(test.port(), request_line("POST /a", "Transfer-Encoding: chunked\r\n") +
                                   "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
              EndsWith("/a|||abcde"));
  RawClient client(test.port());
  client.send(request_line("POST /a", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_THAT(client.read_to_end(), EndsWith("/a|||hi"));
}

TEST(Server, BodiesArriveWholeInManyPieces) {
  TestServer test;
  const std::string body(60'000, 'z');
  const std::string bytes = request_line("POST /a", "Content-Length: 60000\r\n") + body;
  RawClient client(test.port());
  for (std::size_t at = 0; at < bytes.size(); at += 7919) {
    client.send(std::string_view(bytes).substr(at, 7919));
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_THAT(client.read_to_end(), EndsWith("/a|||" + body));
}

TEST(Server, RefusalsAreProblemsAndClose) {
  TestServer test;
  const struct {
    std::string bytes;
    const char* status;
    const char* code;
  } rows[] = {
      {"GET / HTTP/1.1\r\n\r\n", "400", "bad_request"},
      {"GET / HTTP/1.1\nHost: a\n\n", "400", "bad_request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400", "bad_framing"},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505", "version_not_supported"},
      {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "405", "method_not_allowed"},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", "501", "method_not_implemented"},
      {"GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'), "431", "header_too_large"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n" + std::string(70'000, 'x'),
       "413", "body_too_large"},
      {std::string("\x16\x03\x01\x02\x00\x01", 6), "400", "bad_request"},
  };
  for (const auto& row : rows) {
    // Whatever follows a refused request is not looked at.
    const std::string got = raw(test.port(), row.bytes + std::string(kGet));
    EXPECT_THAT(got, StartsWith("HTTP/1.1 " + std::string(row.status)));
    EXPECT_THAT(got, HasSubstr("Content-Type: application/problem+json\r\n"));
    EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(got, HasSubstr("\"code\":\"" + std::string(row.code) + "\""));
    EXPECT_THAT(got, Not(HasSubstr("200 OK")));
  }
  EXPECT_EQ(test.handler->calls, 0);
}

TEST(Server, HeadersOfAHandlerCannotSplitTheResponse) {
  TestServer test;
  const std::string got = raw(test.port(), request_line("GET /split"));
  EXPECT_THAT(got, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(got, Not(HasSubstr("Set-Cookie")));
}

TEST(Server, SlowHeadersBodiesAndIdleConnectionsTimeOut) {
  TestServer test(
      {.header_timeout = seconds(1), .body_timeout = seconds(1), .idle_timeout = seconds(1)});
  RawClient idle(test.port());
  RawClient header(test.port());
  RawClient body(test.port());
  header.send("GET /a HTTP/1.1\r\nHo");
  body.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_TRUE(idle.saw_end());
  EXPECT_THAT(header.read_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body.read_to_end(), StartsWith("HTTP/1.1 408 "));
}

TEST(Server, TrickledHeadersDoNotExtendTheDeadline) {
  TestServer test({.header_timeout = seconds(1)});
  RawClient client(test.port());
  const auto begin = std::chrono::steady_clock::now();
  std::jthread trickle([&client](const std::stop_token& stop) {
    client.send("GET / HTTP/1.1\r\nX: ");
    while (!stop.stop_requested()) {
      client.send("x");
      std::this_thread::sleep_for(milliseconds(50));
    }
  });
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(4));
}

TEST(Server, AnswersFromOtherThreads) {
  TestServer test;
  Client client({.base_url = test.url()});
  for (int i = 0; i < 5; ++i) {
    const auto got = client.request("GET", "/later");
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->body, "later");
  }
}

TEST(Server, DroppedIs500AndSilentIs504) {
  TestServer test({.answer_timeout = seconds(1)});
  Client client({.base_url = test.url()});
  EXPECT_EQ(client.request("GET", "/drop")->status, 500);
  const auto silent = client.request("GET", "/silent");
  ASSERT_TRUE(silent.has_value());
  EXPECT_EQ(silent->status, 504);
  EXPECT_EQ(silent->header("Retry-After"), "2");
  // The late answer goes nowhere, least of all to the next request.
  test.handler->answer_kept();
  EXPECT_EQ(client.request("GET", "/b")->body, "/b|||");
}

TEST(Server, AnswersAfterTheConnectionOrTheServerAreDropped) {
  TestServer test;
  {
    RawClient client(test.port());
    client.send("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n");
    while (test.handler->calls < 1) {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  test.handler->answer_kept();
  RawClient client(test.port());
  client.send("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n");
  while (test.handler->calls < 2) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  test.server.reset();
  test.handler->answer_kept();
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, LargeAnswersReachSlowReaders) {
  TestServer test;
  RawClient client(test.port());
  client.send(request_line("GET /big"));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_GT(client.read_to_end().size(), 3'000'000u);
}

TEST(Server, ClosesConnectionsBeyondTheLimit) {
  TestServer test({.connections_max = 2});
  Client first({.base_url = test.url()});
  Client second({.base_url = test.url()});
  ASSERT_TRUE(first.request("GET", "/").has_value());
  ASSERT_TRUE(second.request("GET", "/").has_value());
  EXPECT_EQ(raw(test.port(), kGetAndClose), "");
  first = Client({.base_url = test.url()});
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_THAT(raw(test.port(), kGetAndClose), StartsWith("HTTP/1.1 200 "));
}

TEST(Server, ClosesAfterTheLastRequestOfAConnection) {
  TestServer test({.requests_per_connection_max = 2});
  RawClient client(test.port());
  client.send(std::string(kGet) + std::string(kGet) + std::string(kGet));
  const std::string got = client.read_to_end();
  EXPECT_THAT(got, EndsWith("Connection: close\r\n\r\n/a|||"));
  EXPECT_EQ(test.handler->calls, 2);
}

TEST(Server, DrainFinishesRequestsInHandAndClosesIdleConnections) {
  TestServer test({.threads = 2});
  RawClient idle(test.port());
  RawClient busy(test.port());
  busy.send("GET /later?300 HTTP/1.1\r\nHost: a\r\n\r\n");
  while (test.handler->calls < 1) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  const auto begin = std::chrono::steady_clock::now();
  test.server->drain(seconds(10));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
  EXPECT_THAT(busy.read_to_end(), EndsWith("Connection: close\r\n\r\nlater"));
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_FALSE(RawClient(test.port()).connected());
  test.server->drain(seconds(10));  // a second time is harmless
}

TEST(Server, DrainLosesPatience) {
  TestServer test;
  RawClient client(test.port());
  client.send("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n");
  while (test.handler->calls < 1) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  const auto begin = std::chrono::steady_clock::now();
  test.server->drain(milliseconds(200));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(3));
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, PortsInUseAndBadOptionsAreErrors) {
  TestServer test({.listeners = {{}}, .threads = 2});
  const auto start = [&](ServerOptions options) {
    return Server::start(std::move(options), test.handler);
  };
  for (const unsigned threads : {1u, 2u}) {
    const auto taken = start({.listeners = {{.port = test.port()}}, .threads = threads});
    ASSERT_FALSE(taken.has_value());
    EXPECT_EQ(taken.error().code(), ErrorCode::kAlreadyExists);
    EXPECT_THAT(taken.error().message(), HasSubstr(std::to_string(test.port())));
  }
  EXPECT_EQ(start({}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(start({.listeners = {{}}, .threads = 0}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(start({.listeners = {{.address = "x"}}}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(start({.listeners = {{.tls = true}}}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(start({.listeners = {{}}, .header_bytes_max = 1}).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST(Server, SeveralServersShareAPortAndListenOnSeveral) {
  TestServer first({.listeners = {{.reuse_port = true}, {.address = "::1"}}});
  TestServer second({.listeners = {{.port = first.port(), .reuse_port = true}}});
  EXPECT_EQ(first.port(), second.port());
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(raw(first.port(), kGetAndClose), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_EQ(first.handler->calls + second.handler->calls, 50);
  EXPECT_GT(first.handler->calls, 0);
  EXPECT_GT(second.handler->calls, 0);
  Client client({.base_url = "http://[::1]:" + std::to_string(first.server->port(1))});
  EXPECT_EQ(client.request("GET", "/seen")->body, "::1 plain");
}

TEST(Server, CountsWhatItDoes) {
  metrics::Registry registry;
  {
    TestServer test({.registry = &registry});
    Client client({.base_url = test.url()});
    ASSERT_TRUE(client.request("GET", "/").has_value());
    ASSERT_TRUE(client.request("GET", "/drop").has_value());
    EXPECT_THAT(registry.exposition(), HasSubstr("dermaga_http_connections 1\n"));
    EXPECT_THAT(raw(test.port(), "bad\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  }
  const std::string text = registry.exposition();
  EXPECT_THAT(text, HasSubstr("dermaga_http_requests_total{code=\"2xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_http_requests_total{code=\"4xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_http_requests_total{code=\"5xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_http_request_duration_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_http_connections 0\n"));
}

TEST(Server, ManyConnectionsOnTwoLoops) {
  TestServer test({.threads = 2});
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      Client client({.base_url = test.url()});
      for (int i = 0; i < 100; ++i) {
        const auto got = client.request("POST", i % 10 == 0 ? "/later?1" : "/x", {}, "b");
        good += got.has_value() && got->status == 200;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace dermaga::http
