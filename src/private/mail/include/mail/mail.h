#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "clock/clock.h"
#include "random/random.h"
#include "result/result.h"
#include "vault/outside_secret.h"
#include "vault/secret.h"

namespace dermaga::mail {

// One mail to one person. UTF-8 both texts; subject a single line, text with LF line ends.
struct Message {
  vault::EmailAddress to;
  std::string subject;
  vault::SecretText text;
};

// Hands a mail over to whoever carries it on. Blocking, bounded by a time-out; one thread at a
// time.
class Transport {
 public:
  virtual ~Transport() = default;
  // kInvalidArgument: this mail can never be sent, as it is or because the next server refused it
  // for good. After any other error the same mail may be sent later; after kTimeout it may arrive
  // twice. No error says to whom or what.
  virtual Status send(const Message& message) = 0;
  // From any thread: what send() is doing, and what it would do from now on, ends soon with
  // kUnavailable.
  virtual void stop() {}
};

// Whom mails come from.
struct Sender {
  std::string address;  // "shop@example.com"
  std::string name;     // shown beside it; UTF-8, may be empty
};

struct FileSinkOptions {
  std::string folder;  // made, 0700, where it is not there
  Sender from;
  const Clock& clock;
  Random& random;
  std::size_t files_max = 1'000;  // of mails in the folder; the oldest are removed
};

// Instead of a mail server: every mail becomes a file of its own, <unix ms>-<random>.eml, 0600,
// written atomically. kInvalidArgument for a sender that no mail can come from.
Result<std::unique_ptr<Transport>> make_file_sink(FileSinkOptions options);

// Removes such files that were written before then, what a crash left of them too; other files
// stay. How many; none where there is no folder.
Result<std::int64_t> remove_files_before(const std::string& folder, UtcTime before);

struct SmtpOptions {
  std::string url;                // "smtps://host:465", or "smtp://host:587" for STARTTLS
  std::string user;               // empty: without authentication
  vault::OutsideSecret password;  // read anew for every mail, wiped after it
  std::string ca_file;            // PEM; empty: what this machine trusts
  Sender from;
  const Clock& clock;
  Random& random;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{30'000};  // one mail as a whole
};

// A mail server (RFC 5321), only over TLS 1.2 or newer with a certificate that is valid for its
// host. kInvalidArgument for a URL, sender or password file that cannot be right; whether the
// server is there shows when a mail is sent.
Result<std::unique_ptr<Transport>> make_smtp(SmtpOptions options);

}  // namespace dermaga::mail
