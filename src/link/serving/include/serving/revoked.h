#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace dermaga::serving {

// Serial numbers of certificates that are refused though they are valid. Thread-safe.
class RevokedCertificates {
 public:
  using Serials = std::set<std::string, std::less<>>;  // lower-case hexadecimal, no leading zeros

  bool contains(std::string_view serial_hex) const;
  bool empty() const;
  // Whoever listens is told where the set has grown.
  void replace(Serials serials);
  // One listener; empty: nobody. None is being told any more when this returns.
  void listen(std::function<void()> grown);

 private:
  mutable std::mutex mutex_;
  Serials serials_;
  std::mutex listening_mutex_;
  std::function<void()> grown_;
};

}  // namespace dermaga::serving
