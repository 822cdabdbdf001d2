#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "aead.h"
#include "vault/vault.h"

namespace dermaga::vault {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSoftHsm = "/usr/lib/softhsm/libsofthsm2.so";
constexpr const char* kPin = "482915";
constexpr const char* kPassphrase = "satu dua tiga empat lima enam";

// Remembers everything of a key's size that it gave.
class RecordingRandom final : public Random {
 public:
  void fill(void* out, std::size_t size) override {
    system_random().fill(out, size);
    if (size == kKeyBytes) {
      keys.emplace_back(static_cast<const char*>(out), size);
    }
  }
  std::vector<std::string> keys;
};

void write(const std::string& path, std::string_view bytes, unsigned mode = 0600) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  ASSERT_EQ(chmod(path.c_str(), mode), 0);
}

std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) {
      continue;
    }
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    files[entry.path().string()] = text.str();
  }
  return files;
}

class RootKeyTest : public testing::Test {
 protected:
  RootKeyTest() {
    char pattern[] = "/tmp/dermaga-root-XXXXXX";
    base_ = mkdtemp(pattern);
    folder_ = base_ + "/data/private/keys";
    std::filesystem::create_directories(folder_);
    write(base_ + "/passphrase", std::string(kPassphrase) + "\n");
    write(base_ + "/pin", std::string(kPin) + "\n");
  }
  ~RootKeyTest() override { std::filesystem::remove_all(base_); }

  static RootOptions options(RootKind kind, const std::string& base) {
    return {.kind = kind,
            .passphrase_file = base + "/passphrase",
            .pkcs11_module = kSoftHsm,
            .pkcs11_token = "shop",
            .pkcs11_pin_file = base + "/pin",
            .apart_from = base + "/data"};
  }
  RootOptions options(RootKind kind) const { return options(kind, base_); }
  Result<std::unique_ptr<Vault>> open(const RootOptions& with) {
    return Vault::open(folder_, random_, with);
  }

  // An own store of SoftHSM with one token in it.
  void make_token(const std::string& store, const std::string& label = "shop") {
    std::filesystem::create_directories(base_ + "/" + store);
    use_store(store);
    write(base_ + "/" + store + ".conf",
          "directories.tokendir = " + base_ + "/" + store + "\nlog.level = ERROR\n");
    const std::string command = "softhsm2-util --init-token --free --label " + label +
                                " --so-pin 12345678 --pin " + kPin + " > /dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  void use_store(const std::string& store) const {
    setenv("SOFTHSM2_CONF", (base_ + "/" + store + ".conf").c_str(), 1);
  }
  // The files of the keys in a store.
  std::vector<std::filesystem::path> objects(const std::string& store) const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(base_ + "/" + store)) {
      if (entry.path().extension() == ".object" && entry.path().filename() != "token.object") {
        found.push_back(entry.path());
      }
    }
    return found;
  }

  // Nothing opens, the sentence says `words`, and no file is another one afterwards.
  void refuses(const RootOptions& with, ErrorCode code, std::string_view words) {
    const auto before = files_in(base_ + "/data");
    const auto opened = open(with);
    ASSERT_FALSE(opened.has_value()) << words;
    EXPECT_EQ(opened.error().code(), code) << opened.error().message();
    EXPECT_THAT(opened.error().message(), HasSubstr(words));
    EXPECT_THAT(opened.error().message(), Not(HasSubstr(kPin)));
    EXPECT_THAT(opened.error().message(), Not(HasSubstr("empat")));
    EXPECT_EQ(files_in(base_ + "/data"), before);
  }

  // Makes a shop's keys, opens them again, rotates, rewraps, destroys, opens once more.
  void lives(const RootOptions& with, std::string_view root_name) {
    const CustomerId customer = CustomerId::parse("cus_a").value();
    const auto vault = open(with);
    ASSERT_TRUE(vault.has_value()) << vault.error().message();
    const auto made = (*vault)->new_customer_key(customer, random_);
    const std::string secret = (*vault)->purpose_secret("derivation", 32).value();
    const auto kept = files_in(folder_);
    EXPECT_EQ(kept.size(), 3u);
    EXPECT_TRUE(kept.contains(folder_ + "/" + std::string(root_name)));
    for (const auto& [path, bytes] : kept) {
      struct stat status{};
      ASSERT_EQ(stat(path.c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777, 0600u) << path;
    }

    const auto again = open(with);
    ASSERT_TRUE(again.has_value()) << again.error().message();
    EXPECT_EQ(files_in(folder_), kept);
    EXPECT_TRUE((*again)->unwrap(customer, made.wrapped).has_value());
    ASSERT_EQ((*again)->rotate_kek().value(), 2u);
    const std::string rewrapped = (*again)->rewrap(customer, made.wrapped).value();
    EXPECT_EQ((*again)->rewrap_secrets().value(), 1);
    ASSERT_TRUE((*again)->destroy_kek(1, [] { return Status(); }).has_value());

    // The first one did not know the key that another made.
    EXPECT_TRUE((*vault)->unwrap(customer, rewrapped).has_value());
    const auto last = open(with);
    ASSERT_TRUE(last.has_value()) << last.error().message();
    EXPECT_EQ((*last)->kek_versions(), std::vector<std::uint32_t>{2});
    EXPECT_EQ((*last)->read_purpose_secret("derivation").value(), secret);
    EXPECT_TRUE((*last)->unwrap(customer, rewrapped).has_value());
  }
  // How many of the keys that were ever made lie in clear in the folder.
  int keys_in_clear() const {
    int found = 0;
    for (const auto& [path, bytes] : files_in(folder_)) {
      for (const std::string& key : random_.keys) {
        found += bytes.find(key) == bytes.npos ? 0 : 1;
      }
    }
    return found;
  }

  std::string base_;
  std::string folder_;
  RecordingRandom random_;
};

