#pragma once

#include <memory>
#include <optional>
#include <string>

#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::passwords {

class HashFile;

// Passwords that others have used: the built-in list of common words with their simple variants,
// and, where the shop has one, a file of hashes of breached passwords. Thread-safe.
class BreachedList {
 public:
  // The file is in the form of Have I Been Pwned's offline list: lines "SHA1HEX:COUNT" in ascending
  // order, of any size. It is searched where it lies, never read whole, and stays open. kCorrupt
  // where it has another form or, in the lines looked at, another order.
  static Result<BreachedList> open(const std::optional<std::string>& hibp_file);
  BreachedList(BreachedList&&) noexcept;
  BreachedList& operator=(BreachedList&&) noexcept;
  ~BreachedList();

  // Reads some dozens of small pieces where there is a file: not for a thread that others wait on.
  Result<bool> contains(const vault::Password& password) const;

 private:
  explicit BreachedList(std::unique_ptr<const HashFile> file);
  std::unique_ptr<const HashFile> file_;
};

}  // namespace dermaga::passwords
