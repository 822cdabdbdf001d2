#include <cstdint>
#include <string>

#include "signed_note/signed_note.h"

// Anything may stand where a note or a signature line should; a note that takes a signature must
// still be one afterwards.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dermaga;
  static const auto key = digest::SigningKey::from_seed(std::string(32, 's')).value();
  static const signed_note::Checkpoint checkpoint{
      .origin = "log", .size = 7, .root = std::string(32, 'r')};
  static const std::string note = signed_note::sign(checkpoint, key);
  const signed_note::Signer witness{.origin = "edge", .public_key = key.public_key()};
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)signed_note::open(bytes, "log", key.public_key());
  (void)signed_note::signer_names(bytes);
  (void)signed_note::add_cosignature(bytes, signed_note::cosignature(checkpoint, "edge", key),
                                     witness);
  const auto added = signed_note::add_cosignature(note, bytes, witness);
  CHECK(!added.has_value() ||
        signed_note::open(*added, "edge", key.public_key()).value() == checkpoint);
  return 0;
}
