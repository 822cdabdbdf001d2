#include "merkle/merkle.h"

#include <bit>
#include <utility>

#include "digest/digest.h"

namespace dermaga::merkle {
namespace {

constexpr char kLeafPrefix = '\x00';
constexpr char kNodePrefix = '\x01';

// The largest power of two smaller than `size`, which is at least 2.
std::uint64_t split_of(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

// PATH(index, D[first:end]) of RFC 6962 §2.1.1, appended to `proof`.
Status append_path(std::uint64_t index, std::uint64_t first, std::uint64_t end, const LeafAt& leaf,
                   std::vector<std::string>& proof) {
  if (end - first == 1) {
    return {};
  }
  const std::uint64_t middle = first + split_of(end - first);
  const bool is_left = index < middle;
  RETURN_IF_ERROR(is_left ? append_path(index, first, middle, leaf, proof)
                          : append_path(index, middle, end, leaf, proof));
  ASSIGN_OR_RETURN(std::string sibling,
                   is_left ? subtree_root(middle, end, leaf) : subtree_root(first, middle, leaf));
  proof.push_back(std::move(sibling));
  return {};
}

// SUBPROOF(old_end - first, D[first:end], is_whole) of RFC 6962 §2.1.2, appended to `proof`.
Status append_subproof(std::uint64_t old_end, std::uint64_t first, std::uint64_t end, bool is_whole,
                       const LeafAt& leaf, std::vector<std::string>& proof) {
  if (old_end == end) {
    if (!is_whole) {
      ASSIGN_OR_RETURN(std::string root, subtree_root(first, end, leaf));
      proof.push_back(std::move(root));
    }
    return {};
  }
  const std::uint64_t middle = first + split_of(end - first);
  const bool is_left = old_end <= middle;
  RETURN_IF_ERROR(is_left ? append_subproof(old_end, first, middle, is_whole, leaf, proof)
                          : append_subproof(old_end, middle, end, false, leaf, proof));
  ASSIGN_OR_RETURN(std::string sibling,
                   is_left ? subtree_root(middle, end, leaf) : subtree_root(first, middle, leaf));
  proof.push_back(std::move(sibling));
  return {};
}

}  // namespace

std::string leaf_hash(std::string_view entry) {
  std::string input;
  input.reserve(1 + entry.size());
  input.push_back(kLeafPrefix);
  input.append(entry);
  return digest::sha256(input);
}

std::string node_hash(std::string_view left, std::string_view right) {
  std::string input;
  input.reserve(1 + left.size() + right.size());
  input.push_back(kNodePrefix);
  input.append(left).append(right);
  return digest::sha256(input);
}

std::string empty_root() {
  return digest::sha256({});
}

Result<Frontier> Frontier::from_bytes(std::uint64_t size, std::string_view hashes) {
  if (hashes.size() != static_cast<std::size_t>(std::popcount(size)) * digest::kSha256Bytes) {
    return make_error(ErrorCode::kCorrupt, "a Merkle tree of " + std::to_string(size) +
                                               " entries does not have " +
                                               std::to_string(hashes.size()) + " bytes of hashes");
  }
  Frontier frontier;
  frontier.size_ = size;
  for (; !hashes.empty(); hashes.remove_prefix(digest::kSha256Bytes)) {
    frontier.subtrees_.emplace_back(hashes.substr(0, digest::kSha256Bytes));
  }
  return frontier;
}

void Frontier::append(std::string_view leaf_hash) {
  std::string hash(leaf_hash);
  for (std::uint64_t full = size_; (full & 1) != 0; full >>= 1) {
    hash = node_hash(subtrees_.back(), hash);
    subtrees_.pop_back();
  }
  subtrees_.push_back(std::move(hash));
  ++size_;
}

std::string Frontier::root() const {
  if (subtrees_.empty()) {
    return empty_root();
  }
  std::string root = subtrees_.back();
  for (auto subtree = subtrees_.rbegin() + 1; subtree != subtrees_.rend(); ++subtree) {
    root = node_hash(*subtree, root);
  }
  return root;
}

std::string Frontier::to_bytes() const {
  std::string bytes;
  for (const std::string& subtree : subtrees_) {
    bytes += subtree;
  }
  return bytes;
}

Result<std::string> subtree_root(std::uint64_t first, std::uint64_t end, const LeafAt& leaf) {
  Frontier frontier;
  for (std::uint64_t i = first; i < end; ++i) {
    ASSIGN_OR_RETURN(const std::string hash, leaf(i));
    frontier.append(hash);
  }
  return frontier.root();
}

Result<std::vector<std::string>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                 const LeafAt& leaf) {
  CHECK(index < size);
  std::vector<std::string> proof;
  RETURN_IF_ERROR(append_path(index, 0, size, leaf, proof));
  return proof;
}

// RFC 9162 §2.1.3.2, which is written for the same trees.
bool proves_inclusion(std::string_view leaf_hash, std::uint64_t index, std::uint64_t size,
                      std::string_view root, std::span<const std::string> proof) {
  if (index >= size) {
    return false;
  }
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  std::string hash(leaf_hash);
  for (const std::string& sibling : proof) {
    if (last == 0) {
      return false;
    }
    if ((node & 1) != 0 || node == last) {
      hash = node_hash(sibling, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

Result<std::vector<std::string>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                                   const LeafAt& leaf) {
  CHECK(old_size > 0 && old_size <= size);
  std::vector<std::string> proof;
  RETURN_IF_ERROR(append_subproof(old_size, 0, size, true, leaf, proof));
  return proof;
}

// RFC 9162 §2.1.4.2.
bool proves_consistency(std::uint64_t old_size, std::string_view old_root, std::uint64_t size,
                        std::string_view root, std::span<const std::string> proof) {
  if (old_size == 0 || old_size > size) {
    return false;
  }
  if (old_size == size) {
    return proof.empty() && old_root == root;
  }
  std::vector<std::string> path(proof.begin(), proof.end());
  if (std::has_single_bit(old_size)) {
    path.insert(path.begin(), std::string(old_root));
  }
  if (path.empty()) {
    return false;
  }
  std::uint64_t node = old_size - 1;
  std::uint64_t last = size - 1;
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  std::string old_hash = path.front();
  std::string hash = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (last == 0) {
      return false;
    }
    if ((node & 1) != 0 || node == last) {
      old_hash = node_hash(path[i], old_hash);
      hash = node_hash(path[i], hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, path[i]);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && hash == root;
}

}  // namespace dermaga::merkle
