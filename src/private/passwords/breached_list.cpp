#include "passwords/breached_list.h"

#include <openssl/evp.h>

#include <string_view>
#include <utility>

#include "common_words.h"
#include "encoding/encoding.h"
#include "hash_file.h"

namespace dermaga::passwords {
namespace {

// SHA-1 is how the file names a password; nothing is kept safe by it.
std::string sha1_hex(std::string_view text) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), bytes, &size, EVP_sha1(), nullptr) == 1);
  std::string digits = encoding::hex({reinterpret_cast<const char*>(bytes), size});
  for (char& c : digits) {
    c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return digits;
}

}  // namespace

Result<BreachedList> BreachedList::open(const std::optional<std::string>& hibp_file) {
  if (!hibp_file.has_value()) {
    return BreachedList(nullptr);
  }
  ASSIGN_OR_RETURN(auto file, HashFile::open(*hibp_file));
  return BreachedList(std::move(file));
}

BreachedList::BreachedList(std::unique_ptr<const HashFile> file) : file_(std::move(file)) {}
BreachedList::BreachedList(BreachedList&&) noexcept = default;
BreachedList& BreachedList::operator=(BreachedList&&) noexcept = default;
BreachedList::~BreachedList() = default;

Result<bool> BreachedList::contains(const vault::Password& password) const {
  if (is_common(password.reveal())) {
    return true;
  }
  return file_ == nullptr ? Result<bool>(false) : file_->contains(sha1_hex(password.reveal()));
}

}  // namespace dermaga::passwords
