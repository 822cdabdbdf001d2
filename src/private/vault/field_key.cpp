#include "aead.h"
#include "vault/vault.h"

namespace dermaga::vault {

namespace {

constexpr char kFieldVersion = 1;

std::string field_data(const FieldPlace& place) {
  return associated_data("dermaga.field.v1", {place.table, place.column, place.row});
}

}  // namespace

FieldKey::FieldKey(FieldKey&& other) noexcept : key_(other.key_) {
  wipe(other.key_);
}

FieldKey& FieldKey::operator=(FieldKey&& other) noexcept {
  if (this != &other) {
    wipe(key_);
    key_ = other.key_;
    wipe(other.key_);
  }
  return *this;
}

FieldKey::~FieldKey() {
  wipe(key_);
}

std::string FieldKey::seal_field(const FieldPlace& place, const SecretText& text,
                                 Random& random) const {
  return std::string(1, kFieldVersion) + aead_seal(key_, field_data(place), text.reveal(), random);
}

Result<SecretText> FieldKey::open_field(const FieldPlace& place, std::string_view sealed) const {
  const bool known = !sealed.empty() && sealed.front() == kFieldVersion;
  auto text = known ? aead_open(key_, field_data(place), sealed.substr(1)) : std::nullopt;
  if (!text.has_value()) {
    return make_error(ErrorCode::kCorrupt, "the sealed field " + std::string(place.table) + "." +
                                               std::string(place.column) + " of " +
                                               std::string(place.row) + " does not open");
  }
  return SecretText(*std::move(text));
}

}  // namespace dermaga::vault
