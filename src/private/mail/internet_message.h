#pragma once

#include <string>
#include <string_view>

#include "clock/clock.h"
#include "mail/mail.h"
#include "random/random.h"
#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::mail {

// An address as RFC 5321 has it, in plain ASCII without quotes and comments: what goes between <
// and
// >. kInvalidArgument otherwise; the message does not repeat it.
Status check_address(std::string_view address);

// Checks and the form of a sender's name; kInvalidArgument as for a subject.
Status check_sender(const Sender& from);

struct Letterhead {
  const Sender& from;  // checked
  UtcTime now;
  Random& random;
};

// The mail as RFC 5322 has it, CRLF line ends, no line over 78 bytes; body quoted-printable (RFC
// 2045), subject and name as encoded words where they need it (RFC 2047). kInvalidArgument for what
// no header or body may hold: line ends and other control characters in a subject, an address that
// check_address() refuses, bytes that are not UTF-8, too many of them.
Result<vault::SecretText> internet_message(const Letterhead& head, const Message& message);

}  // namespace dermaga::mail
