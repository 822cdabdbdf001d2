#include "history.h"

#include <charconv>
#include <utility>

#include "consents.h"
#include "json/writer.h"
#include "profile.h"

namespace dermaga::accounts {
namespace {

constexpr std::size_t kPageMax = 20;
// An answer is one box of at most 47 KiB, and one order of 100 lines has some 17 KiB.
constexpr std::size_t kExportBytesMax = std::size_t{20} * 1024;

Outcome<std::optional<std::int64_t>> before(const order_box::OpenedCall& call) {
  const std::string& cursor = call.account.cursor;
  if (cursor.empty()) {
    return std::optional<std::int64_t>();
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
  if (error != std::errc() || end != cursor.data() + cursor.size() || number < 1) {
    return refuse(400, "invalid_request", "the cursor is not one that was given");
  }
  return std::optional(number);
}

void write_cursor(json::Writer& writer, std::optional<std::int64_t> next) {
  writer.key("next_cursor");
  if (next.has_value()) {
    writer.string(std::to_string(*next));
  } else {
    writer.null();
  }
}

// Orders with all that is known of them, as many as fit; the last one's number if there are more.
Result<std::optional<std::int64_t>> write_details(json::Writer& writer, const std::string& json,
                                                  const Ports& ports, const CustomerId& customer,
                                                  std::vector<OrderHistory::Item> items) {
  std::optional<std::int64_t> next;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i == kPageMax || json.size() > kExportBytesMax) {
      next = i > 0 ? items[i - 1].number : items.front().number + 1;
      break;
    }
    auto details = ports.history.details(customer, items[i].id, false);
    if (details.has_value()) {
      writer.raw(*details);
      vault::wipe(*details);
    } else if (details.error().code() == ErrorCode::kNotFound) {
      // Whoever it was for was erased: what is left is nobody's data.
      writer.object();
      writer.key("order");
      writer.raw(items[i].view_json);
      writer.end_object();
    } else {
      return std::unexpected(details.error());
    }
  }
  return next;
}

}  // namespace

Json list_orders(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  const auto from = before(call);
  if (!from.has_value()) {
    return std::unexpected(from.error());
  }
  ASSIGN_OR_RETURN(const auto items, ports.history.page(session.customer, *from, kPageMax + 1));
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.key("items");
  writer.array();
  for (std::size_t i = 0; i < std::min(items.size(), kPageMax); ++i) {
    writer.raw(items[i].view_json);
  }
  writer.end_array();
  write_cursor(writer,
               items.size() > kPageMax ? std::optional(items[kPageMax - 1].number) : std::nullopt);
  writer.end_object();
  return json;
}

Json show_order(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  ASSIGN_OR_RETURN(auto json, ports.history.details(session.customer, call.order_id, true));
  return json;
}

Json cancel_order(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  ASSIGN_OR_RETURN(const auto view, ports.history.cancel(session.customer, call.order_id));
  return R"({"order":)" + view + "}";
}

Json export_all(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  const auto from = before(call);
  if (!from.has_value()) {
    return std::unexpected(from.error());
  }
  std::string json;
  json::Writer writer(json);
  writer.object();
  if (!from->has_value()) {
    auto profile = show_profile(ports, session.customer, true);
    if (!profile.has_value()) {
      return profile;
    }
    writer.key("profile");
    writer.raw(*profile);
    vault::wipe(*profile);
    ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
    writer.key("consent_log");
    RETURN_IF_ERROR(write_consent_log(writer, *connection, session.customer));
  }
  ASSIGN_OR_RETURN(auto items, ports.history.page(session.customer, *from, kPageMax + 1));
  writer.key("orders");
  writer.array();
  ASSIGN_OR_RETURN(const auto next,
                   write_details(writer, json, ports, session.customer, std::move(items)));
  writer.end_array();
  write_cursor(writer, next);
  writer.end_object();
  return json;
}

}  // namespace dermaga::accounts
