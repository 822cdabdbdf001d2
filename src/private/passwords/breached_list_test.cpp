#include "passwords/breached_list.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "encoding/encoding.h"
#include "hash_file.h"
#include "passwords/policy.h"

namespace dermaga::passwords {
namespace {

using vault::Password;

std::string sha1(std::string_view text) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes, &size, EVP_sha1(), nullptr);
  std::string hash = encoding::hex({reinterpret_cast<const char*>(bytes), size});
  std::ranges::transform(hash, hash.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return hash;
}

std::string number_password(int number) {
  return "kapal nomor " + std::to_string(number);
}

class BreachedListTest : public testing::Test {
 protected:
  BreachedListTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "breached-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  ~BreachedListTest() override { std::filesystem::remove_all(folder_); }

  std::string file(std::string_view text) const {
    const std::string path = (folder_ / "hashes.txt").string();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    return path;
  }

  // The hashes of number_password(0 … count-1) in order, with counts of various lengths.
  static std::vector<std::string> hashes(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) {
      all.push_back(sha1(number_password(i)));
    }
    std::ranges::sort(all);
    return all;
  }

  static std::string lines(const std::vector<std::string>& hashes, std::string_view end = "\n") {
    std::string text;
    std::uint64_t count = 1;
    for (const std::string& hash : hashes) {
      text += hash + ":" + std::to_string(count) + std::string(end);
      count = count > 1'000'000'000'000'000'000 ? 1 : count * 7;
    }
    return text;
  }

  ErrorCode open_error(std::string_view text) const {
    const auto list = BreachedList::open(file(text));
    EXPECT_FALSE(list.has_value()) << text;
    return list.has_value() ? ErrorCode::kInternal : list.error().code();
  }

  std::filesystem::path folder_;
};

TEST_F(BreachedListTest, KnowsCommonPasswordsWithoutAFile) {
  const auto list = BreachedList::open(std::nullopt);
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->contains(Password("Password123!")), true);
  EXPECT_EQ(list->contains(Password(number_password(7))), false);
  EXPECT_EQ(list->contains(Password("")), false);
}

TEST_F(BreachedListTest, FindsEveryLineAndNothingElse) {
  for (const int count : {1, 2, 3, 10, 1000, 3000}) {
    for (const char* end : {"\n", "\r\n"}) {
      const auto list = BreachedList::open(file(lines(hashes(count), end)));
      ASSERT_TRUE(list.has_value()) << list.error().message();
      for (int i = 0; i < count; ++i) {
        ASSERT_EQ(list->contains(Password(number_password(i))), true) << i << " of " << count;
      }
      for (int i = count; i < count + 200; ++i) {
        ASSERT_EQ(list->contains(Password(number_password(i))), false) << i << " of " << count;
      }
    }
  }
}

TEST_F(BreachedListTest, FindsTheFirstAndTheLastLine) {
  const auto sorted = hashes(5000);
  const auto opened = HashFile::open(file(lines(sorted)));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ((*opened)->contains(sorted.front()), true);
  EXPECT_EQ((*opened)->contains(sorted.back()), true);
  EXPECT_EQ((*opened)->contains(std::string(40, '0')), false);
  EXPECT_EQ((*opened)->contains(std::string(40, 'F')), false);
}

TEST_F(BreachedListTest, TheLastLineNeedsNoEndAndHashesMayBeLowerCase) {
  std::string text = lines(hashes(100));
  text.pop_back();
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto list = BreachedList::open(file(text));
  ASSERT_TRUE(list.has_value()) << list.error().message();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(list->contains(Password(number_password(i))), true);
  }
}

TEST_F(BreachedListTest, ThePasswordIsLookedUpAsItIs) {
  const auto list = BreachedList::open(file(lines({sha1("Kapal Layar Tua 17 x")})));
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->contains(Password("Kapal Layar Tua 17 x")), true);
  EXPECT_EQ(list->contains(Password("kapal layar tua 17 x")), false);
}

TEST_F(BreachedListTest, OpensOnlyASortedFileOfHashes) {
  const auto missing = BreachedList::open((folder_ / "none.txt").string());
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);

  const auto sorted = hashes(3000);
  auto early = sorted;
  std::swap(early[3], early[4]);
  auto late = sorted;
  std::ranges::reverse(late.begin() + 1500, late.end());
  auto twice = sorted;
  twice[1] = twice[0];
  for (const auto& unsorted : {early, late, twice}) {
    EXPECT_EQ(open_error(lines(unsorted)), ErrorCode::kCorrupt);
  }

  EXPECT_EQ(open_error(""), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error("\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error("password\nletmein\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error(sorted[0] + "\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error(sorted[0] + ":\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error(sorted[0] + ":x\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error(sorted[0].substr(8) + ":12\n"), ErrorCode::kCorrupt);  // NTLM's length
  EXPECT_EQ(open_error(std::string(40, 'G') + ":1\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error(std::string(100'000, 'A')), ErrorCode::kCorrupt);
  EXPECT_EQ(open_error(std::string(100'000, '\n')), ErrorCode::kCorrupt);
  EXPECT_FALSE(BreachedList::open(folder_.string()).has_value());
}

// Beyond what open() looks at: an error where the search meets it, not "not found".
TEST_F(BreachedListTest, ABrokenLineIsAnErrorNotAnAnswer) {
  const auto sorted = hashes(20'000);
  std::string text = lines(sorted);
  const std::string path = file(text);
  const auto list = BreachedList::open(path);
  ASSERT_TRUE(list.has_value());
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out)
      .seekp(static_cast<std::streamoff>(text.size() / 2 - 200))
      .write(std::string(400, '#').data(), 400);
  const Password password("kapal layar tua 17");
  const auto known = list->contains(password);
  ASSERT_FALSE(known.has_value());
  EXPECT_EQ(known.error().code(), ErrorCode::kCorrupt);
  const auto refusal = refusal_of(password, *list, {});
  ASSERT_FALSE(refusal.has_value());
  EXPECT_EQ(refusal.error().message().find("kapal"), std::string::npos);
}

TEST_F(BreachedListTest, ServesManyThreadsAtOnce) {
  const auto list = BreachedList::open(file(lines(hashes(500))));
  ASSERT_TRUE(list.has_value());
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(list->contains(Password(number_password(i))), i < 500);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace dermaga::passwords
