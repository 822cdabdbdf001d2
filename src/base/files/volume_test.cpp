#include "files/volume.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dermaga::files {
namespace {

// A sysfs of files: devices in devices/, their numbers as links in dev/block/.
class VolumeTest : public testing::Test {
 protected:
  void SetUp() override {
    sys_ = ::testing::TempDir() + "volume_sys";
    std::filesystem::remove_all(sys_);
    std::filesystem::create_directories(sys_ + "/dev/block");
  }
  void TearDown() override { std::filesystem::remove_all(sys_); }

  void add(const std::string& name, const std::string& number, const std::string& uuid,
           const std::vector<std::string>& on) const {
    const std::string folder = sys_ + "/devices/" + name;
    std::filesystem::create_directories(folder + "/slaves");
    if (!uuid.empty()) {
      std::filesystem::create_directories(folder + "/dm");
      std::ofstream(folder + "/dm/uuid") << uuid << "\n";
    }
    for (const std::string& below : on) {
      std::filesystem::create_directory_symlink(sys_ + "/devices/" + below,
                                                folder + "/slaves/" + below);
    }
    std::filesystem::create_directory_symlink(folder, sys_ + "/dev/block/" + number);
  }
  VolumeEncryption of(const std::string& number) const { return device_encryption(number, sys_); }

  std::string sys_;
};

TEST_F(VolumeTest, PlainDisksAndPartitionsAreNot) {
  add("vda", "252:0", "", {});
  std::filesystem::create_directories(sys_ + "/devices/vda/vda1");
  std::ofstream(sys_ + "/devices/vda/vda1/partition") << "1\n";
  std::filesystem::create_directory_symlink(sys_ + "/devices/vda/vda1", sys_ + "/dev/block/252:1");
  EXPECT_EQ(of("252:0"), VolumeEncryption::kNo);
  EXPECT_EQ(of("252:1"), VolumeEncryption::kNo);
}

TEST_F(VolumeTest, LuksIsAlsoBelowLvm) {
  add("vdb", "252:16", "", {});
  add("dm-0", "254:0", "CRYPT-LUKS2-0123-private", {"vdb"});
  add("dm-1", "254:1", "LVM-abc", {"dm-0"});
  EXPECT_EQ(of("254:0"), VolumeEncryption::kYes);
  EXPECT_EQ(of("254:1"), VolumeEncryption::kYes);
}

TEST_F(VolumeTest, OneDiskInTheClearIsEnough) {
  add("vdb", "252:16", "", {});
  add("vdc", "252:32", "", {});
  add("dm-0", "254:0", "CRYPT-LUKS2-0123-private", {"vdb"});
  add("dm-2", "254:2", "LVM-abc", {"dm-0", "vdc"});
  EXPECT_EQ(of("254:2"), VolumeEncryption::kNo);
}

TEST_F(VolumeTest, WhatTheKernelDoesNotKnowIsUnknown) {
  EXPECT_EQ(of("0:42"), VolumeEncryption::kUnknown);
  EXPECT_EQ(volume_encryption("/no/such/path", sys_), VolumeEncryption::kUnknown);
}

}  // namespace
}  // namespace dermaga::files
