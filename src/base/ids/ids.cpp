#include "ids/ids.h"

#include <algorithm>

#include "encoding/encoding.h"

namespace dermaga {

namespace {

constexpr std::size_t kDerivedBytes = 15;
constexpr std::size_t kBodyCharactersMax = 40;

bool is_id_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

}  // namespace

template <typename Tag>
Result<Id<Tag>> Id<Tag>::parse(std::string_view text) {
  const std::string_view prefix = Tag::kPrefix;
  const bool prefixed =
      text.size() > prefix.size() + 1 && text.starts_with(prefix) && text[prefix.size()] == '_';
  const std::string_view body = prefixed ? text.substr(prefix.size() + 1) : std::string_view();
  if (body.empty() || body.size() > kBodyCharactersMax ||
      !std::all_of(body.begin(), body.end(), is_id_character)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "an id of this kind looks like " + std::string(prefix) + "_4k7…");
  }
  return Id(std::string(text));
}

template <typename Tag>
Id<Tag> Id<Tag>::from_bytes(std::string_view bytes) {
  CHECK(bytes.size() >= kDerivedBytes);
  return Id(std::string(Tag::kPrefix) + "_" +
            encoding::base32_lower(bytes.substr(0, kDerivedBytes)));
}

template class Id<ProductTag>;
template class Id<VariantTag>;
template class Id<CategoryTag>;
template class Id<LocationTag>;
template class Id<OrderTag>;
template class Id<CustomerTag>;
template class Id<PaymentTag>;
template class Id<StaffTag>;
template class Id<SessionTag>;
template class Id<PasskeyTag>;
template class Id<ApiTokenTag>;
template class Id<ApprovalTag>;
template class Id<AddressTag>;
template class Id<CardTag>;

}  // namespace dermaga
