#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dermaga::spool_log {

// The names in the folder, and the two small files (docs/reference/spool-log.md).

inline constexpr char kLogIdFile[] = "log-id";
inline constexpr char kDeliveredFile[] = "delivered";
inline constexpr char kRejectedFile[] = "rejected";
inline constexpr std::string_view kWhatToDo =
    "stop, keep a copy of the folder and see \"A damaged log\" in docs/guides/link-down.md";

std::string segment_name(std::uint64_t first_sequence);
std::optional<std::uint64_t> segment_of(std::string_view name);

bool is_log_id(std::string_view text);

// Everything up to this sequence was answered by core for good.
struct Delivered {
  std::string log_id;
  std::uint64_t sequence = 0;
};
std::string encode_delivered(const Delivered& delivered);
std::optional<Delivered> read_delivered(std::string_view bytes);

}  // namespace dermaga::spool_log
