#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "result/result.h"

namespace dermaga::local_postgres {

// A running server; stopped and removed with the object.
class LocalPostgres {
 public:
  // kNotFound where PostgreSQL is not installed and nobody insists on it.
  static Result<std::unique_ptr<LocalPostgres>> start();
  ~LocalPostgres();
  LocalPostgres(const LocalPostgres&) = delete;
  LocalPostgres& operator=(const LocalPostgres&) = delete;

  // Where its socket lies.
  const std::string& folder() const { return folder_; }

  // Of its database, with the schema `schema` in front of all others where one is named; `host` is
  // the folder of a relay in front of it.
  std::string url(const std::string& schema = {}, const std::string& host = {}) const;

 private:
  LocalPostgres(std::string folder, pid_t server) : folder_(std::move(folder)), server_(server) {}

  std::string folder_;
  pid_t server_;
};

}  // namespace dermaga::local_postgres
