#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "result/result.h"
#include "store/database.h"

namespace dermaga::audit {

// Takes lines without their line feeds; durable, where it can be, when it returns.
using Sink = std::function<Status(std::span<const std::string> lines)>;

// Appends to a file (0600), which others may rotate.
Sink file_sink(const std::string& file);
// syslog(3), facility authpriv, as "dermaga-audit"; nobody tells whether a daemon took it.
Sink syslog_sink();
// By what the settings say: "syslog" or an absolute path.
Sink sink_named(const std::string& target);

// Copies entries to where others watch, in order, each at least once:
// {"sequence":N,"entry":{…}}, with the exact bytes of the entry. One thread.
class Exporter {
 public:
  // `state_file` remembers the next sequence. `database` must outlive it.
  static Result<Exporter> open(store::Database& database, std::string state_file, Sink sink);

  // What was added since; how many entries.
  Result<std::uint64_t> run();

 private:
  Exporter(std::unique_ptr<store::Connection> connection, std::string state_file, Sink sink,
           std::uint64_t next);

  std::unique_ptr<store::Connection> connection_;
  std::string state_file_;
  Sink sink_;
  std::uint64_t next_;
};

}  // namespace dermaga::audit
