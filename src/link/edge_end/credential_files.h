#pragma once

#include "dialing/credentials.h"
#include "edge_end/edge_end.h"

namespace dermaga::edge_end {

inline dialing::CredentialFiles credential_files(const LinkOptions& options) {
  return {.ca_file = options.ca_file,
          .certificate_file = options.certificate_file,
          .private_key_file = options.private_key_file,
          .role_uri = options.role_uri,
          .renew_every = options.renew_every,
          .renew_before = options.renew_before};
}

}  // namespace dermaga::edge_end
