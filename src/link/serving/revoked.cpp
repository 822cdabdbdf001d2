#include "serving/revoked.h"

#include <algorithm>
#include <utility>

namespace dermaga::serving {

bool RevokedCertificates::contains(std::string_view serial_hex) const {
  std::string serial(serial_hex);
  std::ranges::transform(serial, serial.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c;
  });
  serial.erase(0, std::min(serial.find_first_not_of('0'), serial.size()));
  const std::lock_guard lock(mutex_);
  return serials_.contains(serial);
}

bool RevokedCertificates::empty() const {
  const std::lock_guard lock(mutex_);
  return serials_.empty();
}

void RevokedCertificates::replace(Serials serials) {
  bool has_grown = false;
  {
    const std::lock_guard lock(mutex_);
    has_grown = !std::ranges::includes(serials_, serials);
    serials_ = std::move(serials);
  }
  const std::lock_guard lock(listening_mutex_);
  if (has_grown && grown_) {
    grown_();
  }
}

void RevokedCertificates::listen(std::function<void()> grown) {
  const std::lock_guard lock(listening_mutex_);
  grown_ = std::move(grown);
}

}  // namespace dermaga::serving
