#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga {

// A record's identity as the API shows it: "<prefix>_" and 1 to 40 characters of [0-9a-z].
// Distinct types per kind of record, so that an order id never passes for a variant id.
// Derived ids (products from handles, orders from idempotency keys) are stable across imports and
// edges. Value type; empty only when default-constructed.
template <typename Tag>
class Id {
 public:
  Id() = default;

  // kInvalidArgument unless the text has this kind's prefix and alphabet.
  static Result<Id> parse(std::string_view text);

  // "<prefix>_" + lower-case base32 (RFC 4648 alphabet, no padding) of
  // the first 15 of the bytes (120 bits). Needs at least 15 bytes.
  static Id from_bytes(std::string_view bytes);

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct ProductTag {
  static constexpr std::string_view kPrefix = "prod";
};
struct VariantTag {
  static constexpr std::string_view kPrefix = "var";
};
struct CategoryTag {
  static constexpr std::string_view kPrefix = "cat";
};
struct LocationTag {
  static constexpr std::string_view kPrefix = "loc";
};
struct OrderTag {
  static constexpr std::string_view kPrefix = "ord";
};
struct CustomerTag {
  static constexpr std::string_view kPrefix = "cus";
};
struct PaymentTag {
  static constexpr std::string_view kPrefix = "pay";
};
struct StaffTag {
  static constexpr std::string_view kPrefix = "stf";
};
struct SessionTag {
  static constexpr std::string_view kPrefix = "ses";
};
struct PasskeyTag {
  static constexpr std::string_view kPrefix = "pky";
};
struct AddressTag {
  static constexpr std::string_view kPrefix = "adr";
};
struct CardTag {
  static constexpr std::string_view kPrefix = "card";
};
struct ApprovalTag {
  static constexpr std::string_view kPrefix = "apr";
};
struct ApiTokenTag {
  static constexpr std::string_view kPrefix = "tok";
};

using ProductId = Id<ProductTag>;
using VariantId = Id<VariantTag>;
using CategoryId = Id<CategoryTag>;
using LocationId = Id<LocationTag>;
using OrderId = Id<OrderTag>;
using CustomerId = Id<CustomerTag>;
using PaymentId = Id<PaymentTag>;
using StaffId = Id<StaffTag>;
using SessionId = Id<SessionTag>;
using PasskeyId = Id<PasskeyTag>;
using ApiTokenId = Id<ApiTokenTag>;
using ApprovalId = Id<ApprovalTag>;
using AddressId = Id<AddressTag>;
using CardId = Id<CardTag>;

extern template class Id<ProductTag>;
extern template class Id<VariantTag>;
extern template class Id<CategoryTag>;
extern template class Id<LocationTag>;
extern template class Id<OrderTag>;
extern template class Id<CustomerTag>;
extern template class Id<PaymentTag>;
extern template class Id<StaffTag>;
extern template class Id<SessionTag>;
extern template class Id<PasskeyTag>;
extern template class Id<ApiTokenTag>;
extern template class Id<ApprovalTag>;
extern template class Id<AddressTag>;
extern template class Id<CardTag>;

}  // namespace dermaga

template <typename Tag>
struct std::hash<dermaga::Id<Tag>> {
  std::size_t operator()(const dermaga::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
