#pragma once

#include <string_view>

#include "result/result.h"
#include "webauthn/webauthn.h"

namespace dermaga::webauthn {

// What the browser says it signed for (WebAuthn Level 2, 5.8.1): `type`, this challenge, one of
// these origins, and not from inside another site's frame. Members that it does not know are
// ignored, as the specification asks; so is tokenBinding.
Status check_client_data(std::string_view client_data_json, std::string_view type,
                         const RelyingParty& relying_party, std::string_view challenge);

}  // namespace dermaga::webauthn
