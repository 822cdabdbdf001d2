#pragma once

#include <openssl/types.h>

namespace dermaga::http {

// A BIO on a non-blocking socket that it does not own. OpenSSL's own writes with write(2), which
// raises SIGPIPE when the peer is gone; this one sends with MSG_NOSIGNAL.
BIO* socket_bio(int descriptor);

}  // namespace dermaga::http
