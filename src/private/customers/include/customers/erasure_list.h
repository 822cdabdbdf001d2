#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "digest/signature.h"
#include "ids/ids.h"
#include "result/result.h"

namespace dermaga::customers {

struct Erasure {
  CustomerId customer;
  UtcTime at;
};

// A file of signed lines, beside the database and not in it: who must stay erased, whatever
// database is restored. Thread-safe; docs/reference/erasure-list.md.
class ErasureList {
 public:
  // Cuts off a line that a crash left unended. kCorrupt for any other damage and for a line that
  // the key did not sign: nobody may be forgotten by forgetting the list.
  static Result<ErasureList> open(const std::string& file, digest::SigningKey key);

  // What the file says, for looking only; empty where there is none.
  static Result<std::vector<Erasure>> read(const std::string& file, const std::string& public_key);

  // Durable when it returns.
  Status add(const Erasure& erasure);
  std::vector<Erasure> all() const;

  ErasureList(ErasureList&&) noexcept;

 private:
  ErasureList(std::string file, digest::SigningKey key, std::vector<Erasure> erasures);

  std::string file_;
  digest::SigningKey key_;
  mutable std::mutex mutex_;
  std::vector<Erasure> erasures_;
};

}  // namespace dermaga::customers
