#include "files/volume.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "files/files.h"

namespace dermaga::files {
namespace {

constexpr std::uint64_t kUuidBytesMax = 4'096;
constexpr int kDepthMax = 16;  // of devices upon devices
constexpr std::string_view kCrypt = "CRYPT-";

// Of a device's folder in sysfs. What lies on several devices is encrypted when each of them is.
VolumeEncryption look(const std::string& folder, int depth) {
  const auto uuid = read_file(folder + "/dm/uuid", kUuidBytesMax);
  if (uuid.has_value() && uuid->starts_with(kCrypt)) {
    return VolumeEncryption::kYes;
  }
  std::vector<VolumeEncryption> below;
  std::error_code ignored;
  for (const auto& slave : std::filesystem::directory_iterator(folder + "/slaves", ignored)) {
    below.push_back(depth == kDepthMax ? VolumeEncryption::kUnknown
                                       : look(slave.path().string(), depth + 1));
  }
  return below.empty() ? VolumeEncryption::kNo : std::ranges::min(below);
}

}  // namespace

VolumeEncryption device_encryption(const std::string& device, const std::string& sys) {
  const std::string folder = sys + "/dev/block/" + device;
  const auto is_there = exists(folder);
  if (!is_there.has_value() || !*is_there) {
    return VolumeEncryption::kUnknown;
  }
  // A partition is as its disk is.
  const auto is_partition = exists(folder + "/partition");
  return look(is_partition.has_value() && *is_partition ? folder + "/.." : folder, 0);
}

VolumeEncryption volume_encryption(const std::string& path, const std::string& sys) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return VolumeEncryption::kUnknown;
  }
  return device_encryption(
      std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev)), sys);
}

std::string_view name(VolumeEncryption encryption) {
  switch (encryption) {
    case VolumeEncryption::kNo:
      return "not encrypted";
    case VolumeEncryption::kYes:
      return "encrypted";
    case VolumeEncryption::kUnknown:
      return "unknown";
  }
  return {};
}

}  // namespace dermaga::files
