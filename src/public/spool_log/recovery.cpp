#include <algorithm>

#include "encoding/encoding.h"
#include "frame.h"
#include "layout.h"
#include "planted/planted.h"
#include "spool_log/spool_log.h"

namespace dermaga::spool_log {

namespace {

constexpr std::uint64_t kSmallFileBytesMax = 4'096;

std::unexpected<Error> corrupt(const std::string& what) {
  return make_error(ErrorCode::kCorrupt, "spool log: " + what + "; " + std::string(kWhatToDo));
}

}  // namespace

Result<std::unique_ptr<SpoolLog>> SpoolLog::open(Disk& disk, Random& random,
                                                 SpoolLogOptions options) {
  std::unique_ptr<SpoolLog> log(new SpoolLog(disk, options));
  RETURN_IF_ERROR(log->recover(random));
  return log;
}

Status SpoolLog::recover(Random& random) {
  ASSIGN_OR_RETURN(const auto names, disk_.list());
  std::vector<Segment> found;
  for (const std::string& name : names) {
    if (const auto first = segment_of(name)) {
      ASSIGN_OR_RETURN(const std::uint64_t bytes, disk_.size(name));
      found.push_back({.name = name, .first = *first, .bytes = bytes});
    }
  }
  RETURN_IF_ERROR(recover_identity(names, random));
  RETURN_IF_ERROR(recover_segments(std::move(found)));
  return recover_rejected();
}

Status SpoolLog::recover_identity(const std::vector<std::string>& names, Random& random) {
  const auto has = [&](std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (!has(kLogIdFile)) {
    const bool used =
        has(kDeliveredFile) || has(kRejectedFile) ||
        std::ranges::any_of(names, [](const auto& name) { return segment_of(name).has_value(); });
    if (used) {
      return corrupt("the file log-id is missing beside others");
    }
    log_id_ = encoding::hex(random.bytes(16));
    return disk_.replace(kLogIdFile, log_id_ + "\n");
  }
  ASSIGN_OR_RETURN(const std::string id, disk_.read(kLogIdFile, 0, kSmallFileBytesMax));
  if (!id.ends_with('\n') || !is_log_id(std::string_view(id).substr(0, id.size() - 1))) {
    return corrupt("the file log-id does not hold 32 hexadecimal digits");
  }
  log_id_ = id.substr(0, id.size() - 1);
  if (has(kDeliveredFile)) {
    ASSIGN_OR_RETURN(const std::string bytes, disk_.read(kDeliveredFile, 0, kSmallFileBytesMax));
    const auto delivered = read_delivered(bytes);
    if (!delivered.has_value() || delivered->log_id != log_id_) {
      return corrupt("the file delivered is damaged or of another log");
    }
    released_ = delivered->sequence;
    next_ = released_ + 1;
  }
  return {};
}

Status SpoolLog::recover_segments(std::vector<Segment> found) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool is_last = i + 1 == found.size();
    // Removed before the crash, or about to be.
    if (!is_last && found[i + 1].first <= released_ + 1) {
      RETURN_IF_ERROR(disk_.remove(found[i].name));
      continue;
    }
    RETURN_IF_ERROR(recover_segment(found[i], is_last));
  }
  if (!segments_.empty()) {
    ASSIGN_OR_RETURN(active_, disk_.open(segments_.back().name));
  }
  RETURN_IF_ERROR(disk_.sync_folder());
  return remove_released();
}

Status SpoolLog::recover_segment(Segment segment, bool is_last) {
  ASSIGN_OR_RETURN(const std::string bytes, disk_.read(segment.name, 0, segment.bytes));
  const auto header = read_segment_header(bytes);
  if (!header.has_value() && is_last && !holds_frame(bytes)) {
    // The crash came before the first batch was durable.
    torn_bytes_ += bytes.size();
    return disk_.remove(segment.name);
  }
  if (!header.has_value()) {
    return corrupt(segment.name + " does not begin as a file of the log");
  }
  if (header->log_id != log_id_ || header->first_sequence != segment.first) {
    return corrupt(segment.name + " is a file of another log or has another's name");
  }
  std::uint64_t sequence = segment.first;
  std::uint64_t offset = kSegmentHeaderBytes;
  std::deque<Place> places;
  while (const auto frame = read_frame(std::string_view(bytes).substr(offset))) {
    if (frame->first_sequence != sequence) {
      return corrupt(segment.name + " has sequence " + std::to_string(frame->first_sequence) +
                     " where " + std::to_string(sequence) + " belongs");
    }
    places.push_back({.first = sequence,
                      .count = static_cast<std::uint32_t>(frame->payloads.size()),
                      .bytes = static_cast<std::uint32_t>(frame->bytes),
                      .offset = offset,
                      .segment = segment.first});
    sequence += frame->payloads.size();
    offset += frame->bytes;
  }
  if (offset < bytes.size() && (!is_last || holds_frame(std::string_view(bytes).substr(offset)))) {
    return corrupt(segment.name + " is damaged at byte " + std::to_string(offset));
  }
  if (is_last && sequence <= released_ + 1 && segment.first <= released_) {
    return disk_.remove(segment.name);
  }
  if (segment.first > next_ || (segment.first < next_ && segment.first > released_ + 1)) {
    return corrupt("the orders from " + std::to_string(next_) + " up to " + segment.name +
                   " are missing");
  }
  if (is_last && !planted::fault(planted::kSpoolTailTrusted)) {
    // A whole new file, although the old one may look well: what a failed sync left in the page
    // cache reads well and is on no disk.
    RETURN_IF_ERROR(disk_.replace(segment.name, std::string_view(bytes).substr(0, offset)));
    torn_bytes_ += bytes.size() - offset;
  }
  std::erase_if(places,
                [&](const Place& place) { return place.first + place.count - 1 <= released_; });
  places_.insert(places_.end(), places.begin(), places.end());
  segment.bytes = offset;
  bytes_ += offset;
  next_ = std::max(next_, sequence);
  segments_.push_back(std::move(segment));
  return {};
}

Status SpoolLog::recover_rejected() {
  const auto size = disk_.size(kRejectedFile);
  if (!size.has_value() && size.error().code() != ErrorCode::kNotFound) {
    return std::unexpected(size.error());
  }
  std::string bytes;
  if (size.has_value()) {
    ASSIGN_OR_RETURN(bytes, disk_.read(kRejectedFile, 0, *size));
  }
  while (const auto frame = read_frame(std::string_view(bytes).substr(rejected_bytes_))) {
    rejected_bytes_ += frame->bytes;
    rejected_last_ = frame->first_sequence;
    ++rejected_;
  }
  if (holds_frame(std::string_view(bytes).substr(rejected_bytes_))) {
    return corrupt("the file rejected is damaged at byte " + std::to_string(rejected_bytes_));
  }
  torn_bytes_ += bytes.size() - rejected_bytes_;
  RETURN_IF_ERROR(disk_.replace(kRejectedFile, std::string_view(bytes).substr(0, rejected_bytes_)));
  ASSIGN_OR_RETURN(rejected_file_, disk_.open(kRejectedFile));
  return {};
}

}  // namespace dermaga::spool_log
