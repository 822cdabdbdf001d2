#include "trace.h"

#include <cstdio>

namespace dermaga::simulation {

void Trace::mix(std::string_view bytes) {
  for (const char c : bytes) {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
}

void Trace::add(std::string_view who, std::string_view what) {
  char time[32];
  const auto at = timeline_.elapsed().count();
  std::snprintf(time, sizeof time, "%6lld.%03lld  ", static_cast<long long>(at / 1000),
                static_cast<long long>(at % 1000));
  std::string line = time;
  line += who;
  line += "  ";
  line += what;
  mix(line);
  mix("\n");
  if (print_) {
    std::printf("%s\n", line.c_str());
  }
  lines_.push_back(std::move(line));
  if (lines_.size() > lines_kept_) {
    lines_.pop_front();
  }
}

}  // namespace dermaga::simulation
