#pragma once

#include <string>

#include "call.h"

namespace dermaga::admin_api {

// What browsers' credentials give, each part in base64url.
Result<webauthn::Assertion> assertion_in(json::ObjectReader& reader);
struct NewPasskey {
  std::string label;
  webauthn::Attestation attestation;
};
Result<NewPasskey> new_passkey_in(json::ObjectReader& reader);

std::string signed_in_body(const identity::SignedIn& signed_in);
http::Response refused_password(const passwords::Refusal& refusal);

}  // namespace dermaga::admin_api
