#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::merkle {

// The Merkle tree of RFC 6962 §2.1 over SHA-256: an append-only list of entries whose root commits
// to every entry and to their order. Hashes are 32 raw bytes.

std::string leaf_hash(std::string_view entry);                         // SHA-256(0x00 ‖ entry)
std::string node_hash(std::string_view left, std::string_view right);  // SHA-256(0x01 ‖ l ‖ r)
std::string empty_root();                                              // SHA-256 of nothing

// What is needed of a tree to append to it and to know its root: the roots of its full subtrees,
// largest first, one for each bit that is set in its size.
class Frontier {
 public:
  Frontier() = default;
  // kCorrupt unless there is one hash of 32 bytes for each bit of `size`.
  static Result<Frontier> from_bytes(std::uint64_t size, std::string_view hashes);

  void append(std::string_view leaf_hash);
  std::uint64_t size() const { return size_; }
  std::string root() const;
  std::string to_bytes() const;  // the hashes, one after the other

 private:
  std::uint64_t size_ = 0;
  std::vector<std::string> subtrees_;
};

// The leaf hash of an entry, by its number from 0.
using LeafAt = std::function<Result<std::string>(std::uint64_t index)>;

// MTH of the entries [first, end), end > first: reads each once.
Result<std::string> subtree_root(std::uint64_t first, std::uint64_t end, const LeafAt& leaf);

// RFC 6962 §2.1.1: that an entry lies at `index` of the tree of `size` entries. 0 ≤ index < size.
Result<std::vector<std::string>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                 const LeafAt& leaf);
bool proves_inclusion(std::string_view leaf_hash, std::uint64_t index, std::uint64_t size,
                      std::string_view root, std::span<const std::string> proof);

// RFC 6962 §2.1.2: that the tree of `size` entries begins with the one of `old_size`.
// 0 < old_size ≤ size; empty when they are equal.
Result<std::vector<std::string>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                                   const LeafAt& leaf);
bool proves_consistency(std::uint64_t old_size, std::string_view old_root, std::uint64_t size,
                        std::string_view root, std::span<const std::string> proof);

}  // namespace dermaga::merkle
