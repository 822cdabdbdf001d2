#include "merkle/merkle.h"

#include <gtest/gtest.h>

#include "encoding/encoding.h"

namespace dermaga::merkle {
namespace {

// The entries and roots of the reference implementation of Certificate Transparency
// (merkletree/merkle_tree_test.cc).
const std::vector<std::string>& entries() {
  static const std::vector<std::string> entries = [] {
    std::vector<std::string> out;
    for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                            "606162636465666768696a6b6c6d6e6f"}) {
      out.push_back(encoding::hex_decode(hex).value());
    }
    return out;
  }();
  return entries;
}

constexpr const char* kRoots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

Result<std::string> leaf(std::uint64_t index) {
  return leaf_hash(entries().at(index));
}
// Of any tree, however many entries.
Result<std::string> numbered_leaf(std::uint64_t index) {
  return leaf_hash(std::to_string(index));
}

std::string root_of(std::uint64_t size) {
  return size == 0 ? empty_root() : subtree_root(0, size, numbered_leaf).value();
}

TEST(Merkle, RootsOfCertificateTransparency) {
  EXPECT_EQ(encoding::hex(empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Frontier frontier;
  EXPECT_EQ(frontier.root(), empty_root());
  for (std::size_t i = 0; i < entries().size(); ++i) {
    frontier.append(leaf_hash(entries()[i]));
    EXPECT_EQ(encoding::hex(frontier.root()), kRoots[i]) << i + 1;
    EXPECT_EQ(subtree_root(0, i + 1, leaf).value(), frontier.root());
    EXPECT_EQ(frontier.size(), i + 1);
  }
}

TEST(Merkle, AFrontierGoesOnFromItsBytes) {
  Frontier whole;
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto again = Frontier::from_bytes(whole.size(), whole.to_bytes());
    ASSERT_TRUE(again.has_value());
    again->append(numbered_leaf(i).value());
    whole.append(numbered_leaf(i).value());
    ASSERT_EQ(again->root(), whole.root());
  }
  EXPECT_FALSE(Frontier::from_bytes(3, std::string(32, 'x')).has_value());
  EXPECT_FALSE(Frontier::from_bytes(0, std::string(32, 'x')).has_value());
  EXPECT_FALSE(Frontier::from_bytes(1, std::string(31, 'x')).has_value());
}

TEST(Merkle, InclusionIsProvedForEveryEntryOnly) {
  for (std::uint64_t size = 1; size <= 20; ++size) {
    const std::string root = root_of(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, numbered_leaf).value();
      const std::string hash = numbered_leaf(index).value();
      EXPECT_TRUE(proves_inclusion(hash, index, size, root, proof));
      EXPECT_FALSE(proves_inclusion(numbered_leaf(index + 1).value(), index, size, root, proof));
      EXPECT_FALSE(proves_inclusion(hash, index, size, root_of(size + 1), proof));
      for (std::uint64_t other = 0; other <= size; ++other) {
        EXPECT_EQ(proves_inclusion(hash, other, size, root, proof), other == index);
      }
      auto longer = proof;
      longer.push_back(root);
      EXPECT_FALSE(proves_inclusion(hash, index, size, root, longer));
      if (!proof.empty()) {
        EXPECT_FALSE(
            proves_inclusion(hash, index, size, root, std::span(proof).first(proof.size() - 1)));
      }
    }
  }
}

TEST(Merkle, ConsistencyIsProvedForEveryBeginningOnly) {
  for (std::uint64_t size = 1; size <= 20; ++size) {
    const std::string root = root_of(size);
    for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
      const std::string old_root = root_of(old_size);
      const auto proof = consistency_proof(old_size, size, numbered_leaf).value();
      EXPECT_TRUE(proves_consistency(old_size, old_root, size, root, proof));
      EXPECT_FALSE(proves_consistency(old_size, root_of(old_size + 1), size, root, proof));
      EXPECT_FALSE(proves_consistency(old_size, old_root, size, root_of(size + 1), proof));
      EXPECT_FALSE(proves_consistency(size + 1, old_root, size, root, proof));
      auto changed = proof;
      for (std::string& hash : changed) {
        hash[0] = static_cast<char>(hash[0] ^ 1);
        EXPECT_FALSE(proves_consistency(old_size, old_root, size, root, changed));
        hash[0] = static_cast<char>(hash[0] ^ 1);
      }
      changed.push_back(root);
      EXPECT_FALSE(proves_consistency(old_size, old_root, size, root, changed));
    }
    EXPECT_FALSE(proves_consistency(0, empty_root(), size, root, {}));
  }
}

TEST(Merkle, AnUnreadableEntryIsTold) {
  const auto broken = [](std::uint64_t index) -> Result<std::string> {
    if (index == 5) {
      return make_error(ErrorCode::kIo, "no");
    }
    return numbered_leaf(index);
  };
  EXPECT_FALSE(subtree_root(0, 8, broken).has_value());
  EXPECT_FALSE(inclusion_proof(1, 8, broken).has_value());
  EXPECT_FALSE(consistency_proof(3, 8, broken).has_value());
}

}  // namespace
}  // namespace dermaga::merkle
