#include "encoding/encoding.h"
#include "json/writer.h"
#include "webauthn/webauthn.h"

namespace dermaga::webauthn {
namespace {

constexpr std::string_view kType = "public-key";

void write_challenge(json::Writer& writer, std::string_view challenge) {
  CHECK(challenge.size() >= kChallengeBytesMin && challenge.size() <= kChallengeBytesMax);
  writer.field("challenge", encoding::base64url(challenge));
}

void write_timeout(json::Writer& writer) {
  writer.field("timeout", std::int64_t{std::chrono::milliseconds(kTimeout).count()});
}

void write_credentials(json::Writer& writer, std::string_view name,
                       const std::vector<std::string>& ids) {
  writer.key(name);
  writer.array();
  for (const std::string& id : ids) {
    writer.object();
    writer.field("type", kType);
    writer.field("id", encoding::base64url(id));
    writer.end_object();
  }
  writer.end_array();
}

// In the order of preference.
void write_algorithms(json::Writer& writer) {
  writer.key("pubKeyCredParams");
  writer.array();
  for (const std::int32_t algorithm : {kEdDsa, kEs256, kRs256}) {
    writer.object();
    writer.field("type", kType);
    writer.field("alg", std::int64_t{algorithm});
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace

std::string creation_options_json(const RelyingParty& relying_party, std::string_view challenge,
                                  const User& user,
                                  const std::vector<std::string>& exclude_credentials) {
  CHECK(!user.handle.empty() && user.handle.size() <= kUserHandleBytesMax);
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.key("rp");
  writer.object();
  writer.field("id", relying_party.id);
  writer.field("name", relying_party.id);  // required, though hardly shown: the id is
  writer.end_object();
  writer.key("user");
  writer.object();
  writer.field("id", encoding::base64url(user.handle));
  writer.field("name", user.name);
  writer.field("displayName", user.display_name);
  writer.end_object();
  write_challenge(writer, challenge);
  write_algorithms(writer);
  write_timeout(writer);
  write_credentials(writer, "excludeCredentials", exclude_credentials);
  writer.key("authenticatorSelection");
  writer.object();
  // Signing in asks for no name: the authenticator must keep the passkey.
  writer.field("residentKey", "required");
  writer.field_bool("requireResidentKey", true);
  writer.field("userVerification", "required");
  writer.end_object();
  writer.field("attestation", "none");
  writer.end_object();
  return json;
}

std::string request_options_json(const RelyingParty& relying_party, std::string_view challenge,
                                 const std::vector<std::string>& allow_credentials) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  write_challenge(writer, challenge);
  write_timeout(writer);
  writer.field("rpId", relying_party.id);
  write_credentials(writer, "allowCredentials", allow_credentials);
  writer.field("userVerification", "required");
  writer.end_object();
  return json;
}

}  // namespace dermaga::webauthn
