#include "spool_log/spool_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "frame.h"
#include "layout.h"
#include "spool_log/memory_disk.h"

namespace dermaga::spool_log {
namespace {

SpoolLogOptions small_segments() {
  return {.segment_bytes_max = 200, .free_bytes_min = 0};
}

std::unique_ptr<SpoolLog> opened(Disk& disk, SpoolLogOptions options = small_segments()) {
  auto log = SpoolLog::open(disk, system_random(), options);
  EXPECT_TRUE(log.has_value()) << log.error().message();
  return log.has_value() ? *std::move(log) : nullptr;
}

std::vector<std::string> all(SpoolLog& log) {
  std::vector<std::string> payloads;
  std::uint64_t sequence = log.first_sequence();
  while (sequence < log.next_sequence()) {
    const auto entries = log.read(sequence, 3, 1'000);
    EXPECT_TRUE(entries.has_value() && !entries->empty());
    if (!entries.has_value() || entries->empty()) {
      break;
    }
    for (const Entry& entry : *entries) {
      EXPECT_EQ(entry.sequence, sequence++);
      payloads.push_back(entry.payload);
    }
  }
  return payloads;
}

std::vector<std::string> segments_of(MemoryDisk& disk) {
  std::vector<std::string> names = *disk.list();
  std::erase_if(names, [](const auto& name) { return !segment_of(name).has_value(); });
  return names;
}

TEST(Crc32c, IsTheOneOfRfc3720) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
}

TEST(SpoolLog, KeepsOrdersAcrossAPowerCut) {
  MemoryDisk disk;
  std::string id;
  {
    auto log = opened(disk);
    id = log->log_id();
    EXPECT_EQ(id.size(), 32u);
    ASSERT_TRUE(log->append({"a", "", std::string(300, 'c')}));
    ASSERT_TRUE(log->append({"d"}));
  }
  disk.crash();
  auto log = opened(disk);
  EXPECT_EQ(log->log_id(), id);
  EXPECT_EQ(all(*log), (std::vector<std::string>{"a", "", std::string(300, 'c'), "d"}));
  EXPECT_EQ(log->next_sequence(), 5u);
  EXPECT_EQ(log->orders(), 4u);
  EXPECT_EQ(segments_of(disk).size(), 2u);
}

TEST(SpoolLog, SyncsOnceForABatch) {
  MemoryDisk disk;
  auto log = opened(disk, {.free_bytes_min = 0});
  ASSERT_TRUE(log->append({"first makes the file"}));
  const auto before = disk.syncs();
  ASSERT_TRUE(log->append(std::vector<std::string>(500, "order")));
  EXPECT_EQ(disk.syncs(), before + 1);
}

// Whatever length the last batch was cut to, what was acknowledged before it is there, the batch
// itself is whole or absent, and the log goes on.
TEST(SpoolLog, CutsATornTailAtEveryByte) {
  MemoryDisk whole;
  {
    auto log = opened(whole, {.free_bytes_min = 0});
    ASSERT_TRUE(log->append({"one", "two"}));
  }
  const std::string name = segments_of(whole).at(0);
  const std::size_t durable = whole.bytes(name).size();
  {
    auto log = opened(whole, {.free_bytes_min = 0});
    ASSERT_TRUE(log->append({"three", "four"}));
  }
  const std::string bytes = whole.bytes(name);
  for (std::size_t length = durable; length <= bytes.size(); ++length) {
    for (const bool zeroed : {false, true}) {
      MemoryDisk disk = whole;
      auto file = *disk.open(name);
      std::string damaged = bytes.substr(0, length);
      damaged.resize(zeroed ? bytes.size() + 4'096 : length, '\0');
      ASSERT_TRUE(disk.replace(name, damaged));
      auto log = opened(disk, {.free_bytes_min = 0});
      ASSERT_NE(log, nullptr) << length;
      const std::size_t expected = length == bytes.size() ? 4 : 2;
      ASSERT_EQ(all(*log).size(), expected) << length;
      ASSERT_TRUE(log->append({"after"}));
      log = opened(disk, {.free_bytes_min = 0});
      ASSERT_EQ(all(*log).size(), expected + 1) << length;
      ASSERT_EQ(all(*log).back(), "after");
    }
  }
}

TEST(SpoolLog, AFileWithoutItsHeaderIsAsIfItWereNeverMade) {
  MemoryDisk whole;
  {
    auto log = opened(whole);
    ASSERT_TRUE(log->append({std::string(300, 'a')}));
    ASSERT_TRUE(log->append({"b"}));
  }
  const std::string last = segments_of(whole).at(1);
  for (std::size_t length = 0; length < kSegmentHeaderBytes; ++length) {
    MemoryDisk disk = whole;
    ASSERT_TRUE(disk.replace(last, whole.bytes(last).substr(0, length)));
    auto log = opened(disk);
    ASSERT_NE(log, nullptr) << length;
    ASSERT_EQ(log->next_sequence(), 2u);
    ASSERT_TRUE(log->append({"again"}));
    ASSERT_EQ(all(*log).size(), 2u);
  }
}

// Anything but a torn tail is refused, and the message says where to read on.
TEST(SpoolLog, RefusesDamageElsewhere) {
  MemoryDisk whole;
  {
    auto log = opened(whole);
    ASSERT_TRUE(log->append({std::string(300, 'a')}));
    ASSERT_TRUE(log->append({"b"}));
    ASSERT_TRUE(log->append({"c"}));
  }
  const auto names = segments_of(whole);
  ASSERT_EQ(names.size(), 2u);
  const auto refused = [&](const std::function<void(MemoryDisk&)>& damage) {
    MemoryDisk disk = whole;
    damage(disk);
    const auto log = SpoolLog::open(disk, system_random(), small_segments());
    ASSERT_FALSE(log.has_value());
    EXPECT_EQ(log.error().code(), ErrorCode::kCorrupt);
    EXPECT_NE(log.error().message().find("docs/guides/link-down.md"), std::string::npos);
  };
  const auto flip = [](MemoryDisk& disk, const std::string& name, std::size_t at) {
    std::string bytes = disk.bytes(name);
    bytes[at] ^= 1;
    ASSERT_TRUE(disk.replace(name, bytes));
  };
  const std::size_t first_size = whole.bytes(names[0]).size();
  for (std::size_t at = 0; at < first_size; ++at) {
    refused([&](MemoryDisk& disk) { flip(disk, names[0], at); });
  }
  // "b" is followed by "c", which was only written once "b" was durable.
  for (std::size_t at = 0; at < kSegmentHeaderBytes + kFrameHeaderBytes + 5; ++at) {
    refused([&](MemoryDisk& disk) { flip(disk, names[1], at); });
  }
  refused([&](MemoryDisk& disk) { (void)disk.remove(names[0]); });
  refused([&](MemoryDisk& disk) { (void)disk.remove(kLogIdFile); });
  refused([&](MemoryDisk& disk) { (void)disk.replace(kLogIdFile, "junk\n"); });
  refused([&](MemoryDisk& disk) { (void)disk.replace(kDeliveredFile, "junk\n"); });
  refused([&](MemoryDisk& disk) {
    (void)disk.replace(kDeliveredFile,
                       encode_delivered({.log_id = std::string(32, '0'), .sequence = 1}));
  });
}

TEST(SpoolLog, ReleasedOrdersGoAndNeverComeBack) {
  MemoryDisk disk;
  auto log = opened(disk);
  for (int i = 1; i <= 9; ++i) {
    ASSERT_TRUE(log->append({std::string(90, static_cast<char>('0' + i))}));
  }
  ASSERT_GT(segments_of(disk).size(), 2u);
  for (std::uint64_t done = 1; done <= 9; ++done) {
    ASSERT_TRUE(log->release(done));
    disk.crash();
    log = opened(disk);
    ASSERT_EQ(all(*log).size(), 9 - done);
    ASSERT_EQ(log->first_sequence(), done + 1);
  }
  EXPECT_TRUE(segments_of(disk).empty());
  EXPECT_EQ(log->bytes(), 0u);
  ASSERT_TRUE(log->append({"ten"}));
  EXPECT_EQ((*log->read(10, 5, 100)).at(0).payload, "ten");
}

TEST(SpoolLog, FileRemovalsMayBeLostInAnyOrder) {
  MemoryDisk disk;
  auto log = opened(disk);
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(log->append({std::string(90, 'x')}));
  }
  const MemoryDisk before = disk;
  ASSERT_TRUE(log->release(6));
  for (const std::string& name : segments_of(const_cast<MemoryDisk&>(before))) {
    MemoryDisk after = disk;
    ASSERT_TRUE(after.replace(name, MemoryDisk(before).bytes(name)));
    auto again = opened(after);
    ASSERT_NE(again, nullptr) << name;
    EXPECT_EQ(again->orders(), 0u);
    EXPECT_EQ(again->next_sequence(), 7u);
    EXPECT_TRUE(segments_of(after).empty());
  }
}

TEST(SpoolLog, IsBoundedByOrdersBytesAndRoomOnTheDisk) {
  MemoryDisk disk;
  auto log = opened(disk, {.orders_max = 3, .free_bytes_min = 100});
  ASSERT_TRUE(log->append({"a", "b"}));
  EXPECT_EQ(log->append({"c", "d"}).error().code(), ErrorCode::kOverloaded);
  ASSERT_TRUE(log->append({"c"}));
  ASSERT_TRUE(log->release(2));
  disk.set_room(120);
  EXPECT_EQ(log->append({"d"}).error().code(), ErrorCode::kOverloaded);
  disk.set_room(200);
  ASSERT_TRUE(log->append({"d"}));

  MemoryDisk other;
  auto bytes = opened(other, {.bytes_max = 200, .free_bytes_min = 0});
  ASSERT_TRUE(bytes->append({std::string(100, 'x')}));
  EXPECT_EQ(bytes->append({std::string(100, 'x')}).error().code(), ErrorCode::kOverloaded);
}

TEST(SpoolLog, AFullDiskLeavesNoHalfOrders) {
  MemoryDisk disk;
  auto log = opened(disk, {.free_bytes_min = 0});
  ASSERT_TRUE(log->append({"a"}));
  disk.fail_after(1, ErrorCode::kOverloaded);
  EXPECT_EQ(log->append({"lost"}).error().code(), ErrorCode::kOverloaded);
  ASSERT_TRUE(log->append({"b"}));
  disk.fail_after(1, ErrorCode::kOverloaded);
  EXPECT_EQ(log->release(1).error().code(), ErrorCode::kOverloaded);
  EXPECT_EQ(log->first_sequence(), 1u);
  log = opened(disk);
  EXPECT_EQ(all(*log), (std::vector<std::string>{"a", "b"}));
  // The same with the header of a new file.
  ASSERT_TRUE(log->append({std::string(300, 'c')}));
  disk.fail_after(1, ErrorCode::kOverloaded);
  EXPECT_EQ(log->append({"lost"}).error().code(), ErrorCode::kOverloaded);
  ASSERT_TRUE(log->append({"d"}));
  log = opened(disk);
  EXPECT_EQ(all(*log).size(), 4u);
}

// At every write and sync: either the call failed with an error that ends the process and, after
// the restart, nothing that was acknowledged is missing; or it succeeded.
TEST(SpoolLog, AFailedWriteOrSyncIsFatalAndLosesNothingAcknowledged) {
  for (std::uint64_t operation = 1; operation < 40; ++operation) {
    MemoryDisk disk;
    std::vector<std::string> acknowledged;
    std::uint64_t released = 0;
    auto log = opened(disk);
    disk.fail_after(operation, ErrorCode::kIo);
    for (int i = 0; i < 8; ++i) {
      const std::string payload(100, static_cast<char>('a' + i));
      const Status appended = log->append({payload});
      if (!appended.has_value()) {
        EXPECT_EQ(appended.error().code(), ErrorCode::kIo);
        break;
      }
      acknowledged.push_back(payload);
      if (i % 3 == 2) {
        const Status gone = log->release(static_cast<std::uint64_t>(i));
        released = static_cast<std::uint64_t>(i);
        if (!gone.has_value()) {
          EXPECT_EQ(gone.error().code(), ErrorCode::kIo);
          break;
        }
      }
    }
    disk.crash(operation * 7 % 60);
    log = opened(disk);
    ASSERT_NE(log, nullptr) << operation;
    const auto kept = all(*log);
    ASSERT_LE(log->first_sequence(), released + 1) << operation;
    const std::size_t gone = log->first_sequence() - 1;
    ASSERT_GE(gone + kept.size(), acknowledged.size()) << operation;
    for (std::size_t i = gone; i < acknowledged.size(); ++i) {
      ASSERT_EQ(kept[i - gone], acknowledged[i]) << operation;
    }
  }
}

TEST(SpoolLog, SetsRejectedOrdersAsideOnce) {
  MemoryDisk disk;
  auto log = opened(disk);
  ASSERT_TRUE(log->append({"bad", "good", "bad too"}));
  ASSERT_TRUE(log->set_aside({.sequence = 1, .payload = "bad"}));
  disk.crash();
  log = opened(disk);
  EXPECT_EQ(log->rejected(), 1u);
  ASSERT_TRUE(log->set_aside({.sequence = 1, .payload = "bad"}));  // delivered again
  ASSERT_TRUE(log->set_aside({.sequence = 3, .payload = "bad too"}));
  ASSERT_TRUE(log->release(3));
  disk.crash(5);
  log = opened(disk);
  EXPECT_EQ(log->rejected(), 2u);
  EXPECT_EQ(log->orders(), 0u);
}

TEST(SpoolLog, WorksInAFolder) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("spool_log_test." + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  {
    auto disk = *open_folder(folder.string());
    auto log = opened(*disk);
    ASSERT_TRUE(log->append({"a", std::string(500, 'b')}));
    ASSERT_TRUE(log->append({"c"}));
    ASSERT_TRUE(log->release(1));
    ASSERT_TRUE(log->set_aside({.sequence = 1, .payload = "a"}));
  }
  auto disk = *open_folder(folder.string());
  auto log = opened(*disk);
  EXPECT_EQ(all(*log), (std::vector<std::string>{std::string(500, 'b'), "c"}));
  ASSERT_TRUE(log->release(3));
  EXPECT_EQ(*disk->list(), (std::vector<std::string>{"delivered", "log-id", "rejected"}));
  EXPECT_EQ(std::filesystem::status(folder / "log-id").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dermaga::spool_log
