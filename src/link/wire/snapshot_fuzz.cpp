#include <cstdint>

#include "wire/snapshot.h"

// The file form as found on disk; then the bytes signed, so that the parser behind the signature is
// reached too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dermaga;
  static const auto key = digest::SigningKey::generate();
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto snapshot = wire::snapshot_from_file(bytes); snapshot.has_value()) {
    CHECK(wire::snapshot_to_file(*snapshot) == bytes);
    CHECK(!wire::open_snapshot(*snapshot, key.public_key()).has_value());
  }
  contract::SignedSnapshot own{.bytes = bytes,
                               .signature = key.sign("dermaga.catalog.v1\n" + bytes)};
  (void)wire::peek_version(own);
  if (const auto opened = wire::open_snapshot(own, key.public_key()); opened.has_value()) {
    CHECK(wire::open_snapshot(wire::sign_snapshot(*opened, key), key.public_key()).has_value());
  }
  return 0;
}
