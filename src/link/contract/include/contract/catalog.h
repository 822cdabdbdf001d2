#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ids/ids.h"
#include "pricing/pricing.h"
#include "product/product.h"

namespace dermaga::contract {

struct ShippingMethod {
  std::string method;
  product::LocalizedText title;
};

// Everything an edge needs to sell, at one version. Core signs the serialised form.
struct CatalogSnapshot {
  std::uint64_t version = 0;  // grows by one at every published change
  std::string shop_id;
  std::string shop_name;
  std::vector<std::string> locales;  // first: default
  pricing::Rules rules;
  std::vector<ShippingMethod> shipping_methods;
  std::int64_t quote_minutes = 15;
  product::Assortment assortment;
};

// A signed message as it travels and as it lies on an edge's disk.
struct SignedSnapshot {
  std::string bytes;      // serialised CatalogSnapshot (link.proto)
  std::string signature;  // Ed25519 over "dermaga.catalog.v1\n" + bytes
};

// Stock as shoppers may see it, kept apart from the snapshot since it moves all the time.
enum class Availability { kInStock = 0, kLow = 1, kSoldOut = 2 };
struct AvailabilityChange {
  VariantId variant_id;
  Availability availability = Availability::kInStock;
};

struct CapacityUpdate {
  double orders_per_second = 0;  // what core takes now; 0: unknown
  bool complete = false;         // true: the list names every variant, forget the rest
  std::vector<AvailabilityChange> changes;
};

// Keys and key sets that core hands to every edge over the link; kept in memory and, sealed by file
// mode 0600, beside the snapshot so that an edge starts without core.
struct EdgeKeys {
  std::string derivation_key;      // 32 bytes: order ids, access tokens, receipts, quotes
  std::string sealing_keys_json;   // the JWK set as /store/v1/sealing-keys serves it (signed)
  std::string catalog_public_key;  // 32 bytes Ed25519, verifies snapshots and the JWK set
  std::string shopper_token_key;   // 32 bytes Ed25519, verifies shopper tokens; empty: none yet
  // What an edge witnesses; both empty: it has nothing to witness. Not kept on disk with the rest.
  std::string audit_origin;      // the audit log's name: "dermaga/audit/<shop id>"
  std::string audit_public_key;  // 32 bytes Ed25519, verifies its checkpoints
};

struct Asset {
  std::string sha256_hex;
  std::string content_type;
  std::string bytes;
};

}  // namespace dermaga::contract
