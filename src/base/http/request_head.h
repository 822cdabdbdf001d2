#pragma once

#include <cstddef>
#include <expected>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "request_parser.h"

namespace dermaga::http {

// Finds the end of a request's head and refuses early what no complete head could mend: bare LF,
// folded lines, bytes that cannot begin a request. Looks at each byte once.
class HeadScanner {
 public:
  enum class State { kNeedMore, kComplete, kMalformed };

  // `bytes` begins with the first byte after the previous request.
  State scan(std::string_view bytes);

  std::size_t start() const { return start_; }  // behind a tolerated empty line
  std::size_t size() const { return size_; }    // with the final empty line

 private:
  std::size_t start_ = 0;
  std::size_t line_ = 0;     // where the unfinished line begins
  std::size_t scanned_ = 0;  // no LF before this
  std::size_t size_ = 0;
};

// A head as Beast read it; the views point into the bytes read.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  int version = 11;  // 10 or 11
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};

// What the head says about the rest of the message.
struct Framing {
  Method method = Method::kOther;
  std::size_t content_length = 0;
  bool chunked = false;
  bool expects_continue = false;
  bool must_close = false;
};

// Judges what RFC 9112 leaves to the recipient, in its strictest reading. Turns the target of an
// absolute-form request into its origin form.
std::expected<Framing, ParseRefusal> judge_head(RequestHead& head, std::size_t body_bytes_max);

// The request line ends in a well-formed version that is not 1.0 or 1.1.
bool has_foreign_version(std::string_view head);

}  // namespace dermaga::http
