#include "cbor.h"

#include <limits>

namespace dermaga::webauthn {
namespace {

constexpr unsigned kUnsigned = 0;
constexpr unsigned kNegative = 1;
constexpr unsigned kBytes = 2;
constexpr unsigned kText = 3;
constexpr unsigned kArray = 4;
constexpr unsigned kMap = 5;
constexpr unsigned kTag = 6;

constexpr unsigned kInlineMax = 23;
constexpr unsigned kEightBytesFollow = 27;

std::unexpected<Error> invalid(const char* what) {
  return make_error(ErrorCode::kInvalidArgument, std::string("the CBOR ") + what);
}

}  // namespace

Result<std::string_view> CborReader::take(std::uint64_t size) {
  if (size > rest_.size()) {
    return invalid("is cut short");
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

Result<CborReader::Head> CborReader::head() {
  ASSIGN_OR_RETURN(const std::string_view initial, take(1));
  const auto byte = static_cast<unsigned char>(initial.front());
  const unsigned info = byte & 0x1f;
  Head head{.major = static_cast<unsigned>(byte >> 5), .value = info};
  if (info <= kInlineMax) {
    return head;
  }
  if (info > kEightBytesFollow) {
    return invalid("has a length that is not definite");
  }
  ASSIGN_OR_RETURN(const std::string_view argument,
                   take(std::uint64_t{1} << (info - kInlineMax - 1)));
  head.value = 0;
  for (const char c : argument) {
    head.value = head.value << 8 | static_cast<unsigned char>(c);
  }
  return head;
}

Result<std::string_view> CborReader::string(unsigned major) {
  ASSIGN_OR_RETURN(const Head start, head());
  if (start.major != major) {
    return invalid(major == kText ? "has no text where it should" : "has no bytes where it should");
  }
  return take(start.value);
}

Result<std::size_t> CborReader::map() {
  ASSIGN_OR_RETURN(const Head start, head());
  if (start.major != kMap || start.value > rest_.size() / 2) {
    return invalid("has no map where it should");
  }
  return start.value;
}

Result<std::string_view> CborReader::text() {
  return string(kText);
}

Result<std::string_view> CborReader::bytes() {
  return string(kBytes);
}

Result<std::int64_t> CborReader::integer() {
  ASSIGN_OR_RETURN(const Head start, head());
  if (start.major > kNegative || start.value > std::numeric_limits<std::int64_t>::max()) {
    return invalid("has no integer where it should");
  }
  const auto value = static_cast<std::int64_t>(start.value);
  return start.major == kUnsigned ? value : -1 - value;
}

Status CborReader::skip() {
  return skip(0);
}

Status CborReader::skip(int depth) {
  if (depth > kDepthMax) {
    return invalid("is nested too deep");
  }
  ASSIGN_OR_RETURN(const Head start, head());
  if (start.major == kBytes || start.major == kText) {
    RETURN_IF_ERROR(take(start.value));
    return {};
  }
  const bool is_container = start.major == kArray || start.major == kMap;
  if (is_container && start.value > rest_.size()) {
    return invalid("is cut short");
  }
  const std::uint64_t items = start.major == kMap     ? start.value * 2
                              : start.major == kArray ? start.value
                              : start.major == kTag   ? 1
                                                      : 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    RETURN_IF_ERROR(skip(depth + 1));
  }
  return {};
}

}  // namespace dermaga::webauthn
