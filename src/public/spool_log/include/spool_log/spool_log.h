#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "random/random.h"
#include "result/result.h"
#include "spool_log/disk.h"

namespace dermaga::spool_log {

struct SpoolLogOptions {
  std::uint64_t orders_max = 500'000;  // undelivered ones
  std::uint64_t bytes_max = std::uint64_t{4} << 30;
  std::uint64_t segment_bytes_max = std::uint64_t{32} << 20;  // a new file from here on
  // Beyond this the log counts as full, so that there is room to note what was delivered.
  std::uint64_t free_bytes_min = std::uint64_t{64} << 20;
};

// One entry of the log. Sequences start at 1 and have no gaps.
struct Entry {
  std::uint64_t sequence = 0;
  std::string payload;
};

// What was appended and not yet released survives a power cut, in order
// (docs/reference/spool-log.md has the format). The payloads are opaque here.
//
// Invariants: append() returns success only after one sync that covers all of its payloads; a batch
// is whole or absent after a crash; nothing is deleted before a release that is durable itself.
// After an error other than kOverloaded the disk holds who knows what: the process must end without
// another call. Not thread-safe; no threads, no clock in here.
class SpoolLog {
 public:
  // Makes the log where the folder is empty. Cuts off a tail of the last file that a crash left
  // half-written; kCorrupt, with what to do, for anything else that is wrong. The disk must outlive
  // the log.
  static Result<std::unique_ptr<SpoolLog>> open(Disk& disk, Random& random,
                                                SpoolLogOptions options);

  // 32 lower-case hexadecimal digits, made with the log: a new disk has another.
  const std::string& log_id() const { return log_id_; }

  // At most kBatchBytesMax in all. The payloads get next_sequence() and those after it.
  // kOverloaded: there is no room, nothing was kept.
  Status append(const std::vector<std::string>& payloads);
  static constexpr std::uint64_t kBatchBytesMax = std::uint64_t{48} << 20;

  // The oldest entries that are not released, from `sequence` on: as many as fit, one at least.
  Result<std::vector<Entry>> read(std::uint64_t sequence, std::size_t entries_max,
                                  std::uint64_t bytes_max);
  // Everything up to this sequence may go. kOverloaded: no room to note it, try again.
  Status release(std::uint64_t sequence);

  // Copies an entry to the file of rejected ones, durably; the same entry again does nothing.
  Status set_aside(const Entry& entry);

  std::uint64_t next_sequence() const { return next_; }
  std::uint64_t first_sequence() const { return released_ + 1; }  // the oldest unreleased one
  std::uint64_t orders() const { return next_ - 1 - released_; }
  std::uint64_t bytes() const { return bytes_ + rejected_bytes_; }
  std::uint64_t rejected() const { return rejected_; }
  // What a crash left half-written and open() cut off, for the log.
  std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  struct Segment {
    std::string name;
    std::uint64_t first = 0;  // sequence of its first entry
    std::uint64_t bytes = 0;
  };
  struct Place {  // of one batch
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t bytes = 0;
    std::uint64_t offset = 0;
    std::uint64_t segment = 0;  // Segment::first
  };

  SpoolLog(Disk& disk, SpoolLogOptions options) : disk_(disk), options_(options) {}

  Status recover(Random& random);
  Status recover_identity(const std::vector<std::string>& names, Random& random);
  Status recover_segments(std::vector<Segment> found);
  Status recover_segment(Segment segment, bool is_last);
  Status recover_rejected();
  bool has_room(std::uint64_t orders, std::uint64_t bytes) const;
  Status start_segment();
  Status append_to_active(const std::string& frame);
  Status remove_released();

  Disk& disk_;
  const SpoolLogOptions options_;
  std::string log_id_;
  std::uint64_t next_ = 1;
  std::uint64_t released_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t rejected_bytes_ = 0;
  std::uint64_t rejected_last_ = 0;
  std::uint64_t torn_bytes_ = 0;
  std::deque<Segment> segments_;  // the last one is appended to while active_ is open
  std::deque<Place> places_;
  std::unique_ptr<File> active_;
  std::unique_ptr<File> rejected_file_;
};

}  // namespace dermaga::spool_log