class Pkcs11RootTest : public RootKeyTest {
 protected:
  void SetUp() override {
    if (access(kSoftHsm, R_OK) != 0) {
      GTEST_SKIP() << "softhsm2 is not installed";
    }
    make_token("tokens");
  }
};

TEST(RootKind, HasOneNameEach) {
  for (const RootKind kind : {RootKind::kFile, RootKind::kPassphrase, RootKind::kPkcs11}) {
    EXPECT_EQ(root_kind(name(kind)), kind);
  }
  EXPECT_EQ(root_kind("token"), std::nullopt);
}

TEST_F(RootKeyTest, AFileLives) {
  lives(options(RootKind::kFile), "root.key");
  EXPECT_EQ(keys_in_clear(), 1) << "root.key itself: this is how the search is known to find";
}

TEST_F(RootKeyTest, APassphraseLives) {
  lives(options(RootKind::kPassphrase), "root.passphrase");
  EXPECT_EQ(keys_in_clear(), 0);
}

// docs/reference/key-files.md, from the bytes alone.
TEST_F(RootKeyTest, APassphraseOpensByTheFormatAlone) {
  ASSERT_TRUE(open(options(RootKind::kPassphrase)).has_value());
  const auto files = files_in(folder_);
  const std::string& root = files.at(folder_ + "/root.passphrase");
  const std::string& kek = files.at(folder_ + "/kek-1.wrapped");
  ASSERT_EQ(root.size(), 65u);
  EXPECT_EQ(root.substr(0, 9), std::string("\x01\0\0\0\x03\0\x04\0\0", 9));
  std::string key(kKeyBytes, '\0');
  const std::string salt = root.substr(9, 16);
  ASSERT_EQ(crypto_pwhash(reinterpret_cast<unsigned char*>(key.data()), key.size(), kPassphrase,
                          std::string_view(kPassphrase).size(),
                          reinterpret_cast<const unsigned char*>(salt.data()), 3,
                          std::size_t{256} << 20, crypto_pwhash_ALG_ARGON2ID13),
            0);
  EXPECT_EQ(aead_open(key, associated_data("dermaga.root-passphrase.v1", {root.substr(0, 25)}),
                      std::string_view(root).substr(25)),
            "");
  EXPECT_EQ(aead_open(key, associated_data("dermaga.kek.v1", {u32_bytes(1)}),
                      std::string_view(kek).substr(1))
                .value_or(""),
            random_.keys.front());
  for (const auto& [path, bytes] : files) {
    EXPECT_EQ(bytes.find(key), bytes.npos) << path;
    EXPECT_EQ(bytes.find("empat"), bytes.npos) << path;
  }
}

