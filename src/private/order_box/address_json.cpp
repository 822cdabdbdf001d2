#include "order_box/address_json.h"

#include <string>
#include <utility>

#include "json/writer.h"

namespace dermaga::order_box {

vault::SecretText address_json(const ShippingAddress& address) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("name", address.name.reveal());
  writer.field("line1", address.line1.reveal());
  writer.field("line2", address.line2.reveal());
  writer.field("city", address.city.reveal());
  writer.field("region", address.region.reveal());
  writer.field("postal_code", address.postal_code.reveal());
  writer.field("country", address.country.reveal());
  writer.end_object();
  return vault::SecretText(std::move(text));
}

}  // namespace dermaga::order_box
