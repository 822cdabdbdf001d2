#include "arena_message.h"
#include "checker.h"
#include "wire/limits.h"
#include "wire/messages.h"

namespace dermaga::wire {

std::string encode(const contract::WitnessRequest& message) {
  OnArena<v1::WitnessRequest> proto;
  proto->set_size(message.size);
  proto->set_cosignature(message.cosignature);
  proto->set_witness_name(message.witness_name);
  proto->set_public_key(message.public_key);
  return proto.bytes();
}

template <>
Result<contract::WitnessRequest> decode(std::string_view bytes) {
  return parse<contract::WitnessRequest, v1::WitnessRequest>(
      bytes, [](const auto& in, Checker& checker) {
        // Sizes are signed where they are stored.
        checker.require(in.size() <= INT64_MAX, "size", "out of range");
        checker.require((in.size() == 0) == in.cosignature().empty(), "cosignature",
                        "there without a size, or the size without it");
        return contract::WitnessRequest{
            .size = in.size(),
            .cosignature = checker.text("cosignature", in.cosignature(), kCosignatureBytesMax),
            .witness_name = checker.text("witness_name", in.witness_name(), kWordBytesMax, 1),
            .public_key =
                checker.text("public_key", in.public_key(), kPublicKeyBytes, kPublicKeyBytes)};
      });
}

std::string encode(const contract::WitnessAnswer& message) {
  OnArena<v1::WitnessAnswer> proto;
  proto->set_note(message.note);
  for (const std::string& hash : message.proof) {
    proto->add_proof(hash);
  }
  return proto.bytes();
}

template <>
Result<contract::WitnessAnswer> decode(std::string_view bytes) {
  return parse<contract::WitnessAnswer, v1::WitnessAnswer>(
      bytes, [](const auto& in, Checker& checker) {
        contract::WitnessAnswer answer{.note = checker.text("note", in.note(), kNoteBytesMax),
                                       .proof = {}};
        checker.count("proof", in.proof_size(), 0, kProofHashesMax);
        for (int i = 0; i < in.proof_size() && checker.ok(); ++i) {
          answer.proof.push_back(checker.text("proof", in.proof(i), kHashBytes, kHashBytes));
        }
        return answer;
      });
}

}  // namespace dermaga::wire
