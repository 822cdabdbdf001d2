#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "timeline.h"

namespace dermaga::simulation {

// What happened in a run, line by line: a hash of all of it, which two runs of one seed share, and
// the last lines for whoever looks for the cause of a breach.
class Trace {
 public:
  Trace(const Timeline& timeline, std::size_t lines_kept, bool print)
      : timeline_(timeline), lines_kept_(lines_kept), print_(print) {}

  void add(std::string_view who, std::string_view what);
  // Bytes that must be the same in every run, but make no line.
  void mix(std::string_view bytes);
  std::uint64_t hash() const { return hash_; }
  const std::deque<std::string>& last_lines() const { return lines_; }

 private:
  const Timeline& timeline_;
  std::size_t lines_kept_;
  bool print_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;  // FNV-1a
  std::deque<std::string> lines_;
};

}  // namespace dermaga::simulation
