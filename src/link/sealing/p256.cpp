#include "sealing/p256.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <memory>

#include "digest/digest.h"

namespace dermaga::sealing {

namespace {

constexpr std::size_t kUncompressedBytes = 1 + 2 * kCoordinateBytes;

const EC_GROUP* group() {
  static const EC_GROUP* const group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  CHECK(group != nullptr);
  return group;
}

// What one multiplication needs; one per thread, so that nothing is allocated per box.
struct Scratch {
  Scratch()
      : context(BN_CTX_new()),
        point(EC_POINT_new(group())),
        product(EC_POINT_new(group())),
        scalar(BN_new()),
        x(BN_new()),
        y(BN_new()) {
    CHECK(context != nullptr && point != nullptr && product != nullptr);
    CHECK(scalar != nullptr && x != nullptr && y != nullptr);
    BN_set_flags(scalar, BN_FLG_CONSTTIME);
  }
  ~Scratch() {
    BN_clear_free(y);
    BN_clear_free(x);
    BN_clear_free(scalar);
    EC_POINT_clear_free(product);
    EC_POINT_clear_free(point);
    BN_CTX_free(context);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  BN_CTX* context;
  EC_POINT* point;
  EC_POINT* product;
  BIGNUM* scalar;
  BIGNUM* x;
  BIGNUM* y;
};

Scratch& scratch() {
  static thread_local Scratch scratch;
  return scratch;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// EC_POINT_oct2point refuses coordinates at or above the prime and points off the curve.
bool load_point(Scratch& s, const Point& point) {
  if (point.x.size() != kCoordinateBytes || point.y.size() != kCoordinateBytes) {
    return false;
  }
  std::string octets;
  octets.reserve(kUncompressedBytes);
  octets.push_back(POINT_CONVERSION_UNCOMPRESSED);
  octets += point.x;
  octets += point.y;
  return EC_POINT_oct2point(group(), s.point, bytes_of(octets), octets.size(), s.context) == 1;
}

void load_scalar(Scratch& s, std::string_view scalar) {
  CHECK(scalar.size() == kCoordinateBytes);
  CHECK(BN_bin2bn(bytes_of(scalar), static_cast<int>(scalar.size()), s.scalar) != nullptr);
}

std::string coordinate_bytes(const BIGNUM* number) {
  std::string bytes(kCoordinateBytes, '\0');
  CHECK(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), kCoordinateBytes) ==
        static_cast<int>(kCoordinateBytes));
  return bytes;
}

void append_u32(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

void append_sized(std::string& out, std::string_view bytes) {
  append_u32(out, bytes.size());
  out += bytes;
}

}  // namespace

bool is_on_curve(const Point& point) {
  return load_point(scratch(), point);
}

bool is_scalar(std::string_view scalar) {
  if (scalar.size() != kCoordinateBytes) {
    return false;
  }
  Scratch& s = scratch();
  load_scalar(s, scalar);
  const bool in_range = !BN_is_zero(s.scalar) && BN_cmp(s.scalar, EC_GROUP_get0_order(group())) < 0;
  BN_zero(s.scalar);
  return in_range;
}

Point public_point(std::string_view scalar) {
  Scratch& s = scratch();
  load_scalar(s, scalar);
  CHECK(EC_POINT_mul(group(), s.product, s.scalar, nullptr, nullptr, s.context) == 1);
  CHECK(EC_POINT_get_affine_coordinates(group(), s.product, s.x, s.y, s.context) == 1);
  BN_clear(s.scalar);
  return Point{coordinate_bytes(s.x), coordinate_bytes(s.y)};
}

Result<std::string> shared_secret(std::string_view scalar, const Point& point) {
  Scratch& s = scratch();
  if (!load_point(s, point)) {
    return make_error(ErrorCode::kInvalidArgument, "the point is not on P-256");
  }
  load_scalar(s, scalar);
  CHECK(EC_POINT_mul(group(), s.product, nullptr, s.point, s.scalar, s.context) == 1);
  // Never the point at infinity: the group has prime order and 1 ≤ scalar < order.
  CHECK(EC_POINT_get_affine_coordinates(group(), s.product, s.x, nullptr, s.context) == 1);
  std::string secret = coordinate_bytes(s.x);
  BN_clear(s.scalar);
  BN_clear(s.x);
  return secret;
}

std::string concat_kdf(std::string_view shared_secret, const KeyDerivation& derivation) {
  CHECK(derivation.key_bytes <= digest::kSha256Bytes);
  std::string input;
  input.reserve(128);
  append_u32(input, 1);  // the only round
  input += shared_secret;
  append_sized(input, derivation.algorithm);
  append_sized(input, derivation.party_u);
  append_sized(input, derivation.party_v);
  append_u32(input, derivation.key_bytes * 8);
  std::string key = digest::sha256(input);
  OPENSSL_cleanse(input.data(), input.size());
  OPENSSL_cleanse(key.data() + derivation.key_bytes, key.size() - derivation.key_bytes);
  key.resize(derivation.key_bytes);
  return key;
}

}  // namespace dermaga::sealing
