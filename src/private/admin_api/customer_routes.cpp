#include <optional>
#include <utility>

#include "customers/customers.h"
#include "customers/look_up.h"
#include "order_json.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kPhoneBytesMax = 64;
constexpr std::size_t kCursorBytesMax = 80;

// In the body, so that it stands in no address and no log.
Result<customers::LookUp::Wanted> wanted_in(json::ObjectReader& reader) {
  customers::LookUp::Wanted wanted;
  ASSIGN_OR_RETURN(wanted.reason, reason_in(reader));
  const auto email = reader.optional("email");
  const auto phone = reader.optional("phone");
  if (email.has_value() == phone.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "give email or phone, and one of them only");
  }
  if (email.has_value()) {
    ASSIGN_OR_RETURN(const auto text, email->as_string(kEmailBytesMax));
    wanted.contact = vault::EmailAddress(std::string(text));
  } else {
    ASSIGN_OR_RETURN(const auto text, phone->as_string(kPhoneBytesMax));
    wanted.contact = vault::PhoneNumber(std::string(text));
  }
  if (const auto cursor = reader.optional("cursor")) {
    ASSIGN_OR_RETURN(wanted.cursor, cursor->as_string(kCursorBytesMax));
  }
  return wanted;
}

void write_person(json::Writer& writer, const customers::FoundPerson& person) {
  writer.object();
  writer.field("customer_id", person.customer.str());
  writer.field_bool("account", person.is_account);
  writer.field("name", person.masked_name);
  writer.field("email", person.masked_email);
  writer.field("phone", person.masked_phone);
  writer.key("orders");
  writer.array();
  for (const customers::FoundOrder& order : person.orders) {
    writer.object();
    writer.field("order_id", order.id.str());
    writer.field("status", order_state::name(order.status));
    writer.field("placed_at", format_rfc3339(order.placed_at));
    writer.field_bool("declined", order.is_declined);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

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

http::Response revealed(const customers::Contact& contact) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  write_contact(writer, contact);
  writer.end_object();
  return json_response(200, std::move(text));
}

}  // namespace

Result<http::Response> find_customers(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto wanted, read_body<customers::LookUp::Wanted>(call, &wanted_in));
  ASSIGN_OR_RETURN(const auto page,
                   desk.shop.look_up().find(wanted, identity::actor_of(call.caller)));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const customers::FoundPerson& person : page.items) {
    write_person(writer, person);
  }
  writer.end_array();
  if (page.next_cursor.has_value()) {
    writer.field("next_cursor", *page.next_cursor);
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> reveal_customer(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto contact, open_contact(desk, call, "customer.show"));
  return revealed(contact);
}

Result<http::Response> reveal_account(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, CustomerId::parse(call.values[0]));
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  ASSIGN_OR_RETURN(const auto contact,
                   desk.shop.customers().reveal_account(id, identity::actor_of(call.caller),
                                                        "customer.show", reason));
  return revealed(contact);
}

Result<http::Response> erase_account(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, CustomerId::parse(call.values[0]));
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  RETURN_IF_ERROR(desk.shop.customers().erase_account(id, identity::actor_of(call.caller), reason));
  return no_content();
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