TEST_F(RootKeyTest, AWrongPassphraseOpensNothing) {
  const RootOptions with = options(RootKind::kPassphrase);
  ASSERT_TRUE(open(with).has_value());
  const auto vault = open(with);
  write(with.passphrase_file, "satu dua tiga empat lima tujuh");
  refuses(with, ErrorCode::kForbidden, "is not the one that this shop's keys were made with");
  EXPECT_EQ((*vault)->rotate_kek().error().code(), ErrorCode::kForbidden);
  std::filesystem::remove(with.passphrase_file);
  refuses(with, ErrorCode::kNotFound, "the passphrase of the root key: ");
  write(with.passphrase_file, kPassphrase);
  EXPECT_TRUE(open(with).has_value()) << "with or without a line's end";
}

TEST_F(RootKeyTest, APassphraseLiesElsewhereAndIsNotReadByOthers) {
  RootOptions with = options(RootKind::kPassphrase);
  write(with.passphrase_file, kPassphrase, 0640);
  refuses(with, ErrorCode::kForbidden, "chmod 600");
  write(with.passphrase_file, "");
  refuses(with, ErrorCode::kInvalidArgument, "is empty");
  write(with.passphrase_file, "empat\n");
  refuses(with, ErrorCode::kInvalidArgument, "fewer than 12 bytes");
  write(with.passphrase_file, std::string(2000, 'x'));
  refuses(with, ErrorCode::kInvalidArgument, "larger than");
  with.passphrase_file = "passphrase";
  refuses(with, ErrorCode::kInvalidArgument, "absolute path");

  write(base_ + "/data/private/passphrase", kPassphrase);
  std::filesystem::create_directory_symlink(base_ + "/data/private", base_ + "/link");
  for (const char* inside :
       {"/data/private/passphrase", "/data/../data/private/passphrase", "/link/passphrase"}) {
    with.passphrase_file = base_ + inside;
    refuses(with, ErrorCode::kInvalidArgument, "a copy of the folder would hold");
  }
  // A folder whose name only begins alike is another one.
  std::filesystem::create_directories(base_ + "/data-2");
  with.passphrase_file = base_ + "/data-2/passphrase";
  write(with.passphrase_file, kPassphrase);
  EXPECT_TRUE(open(with).has_value());
}

TEST_F(RootKeyTest, ADamagedPassphraseFileIsNamed) {
  const RootOptions with = options(RootKind::kPassphrase);
  ASSERT_TRUE(open(with).has_value());
  const std::string path = folder_ + "/root.passphrase";
  const std::string intact = files_in(folder_).at(path);
  const std::string wasteful = std::string("\x01\0\0\0\x03\x7f\0\0\0", 9) + intact.substr(9);
  const std::string cheap = std::string("\x01\0\0\0\x01\0\0\0\x08", 9) + intact.substr(9);
  for (const std::string& bytes :
       {std::string(), intact.substr(1), "\x02" + intact.substr(1), wasteful, cheap}) {
    write(path, bytes);
    refuses(with, ErrorCode::kCorrupt, "root.passphrase is damaged");
  }
  std::string flipped = intact;
  flipped[12] = static_cast<char>(flipped[12] ^ 1);
  write(path, flipped);
  refuses(with, ErrorCode::kForbidden, "root.passphrase is damaged");
  write(path, intact, 0644);
  refuses(with, ErrorCode::kForbidden, "chmod 600");
  std::filesystem::remove(path);
  refuses(with, ErrorCode::kCorrupt, "root.passphrase is missing while wrapped keys are there");
  write(path, intact);
  EXPECT_TRUE(open(with).has_value());
}

