#include "client_data.h"

#include <algorithm>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/reader.h"

namespace dermaga::webauthn {
namespace {

constexpr std::size_t kTypeBytesMax = 64;
constexpr std::size_t kOriginBytesMax = 512;

struct ClientData {
  std::string type;
  std::string challenge;  // base64url
  std::string origin;
  bool is_framed = false;  // by another site
};

Result<ClientData> parse(std::string_view client_data_json) {
  if (client_data_json.size() > kClientDataBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, "more bytes than allowed");
  }
  ASSIGN_OR_RETURN(const json::Document document, json::Document::parse(client_data_json));
  ASSIGN_OR_RETURN(json::ObjectReader reader, json::ObjectReader::of(document.root()));
  ClientData data;
  ASSIGN_OR_RETURN(data.type, reader.string("type", kTypeBytesMax));
  ASSIGN_OR_RETURN(data.challenge, reader.string("challenge", kClientDataBytesMax));
  ASSIGN_OR_RETURN(data.origin, reader.string("origin", kOriginBytesMax));
  if (const auto cross_origin = reader.optional("crossOrigin"); cross_origin.has_value()) {
    ASSIGN_OR_RETURN(data.is_framed, cross_origin->as_boolean());
  }
  // Level 3 names the outermost site too.
  data.is_framed = data.is_framed || reader.optional("topOrigin").has_value();
  return data;
}

std::unexpected<Error> refused(std::string why) {
  return make_error(ErrorCode::kForbidden, std::move(why));
}

}  // namespace

Status check_client_data(std::string_view client_data_json, std::string_view type,
                         const RelyingParty& relying_party, std::string_view challenge) {
  auto data = parse(client_data_json);
  if (!data.has_value()) {
    return std::unexpected(std::move(data).error().with_context("client data"));
  }
  if (data->type != type) {
    return refused("the client data's type is not " + std::string(type));
  }
  if (challenge.size() < kChallengeBytesMin || challenge.size() > kChallengeBytesMax ||
      !digest::equal_constant_time(data->challenge, encoding::base64url(challenge))) {
    return refused("the client data's challenge is not the one that was sent");
  }
  if (std::ranges::find(relying_party.origins, data->origin) == relying_party.origins.end()) {
    return refused("the client data's origin " + data->origin +
                   " is not one of the relying party's");
  }
  if (data->is_framed) {
    return refused("the client data is from a frame in another site");
  }
  return {};
}

}  // namespace dermaga::webauthn
