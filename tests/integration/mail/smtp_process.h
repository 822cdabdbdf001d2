#pragma once

#include <sys/types.h>

#include <string>

namespace dermaga::mail_test {

struct SmtpProcessOptions {
  std::string mode;         // "starttls", "tls" or "plain"
  std::string certificate;  // path without .crt and .key
  std::string folder;       // where mails come to lie
  int port = 0;
};

// smtp_server.py, from its first listening to the end of this object.
class SmtpProcess {
 public:
  explicit SmtpProcess(const SmtpProcessOptions& options);
  ~SmtpProcess();
  SmtpProcess(const SmtpProcess&) = delete;
  SmtpProcess& operator=(const SmtpProcess&) = delete;

  int port() const { return port_; }  // 0: it did not start

 private:
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace dermaga::mail_test