TEST_F(RootKeyTest, AnotherRootThanTheFoldersIsRefused) {
  ASSERT_TRUE(open(options(RootKind::kPassphrase)).has_value());
  refuses(options(RootKind::kFile), ErrorCode::kInvalidArgument,
          "was made with the root key of root.passphrase");
  refuses(options(RootKind::kPkcs11), ErrorCode::kInvalidArgument,
          "say [keys] root = \"passphrase\"");
  EXPECT_EQ(root_of(folder_).value(), RootKind::kPassphrase);
  write(folder_ + "/root.key", std::string(32, 'x'));
  refuses(options(RootKind::kFile), ErrorCode::kCorrupt, "holds both root.key and root.passphrase");
  std::filesystem::remove_all(folder_);
  EXPECT_EQ(root_of(folder_).value(), std::nullopt);
  ASSERT_TRUE(open(options(RootKind::kFile)).has_value());
  refuses(options(RootKind::kPassphrase), ErrorCode::kInvalidArgument, "root.key");
}

TEST_F(RootKeyTest, ALibraryThatIsNoneIsRefused) {
  RootOptions with = options(RootKind::kPkcs11);
  with.pkcs11_module = base_ + "/nothing.so";
  refuses(with, ErrorCode::kUnavailable, "nothing.so");
  with.pkcs11_module = "libsodium.so.23";
  refuses(with, ErrorCode::kInvalidArgument, "is not a PKCS#11 library");
}

TEST_F(Pkcs11RootTest, Lives) {
  lives(options(RootKind::kPkcs11), "root.pkcs11");
  EXPECT_EQ(keys_in_clear(), 0);
  EXPECT_EQ(objects("tokens").size(), 1u);
  for (const auto& [path, bytes] : files_in(folder_)) {
    EXPECT_EQ(bytes.find(kPin), bytes.npos) << path;
  }
  const auto files = files_in(folder_);
  const std::string& kek = files.at(folder_ + "/kek-2.wrapped");
  EXPECT_EQ(kek.size(), 1u + 12 + 32 + 16);
  EXPECT_EQ(kek.front(), 2);
  EXPECT_EQ(files.at(folder_ + "/root.pkcs11").substr(17), "shop");
}

