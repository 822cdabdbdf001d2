#include "response_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>

namespace dermaga::http {
namespace {

namespace beast = boost::beast::http;
using beast_error = boost::beast::error_code;
using text_view = boost::beast::string_view;

class BeastParser final : public beast::basic_parser<false> {
 public:
  explicit BeastParser(ClientResponse& response) : response_(response) {}

 private:
  void on_request_impl(beast::verb, text_view, text_view, int, beast_error&) override {}
  void on_response_impl(int status, text_view, int, beast_error&) override {
    response_.status = status;
  }
  void on_field_impl(beast::field, text_view name, text_view value, beast_error&) override {
    response_.headers.emplace_back(std::string(name), std::string(value));
  }
  void on_header_impl(beast_error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast_error&) override {}
  std::size_t on_body_impl(text_view body, beast_error&) override {
    response_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, text_view, beast_error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text_view body, beast_error&) override {
    response_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(beast_error&) override {}

  ClientResponse& response_;
};

}  // namespace

struct ResponseParser::Impl {
  explicit Impl(Options o) : options(o) { begin(); }

  void begin() {
    response = {};
    beast.emplace(response);
    beast->header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
    beast->body_limit(options.body_bytes_max);
    beast->skip(options.to_head);
  }

  Options options;
  ClientResponse response;
  std::optional<BeastParser> beast;
};

ResponseParser::ResponseParser(Options options) : impl_(std::make_unique<Impl>(options)) {}
ResponseParser::~ResponseParser() = default;

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete()) {
    beast_error error;
    const std::string_view rest = bytes.substr(taken);
    taken += impl_->beast->put({rest.data(), rest.size()}, error);
    if (error == beast::error::need_more) {
      break;
    }
    if (error == beast::error::body_limit) {
      return make_error(ErrorCode::kInvalidArgument,
                        "the response body is larger than " +
                            std::to_string(impl_->options.body_bytes_max) + " bytes");
    }
    if (error) {
      return make_error(ErrorCode::kCorrupt, "not an HTTP response: " + error.message());
    }
    if (impl_->beast->is_header_done() && impl_->response.status / 100 == 1) {
      impl_->begin();
    }
  }
  return taken;
}

Status ResponseParser::finish() {
  beast_error error = beast::error::partial_message;
  if (impl_->beast->got_some()) {
    impl_->beast->put_eof(error);
  }
  if (error) {
    return make_error(ErrorCode::kUnavailable,
                      "the connection was closed before the response ended");
  }
  return {};
}

bool ResponseParser::complete() const {
  return impl_->beast->is_done();
}
bool ResponseParser::keep_alive() const {
  return impl_->beast->keep_alive();
}
ClientResponse ResponseParser::take() {
  return std::move(impl_->response);
}

}  // namespace dermaga::http
