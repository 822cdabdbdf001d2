#pragma once

#include <cstddef>
#include <cstdint>

namespace dermaga::wire {

// Bounds of every field that crosses the link; enforced on parse, on both ends.
inline constexpr std::size_t kBatchOrdersMax = 1'000;
// Of one PlaceBatch as edges make them; well below what core takes (16 MiB).
inline constexpr std::size_t kBatchBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kIdempotencyKeyBytesMax = 255;
inline constexpr std::size_t kBodyHashBytes = 32;
inline constexpr std::int64_t kQuantityMax = 1'000'000;
inline constexpr std::size_t kWordBytesMax = 128;  // methods, coupons, codes, handles of rules
inline constexpr std::size_t kTokenBytesMax = 16 * 1024;  // quotes, receipts, access tokens
inline constexpr std::size_t kSealedBytesMax = 128 * 1024;
inline constexpr std::size_t kPemBytesMax = 64 * 1024;
inline constexpr std::size_t kKeySetBytesMax = 256 * 1024;
inline constexpr std::size_t kDetailBytesMax = 4 * 1024;
inline constexpr std::size_t kAssetBytesMax = 32 * 1024 * 1024;
inline constexpr std::size_t kSpoolIdBytesMax = 64;
inline constexpr std::size_t kLogIdBytes = 32;  // hexadecimal digits
inline constexpr std::int64_t kLeaseMsMax = 7 * 24 * 3'600'000LL;
inline constexpr std::int64_t kLeasedUnitsMax = 1'000'000'000'000;
inline constexpr std::size_t kPublicKeyBytes = 32;
inline constexpr std::size_t kHashBytes = 32;
inline constexpr std::size_t kNoteBytesMax = 16 * 1024;  // one checkpoint with its cosignatures
inline constexpr std::size_t kCosignatureBytesMax = 512;
inline constexpr std::size_t kProofHashesMax = 64;
inline constexpr std::size_t kVariantsMax = 2'000'000;  // in one capacity update

inline constexpr std::size_t kSnapshotBytesMax = 256 * 1024 * 1024;  // uncompressed
inline constexpr std::size_t kCatalogTextBytesMax = 1024 * 1024;
inline constexpr std::size_t kLocalesMax = 64;
inline constexpr std::size_t kRulesMax = 10'000;
inline constexpr std::size_t kCategoriesMax = 100'000;
inline constexpr std::size_t kProductsMax = 1'000'000;
inline constexpr std::size_t kProductPartsMax = 10'000;  // variants, images, tags, options of one

}  // namespace dermaga::wire