TEST_F(Pkcs11RootTest, TheRootMovesAllTheWayRound) {
  const CustomerId customer = CustomerId::parse("cus_a").value();
  auto vault = open(options(RootKind::kFile)).value();
  const auto made = vault->new_customer_key(customer, random_);
  ASSERT_EQ(vault->rotate_kek().value(), 2u);
  std::uint32_t version = 2;
  for (const RootKind to : {RootKind::kPassphrase, RootKind::kPkcs11, RootKind::kPkcs11,
                            RootKind::kFile, RootKind::kFile}) {
    const auto before = files_in(folder_);
    const auto moved = vault->move_root(options(to));
    ASSERT_TRUE(moved.has_value()) << moved.error().message();
    const auto after = files_in(folder_);
    EXPECT_EQ(after.size(), before.size()) << "only the new root and the KEKs";
    EXPECT_TRUE(after.contains(folder_ + "/" + std::string(root_file(to))));
    for (const auto& [path, bytes] : after) {
      EXPECT_TRUE(!before.contains(path) || before.at(path) != bytes) << path;
      struct stat status{};
      ASSERT_EQ(stat(path.c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777, 0600u) << path;
    }
    EXPECT_EQ(vault->rotate_kek().value(), ++version) << "under the new root without a restart";
    vault = open(options(to)).value();
    EXPECT_EQ(vault->kek_versions().size(), version);
    EXPECT_TRUE(vault->unwrap(customer, made.wrapped).has_value());
  }
}

TEST_F(Pkcs11RootTest, AMoveThatFailsChangesNothing) {
  auto vault = open(options(RootKind::kFile)).value();
  const auto before = files_in(folder_);
  RootOptions wrong = options(RootKind::kPkcs11);
  write(wrong.pkcs11_pin_file, "000000");
  EXPECT_EQ(vault->move_root(wrong).error().code(), ErrorCode::kForbidden);
  wrong.pkcs11_pin_file.clear();
  EXPECT_EQ(vault->move_root(wrong).error().code(), ErrorCode::kInvalidArgument);
  wrong.pkcs11_token.clear();
  EXPECT_EQ(vault->move_root(wrong).error().code(), ErrorCode::kInvalidArgument);
  wrong = options(RootKind::kPassphrase);
  wrong.passphrase_file.clear();
  EXPECT_EQ(vault->move_root(wrong).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(files_in(folder_), before);
  EXPECT_EQ(vault->rotate_kek().value(), 2u);
  EXPECT_TRUE(open(options(RootKind::kFile)).has_value());
}

// Every state that a crash can leave: the files of a whole move are taken apart and put together
// as they lie after each step.
TEST_F(Pkcs11RootTest, AMoveStoppedAnywhereOpensUnderOneRoot) {
  const CustomerId customer = CustomerId::parse("cus_a").value();
  auto vault = open(options(RootKind::kFile)).value();
  const auto made = vault->new_customer_key(customer, random_);
  ASSERT_EQ(vault->rotate_kek().value(), 2u);
  const auto old = files_in(folder_);
  ASSERT_TRUE(vault->move_root(options(RootKind::kPkcs11)).has_value());
  const auto moved = files_in(folder_);

  const auto lay = [&](const std::map<std::string, std::string>& files) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    for (const auto& [path, bytes] : files) {
      write(path, bytes);
    }
  };
  auto files = old;
  // Not decided: the old root opens, and the new one does not.
  for (const auto& [path, bytes] : moved) {
    files[path + ".staged"] = bytes;
    lay(files);
    refuses(options(RootKind::kPkcs11), ErrorCode::kInvalidArgument, "root.key");
    const auto opened = open(options(RootKind::kFile));
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    EXPECT_TRUE((*opened)->unwrap(customer, made.wrapped).has_value());
  }
  const auto staged = files;
  {
    const auto opened = open(options(RootKind::kFile)).value();
    ASSERT_TRUE(opened->move_root(options(RootKind::kPassphrase)).has_value());
    EXPECT_EQ(files_in(folder_).size(), old.size()) << "what was staged before is gone";
    EXPECT_TRUE(open(options(RootKind::kPassphrase)).has_value());
  }
  // Decided: only the new one opens, and it tidies up.
  files = staged;
  files[folder_ + "/root.move"] = "pkcs11";
  std::vector<std::map<std::string, std::string>> states = {files};
  for (const auto& [path, bytes] : moved) {
    files.erase(path + ".staged");
    files[path] = bytes;
    states.push_back(files);
  }
  files.erase(folder_ + "/root.key");
  states.push_back(files);
  for (const auto& state : states) {
    lay(state);
    EXPECT_EQ(root_of(folder_).value(), RootKind::kPkcs11);
    const auto wrong = open(options(RootKind::kFile));
    ASSERT_FALSE(wrong.has_value());
    EXPECT_THAT(wrong.error().message(), HasSubstr("say [keys] root = \"pkcs11\""));
    lay(state);
    const auto opened = open(options(RootKind::kPkcs11));
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    EXPECT_TRUE((*opened)->unwrap(customer, made.wrapped).has_value());
    EXPECT_EQ(files_in(folder_), moved);
  }
}

TEST_F(RootKeyTest, ADamagedDecisionIsNamed) {
  ASSERT_TRUE(open(options(RootKind::kFile)).has_value());
  write(folder_ + "/root.move", "token");
  refuses(options(RootKind::kFile), ErrorCode::kCorrupt, "root.move is damaged");
}

// A decided move that another process has still to finish.
TEST_F(RootKeyTest, NoKekIsMadeBetweenTwoRoots) {
  const auto vault = open(options(RootKind::kFile)).value();
  write(folder_ + "/root.move", "passphrase");
  EXPECT_EQ(vault->rotate_kek().error().code(), ErrorCode::kVersionConflict);
  EXPECT_EQ(vault->move_root(options(RootKind::kFile)).error().code(), ErrorCode::kVersionConflict);
  // Where the new root is not there after all, the old one is not removed.
  refuses(options(RootKind::kPassphrase), ErrorCode::kCorrupt, "root.passphrase is missing");
}

TEST_F(RootKeyTest, ADestroyedKekDoesNotStayStaged) {
  const auto vault = open(options(RootKind::kFile)).value();
  ASSERT_EQ(vault->rotate_kek().value(), 2u);
  write(folder_ + "/kek-1.wrapped.staged", "as a move that was killed left it");
  write(folder_ + "/root.move", "passphrase");
  const auto none_needs_it = [] { return Status(); };
  EXPECT_EQ(vault->destroy_kek(1, none_needs_it).error().code(), ErrorCode::kVersionConflict);
  std::filesystem::remove(folder_ + "/root.move");
  ASSERT_TRUE(vault->destroy_kek(1, none_needs_it).has_value());
  EXPECT_EQ(files_in(folder_).size(), 2u);
}

// Asked as any program with the PIN could ask.
TEST_F(Pkcs11RootTest, TheKeyDoesNotLeaveTheToken) {
  ASSERT_TRUE(open(options(RootKind::kPkcs11)).has_value());
  void* library = dlopen(kSoftHsm, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  CK_FUNCTION_LIST* token = nullptr;
  ASSERT_EQ(reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"))(&token),
            CKR_OK);
  ASSERT_EQ(token->C_Initialize(nullptr), CKR_OK) << "it was ended after use";
  CK_SLOT_ID slots[8] = {};
  CK_ULONG count = 8;
  CK_SESSION_HANDLE session = 0;
  CK_OBJECT_HANDLE key = 0;
  std::string pin = kPin;
  ASSERT_EQ(token->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
  ASSERT_EQ(token->C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                 &session),
            CKR_OK);
  ASSERT_EQ(token->C_Login(session, CKU_USER, reinterpret_cast<CK_BYTE*>(pin.data()), pin.size()),
            CKR_OK);
  ASSERT_EQ(token->C_FindObjectsInit(session, nullptr, 0), CKR_OK);
  ASSERT_EQ(token->C_FindObjects(session, &key, 1, &count), CKR_OK);
  ASSERT_EQ(count, 1u);
  CK_BYTE value[64] = {};
  CK_ATTRIBUTE asked{CKA_VALUE, value, sizeof value};
  EXPECT_EQ(token->C_GetAttributeValue(session, key, &asked, 1), CKR_ATTRIBUTE_SENSITIVE);
  CK_BBOOL yes = CK_TRUE;
  CK_ATTRIBUTE wanted{CKA_EXTRACTABLE, &yes, sizeof yes};
  EXPECT_NE(token->C_SetAttributeValue(session, key, &wanted, 1), CKR_OK);
  EXPECT_EQ(token->C_Finalize(nullptr), CKR_OK);
}

TEST_F(Pkcs11RootTest, AWrongPinOpensNothing) {
  const RootOptions with = options(RootKind::kPkcs11);
  write(with.pkcs11_pin_file, "000000");
  refuses(with, ErrorCode::kForbidden, "CKR_PIN_INCORRECT");
  EXPECT_TRUE(objects("tokens").empty());
  write(with.pkcs11_pin_file, kPin);
  ASSERT_TRUE(open(with).has_value());
  write(with.pkcs11_pin_file, "000000");
  refuses(with, ErrorCode::kForbidden, "refuses the PIN in " + with.pkcs11_pin_file);
  write(with.pkcs11_pin_file, kPin, 0644);
  refuses(with, ErrorCode::kForbidden, "chmod 600");
  RootOptions inside = with;
  inside.pkcs11_pin_file = base_ + "/data/pin";
  write(inside.pkcs11_pin_file, kPin);
  refuses(inside, ErrorCode::kInvalidArgument, "a copy of the folder would hold the PIN");
}

TEST_F(Pkcs11RootTest, WithoutItsTokenTheFolderOpensNothing) {
  const RootOptions with = options(RootKind::kPkcs11);
  const auto vault = open(with).value();
  make_token("empty", "another");
  refuses(with, ErrorCode::kUnavailable, "sees no token labelled \"shop\"");
  EXPECT_EQ(vault->rotate_kek().error().code(), ErrorCode::kUnavailable);
  EXPECT_TRUE(vault->purpose_secret("while-it-is-away", 32).has_value()) << "KEKs are in memory";

  make_token("others");  // of the same label, with the same PIN
  refuses(with, ErrorCode::kCorrupt, "holds no key dermaga-root with the id ");
  make_token("others");
  refuses(with, ErrorCode::kInvalidArgument, "sees two tokens labelled \"shop\"");

  RootOptions renamed = with;
  renamed.pkcs11_token = "another";
  use_store("empty");
  refuses(renamed, ErrorCode::kInvalidArgument, "is in the token \"shop\"");
  use_store("tokens");
  EXPECT_TRUE(open(with).has_value());
  EXPECT_EQ(vault->rotate_kek().value(), 2u);
}

TEST_F(Pkcs11RootTest, ADeletedOrDamagedKeyIsNamed) {
  const RootOptions with = options(RootKind::kPkcs11);
  ASSERT_TRUE(open(with).has_value());
  const std::string kek_file = folder_ + "/kek-1.wrapped";
  const std::string root_file = folder_ + "/root.pkcs11";
  const auto intact = files_in(folder_);
  const std::string& kek = intact.at(kek_file);
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, std::size_t{20}, kek.size() - 1}) {
    std::string flipped = kek;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    write(kek_file, flipped);
    refuses(with, ErrorCode::kCorrupt, "kek-1.wrapped does not open under the root key");
  }
  write(kek_file, kek.substr(0, 20));
  refuses(with, ErrorCode::kCorrupt, "cut short");
  write(kek_file, kek);
  write(folder_ + "/kek-2.wrapped", kek);  // under another number
  refuses(with, ErrorCode::kCorrupt, "kek-2.wrapped does not open under the root key");
  std::filesystem::remove(folder_ + "/kek-2.wrapped");
  for (const std::string& bytes : {std::string(), "\x02" + intact.at(root_file).substr(1),
                                   intact.at(root_file).substr(0, 17)}) {
    write(root_file, bytes);
    refuses(with, ErrorCode::kCorrupt, "root.pkcs11 is damaged");
  }
  write(root_file, intact.at(root_file));
  EXPECT_TRUE(open(with).has_value());

  for (const auto& object : objects("tokens")) {
    std::filesystem::remove(object);
  }
  refuses(with, ErrorCode::kCorrupt, "restore the token from its backup");
}

