#include "vault/vault.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>
#include <type_traits>

namespace dermaga::vault {
namespace {

static_assert(!std::is_copy_constructible_v<PersonName>);
static_assert(!std::is_convertible_v<PersonName, std::string>);
static_assert(!std::is_convertible_v<PersonName, EmailAddress>);

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Streamable<PersonName>);

CustomerId customer(std::string_view text) {
  return CustomerId::parse(text).value();
}

class VaultTest : public testing::Test {
 protected:
  VaultTest() {
    char pattern[] = "/tmp/dermaga-vault-XXXXXX";
    folder_ = std::string(mkdtemp(pattern)) + "/keys";
  }
  ~VaultTest() override {
    std::filesystem::remove_all(std::filesystem::path(folder_).parent_path());
  }

  Result<std::unique_ptr<Vault>> open() { return Vault::open(folder_, system_random()); }
  std::unique_ptr<Vault> must_open() { return open().value(); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string read(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void overwrite(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << bytes;
  }
  std::map<std::string, std::string> everything() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      files[name] = read(name);
    }
    return files;
  }

  std::string folder_;
};

TEST_F(VaultTest, CreatesKeysOnceAndOpensThemAgain) {
  const auto made = must_open()->new_customer_key(customer("cus_a"), system_random());
  EXPECT_EQ(made.kek_version, 1u);
  const auto files = everything();
  EXPECT_EQ(files.size(), 2u);
  for (const auto& [name, bytes] : files) {
    struct stat status{};
    ASSERT_EQ(stat(path(name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
  const FieldPlace place{"customers", "email", "cus_a"};
  const std::string sealed =
      made.key.seal_field(place, SecretText("sari@example.com"), system_random());

  const auto again = must_open();
  EXPECT_EQ(everything(), files);
  const auto key = again->unwrap(customer("cus_a"), made.wrapped);
  ASSERT_TRUE(key.has_value()) << key.error().message();
  EXPECT_EQ(key->open_field(place, sealed).value().reveal(), "sari@example.com");
}

TEST_F(VaultTest, AWrappedKeyBelongsToOneCustomer) {
  const auto vault = must_open();
  const auto made = vault->new_customer_key(customer("cus_a"), system_random());
  const auto other = vault->unwrap(customer("cus_b"), made.wrapped);
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(other.error().message().find("cus_b"), std::string::npos);
}

TEST_F(VaultTest, MovedFieldsDoNotOpen) {
  const auto made = must_open()->new_customer_key(customer("cus_a"), system_random());
  const std::string sealed =
      made.key.seal_field({"orders", "name", "ord_1"}, SecretText("Sari"), system_random());
  const FieldPlace moved[] = {
      {"customers", "name", "ord_1"},
      {"orders", "email", "ord_1"},
      {"orders", "name", "ord_2"},
      {"ordersn", "ame", "ord_1"},
  };
  for (const FieldPlace& place : moved) {
    const auto opened = made.key.open_field(place, sealed);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
  }
}

TEST_F(VaultTest, EveryFlippedBitOfAFieldIsRefused) {
  const auto made = must_open()->new_customer_key(customer("cus_a"), system_random());
  const FieldPlace place{"orders", "name", "ord_1"};
  const std::string sealed = made.key.seal_field(place, SecretText("Sari"), system_random());
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    std::string changed = sealed;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(made.key.open_field(place, changed).has_value()) << "bit " << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(made.key.open_field(place, sealed.substr(0, size)).has_value()) << size;
  }
}

TEST_F(VaultTest, EveryFlippedByteOfAWrappedKeyIsRefused) {
  const auto vault = must_open();
  const auto made = vault->new_customer_key(customer("cus_a"), system_random());
  for (std::size_t i = 0; i < made.wrapped.size(); ++i) {
    std::string changed = made.wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 0x40);
    const auto key = vault->unwrap(customer("cus_a"), changed);
    ASSERT_FALSE(key.has_value()) << i;
    EXPECT_EQ(key.error().code(), ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(vault->unwrap(customer("cus_a"), "").has_value());
}

TEST_F(VaultTest, EqualTextsSealDifferently) {
  const auto made = must_open()->new_customer_key(customer("cus_a"), system_random());
  const FieldPlace place{"orders", "name", "ord_1"};
  EXPECT_NE(made.key.seal_field(place, SecretText("Sari"), system_random()),
            made.key.seal_field(place, SecretText("Sari"), system_random()));
}

TEST_F(VaultTest, RefusesKeyFilesThatOthersCanRead) {
  must_open();
  for (const std::string name : {"root.key", "kek-1.wrapped"}) {
    chmod(path(name).c_str(), 0644);
    const auto opened = open();
    ASSERT_FALSE(opened.has_value()) << name;
    EXPECT_EQ(opened.error().code(), ErrorCode::kForbidden);
    EXPECT_NE(opened.error().message().find(name), std::string::npos) << opened.error().message();
    chmod(path(name).c_str(), 0600);
  }
  EXPECT_TRUE(open().has_value());
}

TEST_F(VaultTest, NamesTheDamagedKeyAndChangesNothing) {
  must_open();
  const auto intact = everything();
  struct Case {
    std::string file;
    std::string bytes;
    std::string named;
  };
  std::string flipped = intact.at("kek-1.wrapped");
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  const Case cases[] = {
      {"kek-1.wrapped", flipped, "kek-1.wrapped"},
      {"kek-1.wrapped", "", "kek-1.wrapped"},
      {"kek-1.wrapped", "\x02" + intact.at("kek-1.wrapped").substr(1), "kek-1.wrapped"},
      {"root.key", std::string(32, 'x'), "kek-1.wrapped"},
      {"root.key", "short", "root.key"},
      {"root.key", "", "root.key"},
  };
  for (const Case& c : cases) {
    overwrite(c.file, c.bytes);
    const auto damaged = everything();
    const auto opened = open();
    ASSERT_FALSE(opened.has_value()) << c.file;
    EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
    EXPECT_NE(opened.error().message().find(c.named), std::string::npos)
        << opened.error().message();
    EXPECT_EQ(everything(), damaged);
    overwrite(c.file, intact.at(c.file));
  }
  EXPECT_TRUE(open().has_value());
}

TEST_F(VaultTest, MissingKeysAreNeverReplaced) {
  must_open()->purpose_secret("derivation", 32).value();
  const auto intact = everything();
  for (const std::string name : {"root.key", "kek-1.wrapped"}) {
    std::filesystem::rename(path(name), path("../aside"));
    const auto left = everything();
    const auto opened = open();
    ASSERT_FALSE(opened.has_value()) << name;
    EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
    EXPECT_NE(opened.error().message().find("Nothing was changed"), std::string::npos);
    EXPECT_EQ(everything(), left);
    std::filesystem::rename(path("../aside"), path(name));
  }
  EXPECT_EQ(everything(), intact);
}

TEST_F(VaultTest, PurposeSecretsAreKept) {
  const auto vault = must_open();
  const std::string first = vault->purpose_secret("derivation", 32).value();
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(vault->purpose_secret("derivation", 32).value(), first);
  EXPECT_NE(vault->purpose_secret("snapshot-signing", 32).value(), first);
  EXPECT_EQ(must_open()->read_purpose_secret("derivation").value(), first);
  EXPECT_EQ(read("secret-derivation.wrapped").find(first), std::string::npos);

  ASSERT_TRUE(vault->keep_purpose_secret("derivation", "replaced").has_value());
  EXPECT_EQ(vault->read_purpose_secret("derivation").value(), "replaced");
}

TEST_F(VaultTest, PurposeSecretRefusals) {
  const auto vault = must_open();
  EXPECT_EQ(vault->read_purpose_secret("nothing").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(vault->purpose_secret("../x", 32).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(vault->purpose_secret("", 32).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(vault->read_purpose_secret("A").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(vault->keep_purpose_secret("big", std::string(33 * 1024, 'x')).error().code(),
            ErrorCode::kInvalidArgument);

  vault->purpose_secret("a", 32).value();
  EXPECT_EQ(vault->purpose_secret("a", 16).error().code(), ErrorCode::kCorrupt);
  overwrite("secret-b.wrapped", read("secret-a.wrapped"));
  chmod(path("secret-b.wrapped").c_str(), 0600);
  const auto moved = vault->read_purpose_secret("b");
  ASSERT_FALSE(moved.has_value());
  EXPECT_EQ(moved.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(moved.error().message().find("secret-b.wrapped"), std::string::npos);
  overwrite("secret-a.wrapped", "");
  EXPECT_EQ(vault->purpose_secret("a", 32).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(read("secret-a.wrapped"), "");
}

TEST(Secret, IsWipedWhenMovedFrom) {
  PersonName name("Sari Dewi");
  PersonName moved(std::move(name));
  EXPECT_EQ(moved.reveal(), "Sari Dewi");
  EXPECT_TRUE(name.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(moved.clone().reveal(), "Sari Dewi");
  std::string text = "x";
  wipe(text);
  EXPECT_TRUE(text.empty());
}

TEST_F(VaultTest, KeysChangeWhileOthersSealAndOpen) {
  const auto vault = must_open();
  ASSERT_TRUE(vault->purpose_secret("some-secret", 32).has_value());
  std::atomic<bool> stop = false;
  std::atomic<int> unreadable = 0;
  std::atomic<int> opened = 0;
  std::vector<std::thread> others;
  for (int number = 0; number < 2; ++number) {
    others.emplace_back([&, id = customer("cus_" + std::to_string(number))] {
      while (!stop) {
        const auto made = vault->new_customer_key(id, system_random());
        // As a row that is rewrapped before its KEK goes: until then the KEK cannot.
        const auto key = vault->unwrap(id, made.wrapped);
        const auto again = vault->rewrap(id, made.wrapped);
        unreadable += key.has_value() && again.has_value() ? 0 : 1;
        ++opened;
      }
    });
  }
  int destroyed = 0;
  for (std::uint32_t version = 1; version <= 20; ++version) {
    ASSERT_EQ(vault->rotate_kek().value(), version + 1);
    ASSERT_TRUE(vault->rewrap_secrets().has_value());
    for (int tries = 0; tries < 1'000; ++tries) {
      if (vault->destroy_kek(version, [] { return Status(); })) {
        ++destroyed;
        break;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }
  stop = true;
  for (std::thread& other : others) {
    other.join();
  }
  EXPECT_EQ(destroyed, 20);
  EXPECT_EQ(unreadable, 0);
  EXPECT_GT(opened, 20);
  EXPECT_EQ(vault->kek_versions(), std::vector<std::uint32_t>{21});
}

}  // namespace
}  // namespace dermaga::vault
