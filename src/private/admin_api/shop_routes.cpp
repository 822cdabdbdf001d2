#include <utility>

#include "openapi.h"
#include "routes.h"

namespace dermaga::admin_api {

Result<http::Response> get_description(Desk&, Call&) {
  return json_response(200, kOpenApiJson);
}

Result<http::Response> get_shop(Desk& desk, Call& call) {
  RETURN_IF_ERROR(Query::parse(call, {}));
  const auto stats = desk.shop.orders().stats();
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("name", desk.shop.config().name);
  writer.field("version", desk.version);
  writer.field("currency", desk.shop.config().currency.code());
  writer.field("store", desk.shop.foundation().database->dialect());
  writer.field("private_volume", desk.private_volume);
  writer.key("orders");
  writer.object();
  for (const auto& [name, count] :
       {std::pair<std::string_view, std::uint64_t>{"placed", stats.placed},
        {"replayed", stats.replayed},
        {"out_of_stock", stats.out_of_stock},
        {"refused", stats.refused}}) {
    writer.field(name, static_cast<std::int64_t>(count));
  }
  writer.end_object();
  writer.field("promises_broken", static_cast<std::int64_t>(stats.promises_broken));
  writer.key("orders_per_second");
  writer.number(desk.shop.orders().orders_per_second());
  writer.end_object();
  return json_response(200, std::move(text));
}

}  // namespace dermaga::admin_api
