#include "request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "header_text.h"
#include "request_head.h"

namespace dermaga::http {
namespace {

namespace beast = boost::beast::http;
using beast_error = boost::beast::error_code;
using text_view = boost::beast::string_view;

constexpr std::size_t kHeadersMax = 100;
// Chunked framing may cost this many bytes more than the body it carries.
constexpr std::size_t kChunkOverheadMax = 64 * 1024;

constexpr ParseRefusal kBadRequest{400, "bad_request", "The request is not valid HTTP",
                                   "The request line or a header is malformed."};
constexpr ParseRefusal kBadFraming{400, "bad_framing", "The request is not valid HTTP",
                                   "The length of the body is not stated unambiguously."};
constexpr ParseRefusal kHeaderTooLarge{431, "header_too_large", "The header is too large",
                                       "Send fewer or shorter header fields."};
constexpr ParseRefusal kBodyTooLarge{413, "body_too_large", "The body is too large",
                                     "The body is larger than this server accepts."};

// Collects what Beast finds; nothing is judged here.
class BeastParser final : public beast::basic_parser<true> {
 public:
  explicit BeastParser(RequestHead& head, std::string& body) : head_(head), body_(body) {}

 private:
  void on_request_impl(beast::verb, text_view method, text_view target, int version,
                       beast_error&) override {
    head_.method = method;
    head_.target = target;
    head_.version = version;
  }
  void on_response_impl(int, text_view, int, beast_error&) override {}
  void on_field_impl(beast::field, text_view name, text_view value, beast_error& error) override {
    if (head_done_) {
      return;  // a trailer: checked by Beast, and of no use to us
    }
    if (head_.fields.size() == kHeadersMax) {
      error = beast::error::header_limit;
      return;
    }
    head_.fields.emplace_back(name, value);
  }
  void on_header_impl(beast_error&) override { head_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast_error&) override {}
  std::size_t on_body_impl(text_view body, beast_error&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, text_view, beast_error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text_view body, beast_error&) override {
    body_.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(beast_error&) override {}

  RequestHead& head_;
  std::string& body_;
  bool head_done_ = false;
};

}  // namespace

struct RequestParser::Impl {
  enum class Stage { kHead, kSizedBody, kChunkedBody, kDone };

  explicit Impl(ParseLimits l) : limits(l) {}

  State refuse(const ParseRefusal& why) {
    refused = why;
    return State::kRefused;
  }

  State advance(std::string_view bytes);
  State read_head(std::string_view bytes);
  State read_sized(std::string_view bytes);
  State read_chunks(std::string_view bytes);
  State complete(std::string_view bytes, std::size_t request_size);
  ParseRefusal explain(const beast_error& error, std::string_view head_bytes) const;

