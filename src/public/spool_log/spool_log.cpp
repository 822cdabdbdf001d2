#include "spool_log/spool_log.h"

#include <algorithm>

#include "frame.h"
#include "layout.h"
#include "planted/planted.h"

namespace dermaga::spool_log {

namespace {

// A full disk is told apart so that the caller may go on; everything else ends the process.
bool is_full(const Status& status) {
  return !status.has_value() && status.error().code() == ErrorCode::kOverloaded;
}

std::unexpected<Error> full() {
  return make_error(ErrorCode::kOverloaded, "the spool is full");
}

}  // namespace

bool SpoolLog::has_room(std::uint64_t orders, std::uint64_t bytes) const {
  return this->orders() + orders <= options_.orders_max &&
         this->bytes() + bytes <= options_.bytes_max;
}

Status SpoolLog::append(const std::vector<std::string>& payloads) {
  CHECK(!payloads.empty());
  const std::string frame = encode_frame(next_, payloads);
  CHECK(frame.size() <= kFrameBytesMax);
  if (!has_room(payloads.size(), frame.size())) {
    return full();
  }
  ASSIGN_OR_RETURN(const std::uint64_t free, disk_.free_bytes());
  if (free < options_.free_bytes_min || free - options_.free_bytes_min < frame.size()) {
    return full();
  }
  if (active_ == nullptr || segments_.back().bytes >= options_.segment_bytes_max) {
    RETURN_IF_ERROR(start_segment());
  }
  RETURN_IF_ERROR(append_to_active(frame));
  Segment& segment = segments_.back();
  places_.push_back({.first = next_,
                     .count = static_cast<std::uint32_t>(payloads.size()),
                     .bytes = static_cast<std::uint32_t>(frame.size()),
                     .offset = segment.bytes,
                     .segment = segment.first});
  segment.bytes += frame.size();
  bytes_ += frame.size();
  next_ += payloads.size();
  return {};
}

Status SpoolLog::append_to_active(const std::string& frame) {
  const Status written = active_->append(frame);
  if (is_full(written)) {
    // The half that was written must not stand before what comes next.
    if (const Status cut = active_->truncate(segments_.back().bytes); !cut.has_value()) {
      return make_error(ErrorCode::kIo, cut.error().message());
    }
    return written;
  }
  RETURN_IF_ERROR(written);
  if (planted::fault(planted::kSpoolNotSynced)) {
    return {};
  }
  return active_->sync();
}

Status SpoolLog::start_segment() {
  const std::string name = segment_name(next_);
  const std::string header = encode_segment_header({.log_id = log_id_, .first_sequence = next_});
  ASSIGN_OR_RETURN(auto file, disk_.open(name));
  const Status written = file->append(header);
  if (is_full(written)) {
    if (const Status removed = disk_.remove(name); !removed.has_value()) {
      return make_error(ErrorCode::kIo, removed.error().message());
    }
    return written;
  }
  RETURN_IF_ERROR(written);
  RETURN_IF_ERROR(file->sync());
  RETURN_IF_ERROR(disk_.sync_folder());
  active_ = std::move(file);
  segments_.push_back({.name = name, .first = next_, .bytes = header.size()});
  bytes_ += header.size();
  return {};
}

Result<std::vector<Entry>> SpoolLog::read(std::uint64_t sequence, std::size_t entries_max,
                                          std::uint64_t bytes_max) {
  std::vector<Entry> entries;
  std::uint64_t bytes = 0;
  auto place = std::ranges::upper_bound(places_, sequence, {}, &Place::first);
  if (place != places_.begin()) {
    --place;
  }
  for (; place != places_.end() && entries.size() < entries_max; ++place) {
    ASSIGN_OR_RETURN(const std::string stored,
                     disk_.read(segment_name(place->segment), place->offset, place->bytes));
    const auto frame = read_frame(stored);
    if (!frame.has_value() || frame->first_sequence != place->first ||
        frame->payloads.size() != place->count) {
      return make_error(ErrorCode::kCorrupt,
                        segment_name(place->segment) + " changed on the disk at byte " +
                            std::to_string(place->offset) + "; " + std::string(kWhatToDo));
    }
    for (std::uint32_t i = 0; i < place->count; ++i) {
      if (place->first + i < sequence) {
        continue;
      }
      bytes += frame->payloads[i].size();
      if (entries.size() == entries_max || (!entries.empty() && bytes > bytes_max)) {
        return entries;
      }
      entries.push_back({.sequence = place->first + i, .payload = std::string(frame->payloads[i])});
    }
  }
  return entries;
}

Status SpoolLog::release(std::uint64_t sequence) {
  CHECK(sequence < next_);
  if (sequence <= released_) {
    return {};
  }
  RETURN_IF_ERROR(
      disk_.replace(kDeliveredFile, encode_delivered({.log_id = log_id_, .sequence = sequence})));
  released_ = sequence;
  while (!places_.empty() && places_.front().first + places_.front().count - 1 <= released_) {
    places_.pop_front();
  }
  return remove_released();
}

// Files that hold nothing undelivered go; the one that is being written too, once all of it is
// delivered: sealed orders do not lie about longer than they must.
Status SpoolLog::remove_released() {
  bool removed = false;
  while (!segments_.empty() &&
         (segments_.size() > 1 ? segments_[1].first <= released_ + 1
                               : orders() == 0 && segments_[0].bytes > kSegmentHeaderBytes)) {
    if (segments_.size() == 1) {
      active_.reset();
    }
    RETURN_IF_ERROR(disk_.remove(segments_.front().name));
    bytes_ -= segments_.front().bytes;
    segments_.pop_front();
    removed = true;
  }
  return removed ? disk_.sync_folder() : Status();
}

Status SpoolLog::set_aside(const Entry& entry) {
  if (entry.sequence <= rejected_last_) {
    return {};
  }
  const std::string frame = encode_frame(entry.sequence, {entry.payload});
  const Status written = rejected_file_->append(frame);
  if (is_full(written)) {
    if (const Status cut = rejected_file_->truncate(rejected_bytes_); !cut.has_value()) {
      return make_error(ErrorCode::kIo, cut.error().message());
    }
    return written;
  }
  RETURN_IF_ERROR(written);
  RETURN_IF_ERROR(rejected_file_->sync());
  rejected_bytes_ += frame.size();
  rejected_last_ = entry.sequence;
  ++rejected_;
  return {};
}

}  // namespace dermaga::spool_log
