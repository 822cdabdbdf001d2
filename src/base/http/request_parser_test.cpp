#include "request_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dermaga::http {
namespace {

using State = RequestParser::State;

constexpr ParseLimits kLimits{.header_bytes_max = 1024, .body_bytes_max = 64};

struct Refused {
  const char* what;
  std::string bytes;
  int status;
};

std::string with_headers(std::string_view headers, std::string_view body = {}) {
  return "POST /a HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

using namespace std::string_literals;

const Refused kRefused[] = {
    // Request line.
    {"TLS on a plain port", "\x16\x03\x01\x02"s, 400},
    {"leading space", " GET / HTTP/1.1\r\n", 400},
    {"second empty line in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"bare LF in front", "\nGET / HTTP/1.1\r\n", 400},
    {"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"no version", "GET /\r\nHost: a\r\n\r\n", 400},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"tab between", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"space behind version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
    {"lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
    {"version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
    {"version 2.0", "PRI * HTTP/2.0\r\n\r\n", 505},
    {"version 0.9", "GET / HTTP/0.9\r\n\r\n", 505},
    {"version without minor", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400},
    {"space in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"NUL in target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
    {"control in target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"DEL in target", "GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"high byte in target", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"fragment in target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"authority form", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"asterisk without OPTIONS", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"absolute form without path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"absolute form without host", "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"absolute form with user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"foreign scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"method with odd byte", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    // Lines and headers.
    {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"bare LF behind a header", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
    {"bare CR", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
    {"CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400},
    {"obs-fold", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400},
    {"obs-fold by tab", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", 400},
    {"space before the first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    {"tab before colon", "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", 400},
    {"header without colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400},
    {"header without name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400},
    {"NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"s, 400},
    {"control in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x02\r\n\r\n", 400},
    {"DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n", 400},
    {"high byte in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\xc3: a\r\n\r\n", 400},
    {"header too large", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1100, 'x'), 431},
    {"target too large", "GET /" + std::string(1100, 'x'), 431},
    {"header whole but too large",
     "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1000, 'x') + "\r\n\r\n", 431},
    // Host.
    {"no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400},
    {"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
    {"Host with user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
    // Framing.
    {"two lengths", with_headers("Content-Length: 1\r\nContent-Length: 2\r\n"), 400},
    {"same length twice", with_headers("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
    {"length list", with_headers("Content-Length: 1, 1\r\n"), 400},
    {"negative length", with_headers("Content-Length: -1\r\n"), 400},
    {"signed length", with_headers("Content-Length: +1\r\n"), 400},
    {"hexadecimal length", with_headers("Content-Length: 0x1\r\n"), 400},
    {"empty length", with_headers("Content-Length:\r\n"), 400},
    {"length with a space", with_headers("Content-Length: 1 1\r\n"), 400},
    {"length over 64 bits", with_headers("Content-Length: 99999999999999999999\r\n"), 400},
    {"length over the limit", with_headers("Content-Length: 65\r\n"), 413},
    {"length and coding", with_headers("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"coding and length", with_headers("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400},
    {"two codings", with_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
     400},
    {"gzip, chunked", with_headers("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"chunked, gzip", with_headers("Transfer-Encoding: chunked, gzip\r\n"), 501},
    {"identity", with_headers("Transfer-Encoding: identity\r\n"), 501},
    {"xchunked", with_headers("Transfer-Encoding: xchunked\r\n"), 501},
    {"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"chunk size not hexadecimal", with_headers("Transfer-Encoding: chunked\r\n", "g\r\n"), 400},
    {"chunk size missing", with_headers("Transfer-Encoding: chunked\r\n", "\r\n"), 400},
    {"chunk size negative", with_headers("Transfer-Encoding: chunked\r\n", "-1\r\n"), 400},
    {"chunk size over 64 bits",
     with_headers("Transfer-Encoding: chunked\r\n", "11111111111111111\r\n"), 400},
    {"chunk without CRLF", with_headers("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"),
     400},
    {"chunk extension broken", with_headers("Transfer-Encoding: chunked\r\n", "1;=\r\n"), 400},
    {"chunk over the limit", with_headers("Transfer-Encoding: chunked\r\n", "41\r\n"), 413},
    {"trailer folded or broken",
     with_headers("Transfer-Encoding: chunked\r\n", "0\r\nX Y: 1\r\n\r\n"), 400},
    {"unknown expectation", with_headers("Expect: coffee\r\n"), 417},
};

State feed(RequestParser& parser, const std::string& bytes, std::size_t step) {
  // Each call sees the bytes somewhere else, as after a growing buffer.
  State state = State::kNeedMore;
  std::vector<std::unique_ptr<std::string>> earlier;
  for (std::size_t size = step; state == State::kNeedMore; size += step) {
    earlier.push_back(std::make_unique<std::string>(bytes.substr(0, size)));
    state = parser.advance(*earlier.back());
    if (size >= bytes.size()) {
      break;
    }
  }
  return state;
}

TEST(RequestParser, RefusesMalformedRequestsHoweverTheyArrive) {
  for (const Refused& row : kRefused) {
    for (const std::size_t step : {row.bytes.size(), std::size_t{1}, std::size_t{7}}) {
      RequestParser parser(kLimits);
      EXPECT_EQ(feed(parser, row.bytes, step), State::kRefused) << row.what << " step " << step;
      EXPECT_EQ(parser.refusal().status, row.status) << row.what << " step " << step;
    }
  }
}

TEST(RequestParser, TooManyHeadersAreRefused) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 100; ++i) {
    bytes += "X: 1\r\n";
  }
  RequestParser parser(kLimits);
  EXPECT_EQ(parser.advance(bytes + "\r\n"), State::kRefused);
  EXPECT_EQ(parser.refusal().status, 431);
}

struct Accepted {
  const char* what;
  std::string bytes;
  Method method;
  std::string target;
  std::string body;
  bool must_close;
};

TEST(RequestParser, AcceptsWellFormedRequestsHoweverTheyArrive) {
  const Accepted rows[] = {
      {"plain", "GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n", Method::kGet, "/a?b=c", "", false},
      {"one empty line in front", "\r\nGET / HTTP/1.1\r\nHost: a:1\r\n\r\n", Method::kGet, "/", "",
       false},
      {"absolute form", "GET HTTP://[::1]:80/x HTTP/1.1\r\nHost: a\r\n\r\n", Method::kGet, "/x", "",
       false},
      {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", Method::kOptions, "*", "", false},
      {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", Method::kGet, "/", "", true},
      {"close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: foo , Close\r\n\r\n", Method::kGet, "/",
       "", true},
      {"body", "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", Method::kPut, "/a",
       "hello", false},
      {"empty body", "DELETE /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", Method::kDelete,
       "/a", "", false},
      {"chunks",
       "PATCH /a HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n"
       "3;x=\"y\"\r\nabc\r\n02\r\nde\r\n0\r\nTrailer: 1\r\n\r\n",
       Method::kPatch, "/a", "abcde", false},
      {"empty chunks", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       Method::kPost, "/a", "", false},
      {"body as large as allowed",
       "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 64\r\n\r\n" + std::string(64, 'x'),
       Method::kPost, "/a", std::string(64, 'x'), false},
  };
  for (const Accepted& row : rows) {
    for (const std::size_t step : {row.bytes.size(), std::size_t{1}, std::size_t{7}}) {
      RequestParser parser(kLimits);
      ASSERT_EQ(feed(parser, row.bytes, step), State::kComplete) << row.what << " step " << step;
      EXPECT_EQ(parser.request().method, row.method) << row.what;
      EXPECT_EQ(parser.size(), row.bytes.size()) << row.what;
      EXPECT_EQ(parser.must_close(), row.must_close) << row.what;
    }
    RequestParser parser(kLimits);
    const std::string more = row.bytes + "GET /next";
    ASSERT_EQ(parser.advance(more), State::kComplete) << row.what;
    EXPECT_EQ(parser.request().target, row.target) << row.what;
    EXPECT_EQ(parser.request().body, row.body) << row.what;
    EXPECT_EQ(parser.size(), row.bytes.size()) << row.what << " took of the next request";
  }
}

TEST(RequestParser, ViewsFollowBytesThatMoved) {
  const std::string bytes =
      "POST /p?q HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nhi";
  RequestParser parser(kLimits);
  {
    const std::string first = bytes.substr(0, bytes.size() - 1);
    ASSERT_EQ(parser.advance(first), State::kNeedMore);
    EXPECT_TRUE(parser.in_body());
    EXPECT_EQ(parser.bytes_wanted(), bytes.size());
  }
  ASSERT_EQ(parser.advance(bytes), State::kComplete);
  const Request& request = parser.request();
  EXPECT_EQ(request.path, "/p");
  EXPECT_EQ(request.query, "q");
  EXPECT_EQ(request.header("x-ONE"), "1");
  EXPECT_EQ(request.header("x-empty"), "");
  EXPECT_EQ(request.header("x-absent"), "");
  EXPECT_EQ(request.body, "hi");
  EXPECT_GE(request.path.data(), bytes.data());
  EXPECT_LT(request.path.data(), bytes.data() + bytes.size());
}

TEST(RequestParser, SaysWhenAClientWaitsForContinue) {
  RequestParser parser(kLimits);
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  ASSERT_EQ(parser.advance(head), State::kNeedMore);
  EXPECT_TRUE(parser.expects_continue());
  ASSERT_EQ(parser.advance(head + "hi"), State::kComplete);
  EXPECT_FALSE(parser.expects_continue());
}

TEST(RequestParser, ChunkFramingMayNotCostMuchMoreThanTheBody) {
  RequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 64 * 1024});
  std::string bytes = with_headers("Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 30'000; ++i) {
    bytes += "1\r\nx\r\n";
  }
  EXPECT_EQ(parser.advance(bytes), State::kRefused);
  EXPECT_EQ(parser.refusal().status, 413);
}

TEST(RequestParser, ResetBeginsTheNextRequest) {
  RequestParser parser(kLimits);
  const std::string first = with_headers("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n");
  ASSERT_EQ(parser.advance(first), State::kComplete);
  parser.reset();
  const std::string second = "GET /b HTTP/1.1\r\nHost: b\r\n\r\n";
  ASSERT_EQ(parser.advance(second), State::kComplete);
  EXPECT_EQ(parser.request().path, "/b");
  EXPECT_EQ(parser.request().body, "");
  EXPECT_EQ(parser.request().headers.size(), 1u);
}

}  // namespace
}  // namespace dermaga::http