  ParseLimits limits;
  Stage stage = Stage::kHead;
  HeadScanner scanner;
  RequestHead head;
  std::string chunked_body;
  std::optional<BeastParser> beast;
  std::size_t head_size = 0;      // with the blank lines before the request line
  std::size_t chunks_parsed = 0;  // bytes behind the head that Beast has taken
  std::size_t request_size = 0;
  Framing framing;
  std::uintptr_t base = 0;  // where the views of `head` point, while the bytes stayed there
  Request request;
  ParseRefusal refused = kBadRequest;
};

RequestParser::State RequestParser::Impl::advance(std::string_view bytes) {
  switch (stage) {
    case Stage::kHead:
      return read_head(bytes);
    case Stage::kSizedBody:
      return read_sized(bytes);
    case Stage::kChunkedBody:
      return read_chunks(bytes);
    case Stage::kDone:
      break;
  }
  return State::kComplete;
}

ParseRefusal RequestParser::Impl::explain(const beast_error& error,
                                          std::string_view head_bytes) const {
  if (error == beast::error::header_limit) {
    return kHeaderTooLarge;
  }
  if (error == beast::error::body_limit) {
    return kBodyTooLarge;
  }
  if (error == beast::error::bad_version && has_foreign_version(head_bytes)) {
    return {505, "version_not_supported", "The HTTP version is not supported",
            "This server speaks HTTP/1.1."};
  }
  if (error == beast::error::bad_content_length || error == beast::error::multiple_content_length ||
      error == beast::error::bad_transfer_encoding || error == beast::error::bad_chunk ||
      error == beast::error::bad_chunk_extension) {
    return kBadFraming;
  }
  return kBadRequest;
}

RequestParser::State RequestParser::Impl::read_head(std::string_view bytes) {
  switch (scanner.scan(bytes)) {
    case HeadScanner::State::kMalformed:
      return refuse(kBadRequest);
    case HeadScanner::State::kNeedMore:
      return bytes.size() >= limits.header_bytes_max ? refuse(kHeaderTooLarge) : State::kNeedMore;
    case HeadScanner::State::kComplete:
      break;
  }
  head_size = scanner.size();
  if (head_size > limits.header_bytes_max) {
    return refuse(kHeaderTooLarge);
  }
  const std::string_view text = bytes.substr(scanner.start(), head_size - scanner.start());
  beast.emplace(head, chunked_body);
  beast->header_limit(static_cast<std::uint32_t>(limits.header_bytes_max + 1));
  beast->body_limit(limits.body_bytes_max);
  beast_error error;
  const std::size_t taken = beast->put({text.data(), text.size()}, error);
  if (error || taken != text.size()) {
    return refuse(explain(error, text));
  }
  base = reinterpret_cast<std::uintptr_t>(bytes.data());
  auto judged = judge_head(head, limits.body_bytes_max);
  if (!judged) {
    return refuse(judged.error());
  }
  framing = *judged;
  if (framing.chunked) {
    stage = Stage::kChunkedBody;
    return read_chunks(bytes);
  }
  stage = Stage::kSizedBody;
  return read_sized(bytes);
}

RequestParser::State RequestParser::Impl::read_sized(std::string_view bytes) {
  const std::size_t wanted = head_size + framing.content_length;
  return bytes.size() < wanted ? State::kNeedMore : complete(bytes, wanted);
}

RequestParser::State RequestParser::Impl::read_chunks(std::string_view bytes) {
  while (!beast->is_done()) {
    const std::string_view rest = bytes.substr(head_size + chunks_parsed);
    if (rest.empty()) {
      break;
    }
    beast_error error;
    chunks_parsed += beast->put({rest.data(), rest.size()}, error);
    if (error == beast::error::need_more) {
      break;
    }
    if (error) {
      return refuse(explain(error, {}));
    }
  }
  if (chunks_parsed > limits.body_bytes_max + kChunkOverheadMax) {
    return refuse(kBodyTooLarge);
  }
  if (beast->is_done()) {
    return complete(bytes, head_size + chunks_parsed);
  }
  // What Beast left lying is one unfinished chunk header or trailer.
  const std::size_t left = bytes.size() - head_size - chunks_parsed;
  return left > limits.header_bytes_max ? refuse(kHeaderTooLarge) : State::kNeedMore;
}

RequestParser::State RequestParser::Impl::complete(std::string_view bytes, std::size_t size) {
  stage = Stage::kDone;
  request_size = size;
  // The bytes may have moved since the head was read.
  const auto moved = [&](std::string_view view) {
    return bytes.substr(reinterpret_cast<std::uintptr_t>(view.data()) - base, view.size());
  };
  request.method = framing.method;
  request.target = moved(head.target);
  const auto mark = request.target.find('?');
  request.path = request.target.substr(0, mark);
  request.query =
      mark == std::string_view::npos ? std::string_view() : request.target.substr(mark + 1);
  request.body = framing.chunked ? std::string_view(chunked_body)
                                 : bytes.substr(head_size, framing.content_length);
  request.headers.clear();
  for (const auto& [name, value] : head.fields) {
    request.headers.emplace_back(moved(name), value.empty() ? std::string_view() : moved(value));
  }
  return State::kComplete;
}

RequestParser::RequestParser(ParseLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  impl_->stage = Impl::Stage::kHead;
  impl_->scanner = {};
  impl_->head.fields.clear();
  impl_->beast.reset();
  impl_->chunks_parsed = 0;
  impl_->framing = {};
  if (impl_->chunked_body.capacity() > 0) {
    std::string().swap(impl_->chunked_body);
  }
}

RequestParser::State RequestParser::advance(std::string_view bytes) {
  return impl_->advance(bytes);
}

bool RequestParser::in_body() const {
  return impl_->stage == Impl::Stage::kSizedBody || impl_->stage == Impl::Stage::kChunkedBody;
}

bool RequestParser::expects_continue() const {
  return in_body() && impl_->framing.expects_continue;
}

bool RequestParser::must_close() const {
  return impl_->framing.must_close;
}

std::size_t RequestParser::bytes_wanted() const {
  return impl_->stage == Impl::Stage::kSizedBody ? impl_->head_size + impl_->framing.content_length
                                                 : 1;
}

Request& RequestParser::request() {
  return impl_->request;
}
std::size_t RequestParser::size() const {
  return impl_->request_size;
}
const ParseRefusal& RequestParser::refusal() const {
  return impl_->refused;
}

}  // namespace dermaga::http
