#include "order_box/calls.h"

#include <algorithm>

#include "call_params.h"
#include "call_text.h"
#include "fields.h"
#include "json/writer.h"
#include "opened_text.h"

namespace dermaga::order_box {
namespace {

constexpr std::size_t kMethodBytesMax = 64;
constexpr std::size_t kNonceBytesMin = 22;  // 128 bits in base64url
constexpr std::size_t kNonceBytesMax = 64;

bool is_base64url_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

Status read_call(json::ObjectReader& reader, OpenedCall& call) {
  ASSIGN_OR_RETURN(const std::string method_text, reader.string("method", kMethodBytesMax));
  const auto method = method_named(method_text);
  if (!method.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "method is not one that this shop knows");
  }
  call.method = *method;
  ASSIGN_OR_RETURN(const auto params, reader.required("params"));
  RETURN_IF_ERROR(read_params(params, call));
  ASSIGN_OR_RETURN(const auto reply_key, reader.required("reply_key"));
  ASSIGN_OR_RETURN(call.reply_key, read_reply_key(reply_key));
  ASSIGN_OR_RETURN(call.nonce, reader.string("nonce", kNonceBytesMax));
  if (call.nonce.size() < kNonceBytesMin || !is_base64url_text(call.nonce)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "nonce must be 22 to 64 characters of base64url");
  }
  ASSIGN_OR_RETURN(const std::string expires_at, reader.string("expires_at", kTimeBytesMax));
  ASSIGN_OR_RETURN(call.expires_at, parse_rfc3339(expires_at));
  return reader.finish();
}

std::variant<OpenedCall, BoxRefusal> call_in(const json::Document& document, UtcTime received_at) {
  json::ObjectReader reader = reader_of(document);
  OpenedCall call;
  if (const Status read = read_call(reader, call); !read.has_value()) {
    return field_invalid(read.error());
  }
  if (auto refused = check_expiry(call.expires_at, received_at, kCallBoxLifetimeMax);
      refused.has_value()) {
    return *std::move(refused);
  }
  return call;
}

}  // namespace

std::variant<OpenedCall, BoxRefusal> read_call_text(std::string_view text, UtcTime received_at) {
  auto document = read_json(text, "call");
  if (auto* refused = std::get_if<BoxRefusal>(&document)) {
    return std::move(*refused);
  }
  return call_in(std::get<json::Document>(document), received_at);
}

std::variant<OpenedCall, BoxRefusal> open_call(const SealingKeyring& keyring, std::string_view box,
                                               UtcTime received_at) {
  auto document = open_json(keyring, box, "call");
  if (auto* refused = std::get_if<BoxRefusal>(&document)) {
    return std::move(*refused);
  }
  return call_in(std::get<json::Document>(document), received_at);
}

Result<std::string> seal_answer(const sealing::PublicKey& reply_key, CallMethod method,
                                std::string_view result_json, Random& random) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("v", std::int64_t{1});
  writer.field("method", name(method));
  writer.key("result");
  writer.raw(result_json);
  writer.end_object();
  auto sealed = sealing::seal(reply_key, json, random);
  vault::wipe(json);
  return sealed;
}

}  // namespace dermaga::order_box
