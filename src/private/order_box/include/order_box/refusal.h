#pragma once

#include <string>

namespace dermaga::order_box {

// Why a box is refused; `code` goes into the problem response, with http status 422. Nothing of
// the plaintext is in `detail`, only names of members.
//   box_malformed                 not a compact JWE, or not a JSON text of this format
//   box_algorithm                 another alg, enc or curve; zip, crit or unknown header members
//   box_unknown_key               sealed to a key that is not (or no longer) in the keyring
//   box_unreadable                a byte was changed, or sealed to something else
//   box_purpose                   a call box where an order box belongs, or the reverse
//   box_idempotency_key_mismatch  sealed for another Idempotency-Key
//   box_clear_mismatch            lines, destination, shipping method or total were changed
//   box_destination_mismatch      sealed address and clear destination differ
//   box_expired                   expires_at is not after the time of receipt
//   box_field_invalid             a member breaks its bound (detail names it)
struct BoxRefusal {
  std::string code;
  std::string detail;
};

}  // namespace dermaga::order_box
