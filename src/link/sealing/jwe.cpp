#include "sealing/jwe.h"

#include <array>
#include <optional>

#include "encoding/encoding.h"
#include "header_scanner.h"

namespace dermaga::sealing {

namespace {

constexpr std::size_t kSegments = 5;

std::unexpected<Error> malformed() {
  return make_error(ErrorCode::kInvalidArgument, std::string(kBoxMalformed));
}
std::unexpected<Error> unaccepted() {
  return make_error(ErrorCode::kInvalidArgument, std::string(kBoxAlgorithm));
}

// The members of a header as they were found; a member given twice is malformed.
struct Header {
  std::optional<std::string_view> alg, enc, kid, typ, cty;
  std::optional<std::string_view> kty, crv, x, y;  // of epk
  bool has_epk = false;
  bool foreign = false;  // asks for something we do not do
};

bool take_once(std::optional<std::string_view>& member, HeaderScanner& scanner) {
  if (member.has_value()) {
    return false;
  }
  member = scanner.string();
  return member.has_value();
}

bool scan_epk(Header& header, HeaderScanner& scanner) {
  if (header.has_epk) {
    return false;
  }
  header.has_epk = true;
  return scan_object(scanner, [&](std::string_view name, HeaderScanner& value) {
    if (name == "kty") return take_once(header.kty, value);
    if (name == "crv") return take_once(header.crv, value);
    if (name == "x") return take_once(header.x, value);
    if (name == "y") return take_once(header.y, value);
    header.foreign = true;  // and stop: its value may be of any type
    return false;
  });
}

bool scan_header(Header& header, HeaderScanner& scanner) {
  const bool whole = scan_object(scanner, [&](std::string_view name, HeaderScanner& value) {
    if (name == "alg") return take_once(header.alg, value);
    if (name == "enc") return take_once(header.enc, value);
    if (name == "kid") return take_once(header.kid, value);
    if (name == "typ") return take_once(header.typ, value);
    if (name == "cty") return take_once(header.cty, value);
    if (name == "epk") return scan_epk(header, value);
    header.foreign = true;
    return false;
  });
  return whole && scanner.at_end();
}

Status read_header(std::string_view json, Box& box) {
  HeaderScanner scanner(json);
  Header header;
  const bool whole = scan_header(header, scanner);
  if (header.foreign) {
    return unaccepted();
  }
  if (!whole || !header.alg.has_value() || !header.enc.has_value()) {
    return malformed();
  }
  if (*header.alg != "ECDH-ES" || *header.enc != "A256GCM") {
    return unaccepted();
  }
  if (!header.kty.has_value() || !header.crv.has_value() || !header.x.has_value()) {
    return malformed();
  }
  if (*header.kty != "EC" || *header.crv != "P-256") {
    return unaccepted();
  }
  if (!header.y.has_value() || header.kid.value_or("").size() > kKeyIdBytesMax) {
    return malformed();
  }
  ASSIGN_OR_RETURN(box.ephemeral.x, encoding::base64url_decode(*header.x));
  ASSIGN_OR_RETURN(box.ephemeral.y, encoding::base64url_decode(*header.y));
  if (box.ephemeral.x.size() != kCoordinateBytes || box.ephemeral.y.size() != kCoordinateBytes) {
    return malformed();
  }
  box.kid = header.kid.value_or("");
  return {};
}

// Exactly five segments between dots.
bool split(std::string_view text, std::array<std::string_view, kSegments>& segments) {
  for (std::size_t i = 0; i + 1 < kSegments; ++i) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) {
      return false;
    }
    segments[i] = text.substr(0, dot);
    text.remove_prefix(dot + 1);
  }
  segments.back() = text;
  return text.find('.') == std::string_view::npos;
}

Result<std::string> decode(std::string_view segment, std::size_t bytes_min, std::size_t bytes_max) {
  auto bytes = encoding::base64url_decode(segment);
  if (!bytes.has_value() || bytes->size() < bytes_min || bytes->size() > bytes_max) {
    return malformed();
  }
  return bytes;
}

}  // namespace

Result<Box> take_apart(std::string_view compact_jwe) {
  std::array<std::string_view, kSegments> segments;
  if (compact_jwe.size() > kBoxBytesMax || !split(compact_jwe, segments)) {
    return malformed();
  }
  Box box;
  ASSIGN_OR_RETURN(const std::string header, decode(segments[0], 2, kHeaderBytesMax));
  if (const Status read = read_header(header, box); !read.has_value()) {
    return read.error().message() == kBoxAlgorithm ? unaccepted() : malformed();
  }
  if (!segments[1].empty()) {
    return malformed();  // direct agreement: there is no encrypted key
  }
  box.header_segment = segments[0];
  ASSIGN_OR_RETURN(box.iv, decode(segments[2], kIvBytes, kIvBytes));
  ASSIGN_OR_RETURN(box.ciphertext, decode(segments[3], 1, kPlaintextBytesMax));
  ASSIGN_OR_RETURN(box.tag, decode(segments[4], kTagBytes, kTagBytes));
  return box;
}

}  // namespace dermaga::sealing
