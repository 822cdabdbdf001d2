#pragma once

#include <string>
#include <string_view>

namespace dermaga::files {

// Whether the bytes of a path lie encrypted on their disk.
enum class VolumeEncryption {
  kNo,
  kYes,      // dm-crypt (LUKS) stands somewhere between the file system and every disk below it
  kUnknown,  // no block device of this kernel: a network or union file system, ZFS, a container's
             // root
};

// Asks sysfs which devices carry the path. `sys` is where sysfs is mounted.
VolumeEncryption volume_encryption(const std::string& path, const std::string& sys = "/sys");
// The same of a block device, "254:0".
VolumeEncryption device_encryption(const std::string& device, const std::string& sys);

std::string_view name(VolumeEncryption encryption);  // "encrypted", "not encrypted", "unknown"

}  // namespace dermaga::files
