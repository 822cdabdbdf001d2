#include "answers.h"

#include "json/writer.h"

namespace dermaga::store_api {
namespace {

void write_money(json::Writer& writer, std::string_view key, const Money& money) {
  writer.key(key);
  writer.object();
  writer.field("amount", money.amount());
  writer.field("currency", money.currency().code());
  writer.end_object();
}

void write_cursor(json::Writer& writer, std::string_view cursor) {
  writer.key("next_cursor");
  cursor.empty() ? writer.null() : writer.string(cursor);
}

void write_time(json::Writer& writer, std::string_view key, UtcTime time) {
  writer.key(key);
  to_unix_ms(time) == 0 ? writer.null() : writer.string(format_rfc3339(time));
}

void write_text_or_null(json::Writer& writer, std::string_view key, std::string_view text) {
  writer.key(key);
  text.empty() ? writer.null() : writer.string(text);
}

// The members that a quote and a changed price share.
void write_amounts(json::Writer& writer, const pricing::Quote& quote) {
  writer.key("lines");
  writer.array();
  for (const pricing::QuotedLine& line : quote.lines) {
    writer.object();
    writer.field("variant_id", line.variant_id.str());
    writer.field("quantity", line.quantity);
    write_money(writer, "unit_price", line.unit_price);
    write_money(writer, "line_total", line.line_total);
    writer.end_object();
  }
  writer.end_array();
  write_money(writer, "subtotal", quote.subtotal);
  write_money(writer, "discount", quote.discount);
  write_money(writer, "shipping", quote.shipping);
  write_money(writer, "tax", quote.tax);
  writer.field_bool("tax_included", quote.tax_included);
  writer.field("tax_name", quote.tax_name);
  write_money(writer, "total", quote.total);
}

void write_facets(json::Writer& writer, const catalog_view::View& view,
                  const search::Results& results, const std::string& locale) {
  const Currency currency = view.book().rules.currency;
  writer.key("facets");
  writer.object();
  writer.key("categories");
  writer.array();
  for (const search::CategoryCount& each : results.categories) {
    const product::Category& category = view.snapshot().assortment.categories[each.category];
    writer.object();
    writer.field("id", category.id.str());
    writer.field("handle", category.handle);
    writer.field("title", view.text(category.title, locale));
    writer.field("count", static_cast<std::int64_t>(each.count));
    writer.end_object();
  }
  writer.end_array();
  writer.key("vendors");
  writer.array();
  for (const search::VendorCount& each : results.vendors) {
    writer.object();
    writer.field("value", each.vendor);
    writer.field("count", static_cast<std::int64_t>(each.count));
    writer.end_object();
  }
  writer.end_array();
  writer.key("price_ranges");
  writer.array();
  for (const search::PriceRangeCount& each : results.prices) {
    writer.object();
    write_money(writer, "from", Money(each.from, currency));
    if (each.to > 0) {
      write_money(writer, "to", Money(each.to, currency));
    } else {
      writer.key("to");
      writer.null();
    }
    writer.field("count", static_cast<std::int64_t>(each.count));
    writer.end_object();
  }
  writer.end_array();
  writer.key("availability");
  writer.array();
  for (const auto& [value, count] :
       {std::pair("in_stock", results.in_stock), std::pair("sold_out", results.sold_out)}) {
    writer.object();
    writer.field("value", value);
    writer.field("count", static_cast<std::int64_t>(count));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

}  // namespace

std::string write_product_list(const catalog_view::View& view,
                               const std::vector<const product::Product*>& products,
                               const std::string& locale, std::string_view next_cursor) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.key("items");
  writer.array();
  for (const product::Product* product : products) {
    writer.raw(view.product_json(*product, locale));
  }
  writer.end_array();
  write_cursor(writer, next_cursor);
  writer.end_object();
  return out;
}

std::string write_search(const catalog_view::View& view, const search::Results& results,
                         const std::string& locale, std::string_view next_cursor) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.key("items");
  writer.array();
  for (const std::size_t index : results.products) {
    writer.raw(view.product_json(view.snapshot().assortment.products[index], locale));
  }
  writer.end_array();
  write_cursor(writer, next_cursor);
  writer.field("total", static_cast<std::int64_t>(results.total));
  write_text_or_null(writer, "corrected_query", results.corrected);
  write_facets(writer, view, results, locale);
  writer.end_object();
  return out;
}

std::string write_quote(const catalog_view::View& view, const QuoteAnswer& answer,
                        const std::string& locale) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.field("id", answer.id);
  write_amounts(writer, answer.quote);
  writer.key("shipping_offers");
  writer.array();
  for (const pricing::ShippingOffer& offer : answer.offers) {
    std::string_view title = offer.method;
    for (const contract::ShippingMethod& method : view.snapshot().shipping_methods) {
      if (method.method == offer.method && !view.text(method.title, locale).empty()) {
        title = view.text(method.title, locale);
      }
    }
    writer.object();
    writer.field("method", offer.method);
    writer.field("title", title);
    write_money(writer, "price", offer.price);
    writer.end_object();
  }
  writer.end_array();
  writer.field("expires_at", format_rfc3339(answer.expires_at));
  writer.end_object();
  return out;
}

std::string write_order(const contract::OrderView& order, std::string_view access_token) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.field("id", order.id.str());
  writer.field("status", order_state::name(order.status));
  writer.field("payment_status", order_state::name(order.payment_status));
  writer.field("fulfilment_status", order_state::name(order.fulfilment_status));
  write_text_or_null(writer, "cancel_reason", order.cancel_reason);
  write_text_or_null(writer, "payment_action", order.payment_action);
  write_money(writer, "total", order.total);
  write_time(writer, "placed_at", order.placed_at);
  write_time(writer, "reserved_until", order.reserved_until);
  if (!access_token.empty()) {
    writer.field("access_token", access_token);
  }
  writer.end_object();
  return out;
}

std::string short_lines_members(const std::vector<contract::ShortLine>& lines) {
  std::string out = ",\"lines\":";
  json::Writer writer(out);
  writer.array();
  for (const contract::ShortLine& line : lines) {
    writer.object();
    writer.field("variant_id", line.variant_id.str());
    writer.field("requested", line.requested);
    writer.field("available", line.available);
    writer.end_object();
  }
  writer.end_array();
  return out;
}

std::string quote_members(const pricing::Quote& quote) {
  std::string out = ",\"quote\":";
  json::Writer writer(out);
  writer.object();
  write_amounts(writer, quote);
  writer.end_object();
  return out;
}

}  // namespace dermaga::store_api
