#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "disk.h"
#include "spool_log/disk.h"

namespace dermaga::simulation {

// A spool's folder on a simulated disk. The disk must outlive it.
class SpoolDisk final : public spool_log::Disk {
 public:
  explicit SpoolDisk(simulation::Disk& disk) : disk_(disk) {}

  Result<std::vector<std::string>> list() override;
  Result<std::uint64_t> size(const std::string& name) override;
  Result<std::string> read(const std::string& name, std::uint64_t offset,
                           std::uint64_t bytes_max) override;
  Result<std::unique_ptr<spool_log::File>> open(const std::string& name) override;
  Status replace(const std::string& name, std::string_view bytes) override;
  Status remove(const std::string& name) override;
  Status sync_folder() override;
  Result<std::uint64_t> free_bytes() override { return std::uint64_t{1} << 40; }

 private:
  simulation::Disk& disk_;
};

}  // namespace dermaga::simulation
