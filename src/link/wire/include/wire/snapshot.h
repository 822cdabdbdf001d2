#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "contract/catalog.h"
#include "digest/signature.h"
#include "result/result.h"

namespace dermaga::wire {

// Serialises and signs; parses only after the signature was checked (kCorrupt otherwise).
contract::SignedSnapshot sign_snapshot(const contract::CatalogSnapshot& snapshot,
                                       const digest::SigningKey& key);
Result<contract::CatalogSnapshot> open_snapshot(const contract::SignedSnapshot& snapshot,
                                                std::string_view public_key);

// The version alone, without parsing the rest and without looking at the signature.
Result<std::uint64_t> peek_version(const contract::SignedSnapshot& snapshot);

// One file: magic, signature, bytes. kCorrupt on anything else.
std::string snapshot_to_file(const contract::SignedSnapshot& snapshot);
Result<contract::SignedSnapshot> snapshot_from_file(std::string_view file_bytes);

}  // namespace dermaga::wire
