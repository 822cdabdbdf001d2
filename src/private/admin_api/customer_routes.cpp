#include <utility>

#include "customers/customers.h"
#include "order_json.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

Result<customers::Contact> open_contact(Desk& desk, const Call& call, std::string_view action) {
  ASSIGN_OR_RETURN(const auto id, OrderId::parse(call.values[0]));
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  return desk.shop.customers().reveal(id, identity::actor_of(call.caller), action, reason);
}

void write_contact(json::Writer& writer, const customers::Contact& contact) {
  writer.field("customer_id", contact.customer.str());
  writer.field("name", contact.name.reveal());
  writer.field("email", contact.email.reveal());
  writer.field("phone", contact.phone.reveal());
  writer.field("language", contact.locale);
  if (!contact.address_json.empty()) {
    writer.key("shipping_address");
    writer.raw(contact.address_json.reveal());
  }
}

}  // namespace

Result<http::Response> reveal_customer(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto contact, open_contact(desk, call, "customer.show"));
  std::string text;
  json::Writer writer(text);
  writer.object();
  write_contact(writer, contact);
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> export_customer(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto contact, open_contact(desk, call, "customer.export"));
  std::string text;
  json::Writer writer(text);
  writer.object();
  write_contact(writer, contact);
  // A declined one is no order: what is known of it is the contact.
  ASSIGN_OR_RETURN(const auto id, OrderId::parse(call.values[0]));
  if (const auto order = desk.shop.orders().show(id); order.has_value()) {
    ASSIGN_OR_RETURN(const auto connection, desk.shop.connect());
    writer.key("order");
    RETURN_IF_ERROR(write_order_details(writer, *connection, *order));
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> erase_customer(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, OrderId::parse(call.values[0]));
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  RETURN_IF_ERROR(desk.shop.customers().erase(id, identity::actor_of(call.caller), reason));
  return no_content();
}

}  // namespace dermaga::admin_api
