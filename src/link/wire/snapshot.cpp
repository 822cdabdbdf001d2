#include "wire/snapshot.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "catalog_proto.h"
#include "wire/limits.h"

namespace dermaga::wire {

namespace {

constexpr std::string_view kSignedPrefix = "dermaga.catalog.v1\n";
constexpr std::string_view kFileMagic = "dermaga.catalog1";
constexpr std::size_t kSignatureBytes = 64;

std::string signed_text(std::string_view bytes) {
  std::string text;
  text.reserve(kSignedPrefix.size() + bytes.size());
  text.append(kSignedPrefix).append(bytes);
  return text;
}

}  // namespace

contract::SignedSnapshot sign_snapshot(const contract::CatalogSnapshot& snapshot,
                                       const digest::SigningKey& key) {
  google::protobuf::Arena arena;
  auto* message = google::protobuf::Arena::CreateMessage<v1::CatalogSnapshot>(&arena);
  put_snapshot(snapshot, message);
  contract::SignedSnapshot out;
  CHECK(message->SerializeToString(&out.bytes));
  out.signature = key.sign(signed_text(out.bytes));
  return out;
}

Result<contract::CatalogSnapshot> open_snapshot(const contract::SignedSnapshot& snapshot,
                                                std::string_view public_key) {
  if (snapshot.bytes.size() > kSnapshotBytesMax) {
    return make_error(ErrorCode::kCorrupt, "catalog snapshot: larger than allowed");
  }
  if (!digest::verify_signature(public_key, signed_text(snapshot.bytes), snapshot.signature)) {
    return make_error(ErrorCode::kCorrupt, "catalog snapshot: the signature does not fit");
  }
  google::protobuf::Arena arena;
  auto* message = google::protobuf::Arena::CreateMessage<v1::CatalogSnapshot>(&arena);
  if (!message->ParseFromString(snapshot.bytes)) {
    return make_error(ErrorCode::kCorrupt, "catalog snapshot: not a CatalogSnapshot message");
  }
  Checker checker;
  contract::CatalogSnapshot out = read_snapshot(*message, checker);
  if (!checker.ok()) {
    return make_error(ErrorCode::kCorrupt,
                      "catalog snapshot: " + checker.status().error().message());
  }
  return out;
}

Result<std::uint64_t> peek_version(const contract::SignedSnapshot& snapshot) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(
      reinterpret_cast<const std::uint8_t*>(snapshot.bytes.data()),
      static_cast<int>(std::min(snapshot.bytes.size(), std::size_t{16})));
  // Our serialiser writes fields in the order of their numbers: the version comes first.
  std::uint64_t version = 0;
  const auto tag = WireFormatLite::MakeTag(v1::CatalogSnapshot::kVersionFieldNumber,
                                           WireFormatLite::WIRETYPE_VARINT);
  if (in.ReadTag() != tag || !in.ReadVarint64(&version) || version == 0) {
    return make_error(ErrorCode::kCorrupt, "catalog snapshot: no version");
  }
  return version;
}

std::string snapshot_to_file(const contract::SignedSnapshot& snapshot) {
  CHECK(snapshot.signature.size() == kSignatureBytes);
  std::string file;
  file.reserve(kFileMagic.size() + kSignatureBytes + snapshot.bytes.size());
  return file.append(kFileMagic).append(snapshot.signature).append(snapshot.bytes);
}

Result<contract::SignedSnapshot> snapshot_from_file(std::string_view file_bytes) {
  constexpr std::size_t kHeadBytes = kFileMagic.size() + kSignatureBytes;
  if (!file_bytes.starts_with(kFileMagic) || file_bytes.size() <= kHeadBytes) {
    return make_error(ErrorCode::kCorrupt, "not a catalog snapshot file");
  }
  if (file_bytes.size() - kHeadBytes > kSnapshotBytesMax) {
    return make_error(ErrorCode::kCorrupt, "catalog snapshot file: larger than allowed");
  }
  contract::SignedSnapshot snapshot;
  snapshot.signature = file_bytes.substr(kFileMagic.size(), kSignatureBytes);
  snapshot.bytes = file_bytes.substr(kHeadBytes);
  return snapshot;
}

}  // namespace dermaga::wire
