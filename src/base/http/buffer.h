#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace dermaga::http {

// Blocks that idle connections gave back, kept for the next that reads. One thread only.
class BlockPool {
 public:
  static constexpr std::size_t kBlockBytes = 8 * 1024;
  using Block = std::unique_ptr<char[]>;

  Block take() {
    if (blocks_.empty()) {
      return std::make_unique_for_overwrite<char[]>(kBlockBytes);
    }
    Block block = std::move(blocks_.back());
    blocks_.pop_back();
    return block;
  }
  void give(Block block) {
    if (blocks_.size() < kKeptMax) {
      blocks_.push_back(std::move(block));
    }
  }

 private:
  static constexpr std::size_t kKeptMax = 128;
  std::vector<Block> blocks_;
};

// Received bytes that were not consumed yet. Holds no memory while empty and released.
class Buffer {
 public:
  explicit Buffer(BlockPool& pool) : pool_(pool) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  bool empty() const { return begin_ == end_; }
  std::string_view view() const { return {block_.get() + begin_, end_ - begin_}; }

  // Room behind the bytes, so that they can become `bytes_wanted`; at least one byte of it.
  void reserve(std::size_t bytes_wanted);
  char* tail() { return block_.get() + end_; }
  std::size_t room() const { return capacity_ - end_; }
  void extend(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) {
      release();
    }
  }
  void release();

 private:
  BlockPool& pool_;
  BlockPool::Block block_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

inline void Buffer::reserve(std::size_t bytes_wanted) {
  if (block_ == nullptr) {
    if (bytes_wanted <= BlockPool::kBlockBytes) {
      block_ = pool_.take();
      capacity_ = BlockPool::kBlockBytes;
      return;
    }
  }
  const std::size_t held = end_ - begin_;
  const std::size_t needed = bytes_wanted > held ? bytes_wanted : held + 1;
  if (begin_ + needed <= capacity_) {
    return;
  }
  if (needed <= capacity_) {
    std::memmove(block_.get(), block_.get() + begin_, held);
  } else {
    const std::size_t doubled = needed > 2 * capacity_ ? needed : 2 * capacity_;
    auto larger = std::make_unique_for_overwrite<char[]>(doubled);
    if (held > 0) {
      std::memcpy(larger.get(), block_.get() + begin_, held);
    }
    release();
    block_ = std::move(larger);
    capacity_ = doubled;
  }
  begin_ = 0;
  end_ = held;
}

inline void Buffer::release() {
  if (block_ != nullptr && capacity_ == BlockPool::kBlockBytes) {
    pool_.give(std::move(block_));
  }
  block_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace dermaga::http
