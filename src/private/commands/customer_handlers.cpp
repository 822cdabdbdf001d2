#include "arguments.h"
#include "customers/customers.h"
#include "handlers.h"
#include "json/writer.h"

namespace dermaga::commands {

namespace {

struct Request {
  OrderId order;
  std::string reason;
};

Result<Request> parse(const std::vector<std::string>& words) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 1));
  if (arguments.plain().size() != 1) {
    return make_error(ErrorCode::kInvalidArgument, "name one order (ord_…)");
  }
  Request request;
  ASSIGN_OR_RETURN(request.order, OrderId::parse(arguments.plain()[0]));
  ASSIGN_OR_RETURN(request.reason, arguments.required("reason"));
  return request;
}

void write_order(json::Writer& writer, const orders::OrderDetails& order) {
  writer.key("order");
  writer.object();
  writer.field("id", order.view.id.str());
  writer.field("placed_at", format_rfc3339(order.view.placed_at));
  writer.field("status", order_state::name(order.view.status));
  writer.field("payment_status", order_state::name(order.view.payment_status));
  writer.field("fulfilment_status", order_state::name(order.view.fulfilment_status));
  writer.field("currency", order.view.total.currency().code());
  writer.field("total", order.view.total.amount());
  writer.key("lines");
  writer.array();
  for (const auto& line : order.lines) {
    writer.object();
    writer.field("variant_id", line.variant_id.str());
    writer.field("quantity", line.quantity);
    writer.field("line_total", line.line_total.amount());
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

}  // namespace

Status customers_show(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const Request request, parse(words));
  ASSIGN_OR_RETURN(const auto contact,
                   shop.customers().reveal(request.order, actor, "customer.show", request.reason));
  output.line(contact.customer.str() + "  " + std::string(contact.name.reveal()) + "  <" +
              std::string(contact.email.reveal()) + ">  " + std::string(contact.phone.reveal()) +
              "  language " + contact.locale);
  if (!contact.address_json.empty()) {
    output.line(contact.address_json.reveal());
  }
  return {};
}

Status customers_export(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const Request request, parse(words));
  ASSIGN_OR_RETURN(const auto contact, shop.customers().reveal(request.order, actor,
                                                               "customer.export", request.reason));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("customer_id", contact.customer.str());
  writer.field("name", contact.name.reveal());
  writer.field("email", contact.email.reveal());
  writer.field("phone", contact.phone.reveal());
  writer.field("language", contact.locale);
  if (!contact.address_json.empty()) {
    writer.key("shipping_address");
    writer.raw(contact.address_json.reveal());
  }
  // A declined one is no order: what is known of it is the contact.
  if (const auto order = shop.orders().show(request.order); order.has_value()) {
    write_order(writer, *order);
  }
  writer.end_object();
  output.line(text);
  return {};
}

Status customers_erase(shop::Shop& shop, const std::vector<std::string>& words,
                       const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const Request request, parse(words));
  RETURN_IF_ERROR(shop.customers().erase(request.order, actor, request.reason));
  output.line("whoever placed " + request.order.str() +
              " is erased; the order keeps its amounts. Back erasures.jsonl up apart from the "
              "database");
  return {};
}

}  // namespace dermaga::commands
