#include "order_box/keyring.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "json/reader.h"
#include "json/writer.h"
#include "sealing/jwe.h"
#include "sealing/key_set.h"
#include "unsealing/unsealing.h"

namespace dermaga::order_box {

namespace {

constexpr std::string_view kPurpose = "sealing-keys";
constexpr std::size_t kJwkBytesMax = 1024;
constexpr std::int64_t kUnixMsMax = 253'402'300'799'999;  // end of the year 9999

struct Key {
  std::shared_ptr<const unsealing::Opener> opener;
  UtcTime retired_at{};  // epoch: still current
};

// {"v":1,"keys":[{"jwk":"…","retired_ms":0},…]}, the current key first.
std::string write_keys(const std::vector<Key>& keys) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("v", std::int64_t{1});
  writer.key("keys");
  writer.array();
  for (const Key& key : keys) {
    std::string jwk = key.opener->to_private_jwk_json();
    writer.object();
    writer.field("jwk", jwk);
    writer.field("retired_ms", to_unix_ms(key.retired_at));
    writer.end_object();
    vault::wipe(jwk);
  }
  writer.end_array();
  writer.end_object();
  return json;
}

Result<Key> read_key(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(std::string jwk, reader.string("jwk", kJwkBytesMax));
  auto opener = unsealing::Opener::from_jwk_json(jwk);
  vault::wipe(jwk);
  if (!opener.has_value()) {
    return std::unexpected(std::move(opener).error());
  }
  ASSIGN_OR_RETURN(const auto retired_ms, reader.integer("retired_ms", 0, kUnixMsMax));
  RETURN_IF_ERROR(reader.finish());
  return Key{std::make_shared<const unsealing::Opener>(*std::move(opener)),
             from_unix_ms(retired_ms)};
}

Result<std::vector<Key>> read_keys(std::string_view json) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(json));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  RETURN_IF_ERROR(reader.integer("v", 1, 1));
  ASSIGN_OR_RETURN(const auto list, reader.required("keys"));
  RETURN_IF_ERROR(reader.finish());
  ASSIGN_OR_RETURN(const auto items, list.as_array(SealingKeyring::kKeysMax));
  std::vector<Key> keys;
  for (const json::Value& item : items) {
    ASSIGN_OR_RETURN(Key key, read_key(item));
    keys.push_back(std::move(key));
  }
  if (keys.empty()) {
    return make_error(ErrorCode::kCorrupt, "there is no key");
  }
  return keys;
}

Result<Key> new_key() {
  ASSIGN_OR_RETURN(unsealing::Opener opener, unsealing::Opener::generate());
  return Key{std::make_shared<const unsealing::Opener>(std::move(opener)), UtcTime{}};
}

Status keep(vault::Vault& vault, const std::vector<Key>& keys) {
  std::string json = write_keys(keys);
  Status kept = vault.keep_purpose_secret(kPurpose, json);
  vault::wipe(json);
  return kept;
}

// Reads what the vault keeps; a first start makes the first key.
Result<std::vector<Key>> load(vault::Vault& vault) {
  auto kept = vault.read_purpose_secret(kPurpose);
  if (kept.has_value()) {
    auto keys = read_keys(*kept);
    vault::wipe(*kept);
    if (!keys.has_value()) {
      return make_error(ErrorCode::kCorrupt,
                        "the kept sealing keys are broken: " + keys.error().message() +
                            "; restore the keys folder from its backup");
    }
    return keys;
  }
  if (kept.error().code() != ErrorCode::kNotFound) {
    return std::unexpected(std::move(kept).error());
  }
  std::vector<Key> keys;
  ASSIGN_OR_RETURN(Key first, new_key());
  keys.push_back(std::move(first));
  RETURN_IF_ERROR(keep(vault, keys));
  return keys;
}

}  // namespace

struct SealingKeyring::Impl {
  struct State {
    std::vector<Key> keys;  // the current one first
    std::string public_set_json;
  };

  vault::Vault* vault = nullptr;
  const digest::SigningKey* signer = nullptr;
  const Clock* clock = nullptr;
  std::mutex rotation_mutex;
  mutable std::mutex state_mutex;
  std::shared_ptr<const State> state_;

  std::shared_ptr<const State> state() const {
    const std::lock_guard lock(state_mutex);
    return state_;
  }
  void publish(std::vector<Key> keys) {
    std::vector<sealing::PublicKey> public_keys;
    for (const Key& key : keys) {
      public_keys.push_back(key.opener->public_key());
    }
    auto next = std::make_shared<State>();
    next->keys = std::move(keys);
    next->public_set_json = sealing::write_key_set(
        public_keys, [this](std::string_view text) { return signer->sign(text); });
    const std::lock_guard lock(state_mutex);
    state_ = std::move(next);
  }
};

SealingKeyring::SealingKeyring(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SealingKeyring::~SealingKeyring() = default;

Result<std::unique_ptr<SealingKeyring>> SealingKeyring::open(vault::Vault& vault,
                                                             const digest::SigningKey& signer,
                                                             const Clock& clock) {
  ASSIGN_OR_RETURN(std::vector<Key> keys, load(vault));
  auto impl = std::make_unique<Impl>();
  impl->vault = &vault;
  impl->signer = &signer;
  impl->clock = &clock;
  impl->publish(std::move(keys));
  return std::unique_ptr<SealingKeyring>(new SealingKeyring(std::move(impl)));
}

std::string SealingKeyring::public_set_json() const {
  return impl_->state()->public_set_json;
}

Status SealingKeyring::rotate() {
  const std::lock_guard lock(impl_->rotation_mutex);
  const UtcTime now = impl_->clock->now();
  std::vector<Key> keys = impl_->state()->keys;
  keys.front().retired_at = now;
  std::erase_if(keys, [now](const Key& key) { return key.retired_at + kRetiredLifetime < now; });
  if (keys.size() >= kKeysMax) {
    return make_error(ErrorCode::kOverloaded,
                      "every one of the earlier sealing keys may still be in use: the oldest is "
                      "forgotten 4 days after it was retired");
  }
  ASSIGN_OR_RETURN(Key next, new_key());
  keys.insert(keys.begin(), std::move(next));
  RETURN_IF_ERROR(keep(*impl_->vault, keys));
  impl_->publish(std::move(keys));
  return {};
}

Result<std::string> SealingKeyring::open_box(std::string_view compact_jwe) const {
  ASSIGN_OR_RETURN(sealing::Box box, sealing::take_apart(compact_jwe));
  const auto state = impl_->state();
  const auto key = std::find_if(state->keys.begin(), state->keys.end(), [&box](const Key& k) {
    return box.kid.empty() || k.opener->public_key().kid == box.kid;
  });
  if (key == state->keys.end()) {
    return make_error(ErrorCode::kInvalidArgument, "box_unknown_key");
  }
  return key->opener->open(std::move(box));
}

}  // namespace dermaga::order_box
