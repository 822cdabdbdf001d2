#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chance.h"

namespace dermaga::simulation {

enum class DiskAnswer { kDone, kIoError, kNoSpace };

// One machine's disk, in memory. What is written lies in the page cache (`cached`) and is seen by
// every reader; only a sync puts it on the platter (`durable`). When the power fails, of every
// write since the last sync all, nothing or some 512-byte sectors are on the platter. After a
// failed sync the kernel forgets that pages are dirty, as Linux does: what it would have written
// stays readable, and no later sync brings it to the platter.
//
// Creating, renaming and deleting a file is durable at once.
class Disk {
 public:
  // Each happens once in so many operations; 0: never.
  struct Faults {
    std::uint64_t sync_fails = 0;
    std::uint64_t write_fails = 0;
    std::uint64_t no_space = 0;
    std::uint64_t read_fails = 0;
  };
  struct Write {
    std::size_t offset = 0;
    std::string bytes;
    bool is_truncation = false;  // then offset is the new size
    bool is_forgotten = false;   // by a kernel whose sync failed
  };
  struct File {
    std::string cached;
    std::string durable;
    std::vector<Write> unsynced;
  };

  explicit Disk(Chance& chance) : chance_(chance) {}

  // The process that owns the disk is stopped in its so-manieth operation from now on that changes
  // something (1: the next). From then until the next start every operation fails and does nothing.
  void stop_in(std::uint64_t operations) { stop_in_ = operations; }
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  // A new process: handles of earlier ones stay dead.
  void start();
  std::uint64_t generation() const { return generation_; }
  // The machine goes down: only what is on the platter stays, and some of the rest. After stop().
  void lose_power();

  void set_faults(const Faults& faults) { faults_ = faults; }
  std::uint64_t operations() const { return operations_; }

  std::shared_ptr<File> find(const std::string& name) const;
  std::shared_ptr<File> open(const std::string& name);  // made when it is not there
  DiskAnswer remove(const std::string& name);
  DiskAnswer rename(const std::string& from, const std::string& to);
  std::vector<std::string> names() const;  // sorted
  DiskAnswer write(File& file, std::size_t offset, std::string_view bytes);
  DiskAnswer truncate(File& file, std::size_t size);
  DiskAnswer sync(File& file);
  DiskAnswer check_read();

  // The machine gets another, empty disk. After stop().
  void replace() { files_.clear(); }

  void put(const std::string& name, std::string content);  // durable
  // Name and content of every file, for the trace.
  std::string image() const;

 private:
  // False when the process is stopped, now or before.
  bool begin_operation();
  void tear(File& file, const Write& write);

  Chance& chance_;
  Faults faults_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::uint64_t generation_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t stop_in_ = 0;
  bool stopped_ = false;
};

}  // namespace dermaga::simulation