// Killed between any two steps of the first start.
TEST_F(Pkcs11RootTest, AFirstStartThatWasInterruptedGoesOn) {
  const RootOptions with = options(RootKind::kPkcs11);
  ASSERT_TRUE(open(with).has_value());
  const std::string root = files_in(folder_).at(folder_ + "/root.pkcs11");
  std::filesystem::remove(folder_ + "/kek-1.wrapped");
  ASSERT_TRUE(open(with).has_value()) << "the key was there, no KEK";
  EXPECT_EQ(objects("tokens").size(), 1u);
  std::filesystem::remove(folder_ + "/kek-1.wrapped");
  std::filesystem::remove(objects("tokens").front());
  ASSERT_TRUE(open(with).has_value()) << "neither key nor KEK";
  EXPECT_EQ(files_in(folder_).at(folder_ + "/root.pkcs11"), root);
}

TEST_F(Pkcs11RootTest, OneTokenServesTwoShops) {
  const RootOptions with = options(RootKind::kPkcs11);
  const auto first = open(with);
  const auto second = Vault::open(base_ + "/data/second", random_, with);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(objects("tokens").size(), 2u);
  EXPECT_EQ((*second)->rotate_kek().value(), 2u);
  EXPECT_EQ((*first)->rotate_kek().value(), 2u);
  EXPECT_TRUE(open(with).has_value());
}

}  // namespace
}  // namespace dermaga::vault
