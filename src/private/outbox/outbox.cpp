#include "outbox/outbox.h"

#include <algorithm>
#include <vector>

namespace dermaga::outbox {
namespace {

constexpr std::int64_t kPrunedAtOnceMax = 10'000;

}  // namespace

Result<std::int64_t> take_numbers(store::Connection& connection, std::string_view series,
                                  std::int64_t count) {
  const store::Parameter step[] = {count, series};
  std::int64_t next = 0;
  RETURN_IF_ERROR(
      connection.query("UPDATE sequences SET next = next + $1 WHERE name = $2 RETURNING next", step,
                       [&next](const store::Row& row) -> Status {
                         next = row.integer(0);
                         return {};
                       }));
  if (next == 0) {
    return make_error(ErrorCode::kCorrupt, "the series " + std::string(series) + " is missing");
  }
  return next - count;
}

Status append(store::Connection& connection, std::span<const Event> events, UtcTime now) {
  if (events.empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(std::int64_t sequence,
                   take_numbers(connection, "outbox", static_cast<std::int64_t>(events.size())));
  constexpr std::string_view kColumns[] = {"sequence", "topic", "order_number", "payload",
                                           "created_at"};
  std::vector<store::Parameter> rows;
  rows.reserve(events.size() * std::size(kColumns));
  for (const Event& event : events) {
    rows.emplace_back(sequence++);
    rows.emplace_back(event.topic);
    rows.push_back(event.order_number == 0 ? store::Parameter() : event.order_number);
    rows.emplace_back(std::string_view(event.payload));
    rows.emplace_back(to_unix_ms(now));
  }
  return connection.insert_many("outbox", kColumns, rows);
}

Result<std::int64_t> newest(store::Connection& connection) {
  std::int64_t number = 0;
  RETURN_IF_ERROR(connection.query("SELECT next - 1 FROM sequences WHERE name = 'outbox'", {},
                                   [&number](const store::Row& row) -> Status {
                                     number = row.integer(0);
                                     return {};
                                   }));
  return number;
}

Status read(store::Connection& connection, std::string_view topic, std::int64_t first,
            std::int64_t last, const std::function<Status(std::string_view payload)>& payload) {
  const store::Parameter range[] = {first, last, topic};
  return connection.query(
      "SELECT payload FROM outbox WHERE sequence BETWEEN $1 AND $2 AND topic = $3 ORDER BY "
      "sequence",
      range, [&payload](const store::Row& row) { return payload(row.text(0)); });
}

Result<std::int64_t> prune(store::Connection& connection, UtcTime before) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  ASSIGN_OR_RETURN(const bool ours, connection.claim("outbox", false));
  if (!ours) {
    return 0;
  }
  // Sequences and times rise together but for a clock that was set back; the first event that must
  // stay ends the prunable part.
  std::int64_t first = 0;
  std::int64_t end = 0;
  const store::Parameter young[] = {to_unix_ms(before)};
  RETURN_IF_ERROR(connection.query(
      // Each part walks an index from one end; min and max in one SELECT would read every row.
      "SELECT coalesce((SELECT min(sequence) FROM outbox), 0), coalesce((SELECT min(sequence) FROM "
      "outbox WHERE created_at >= $1), (SELECT max(sequence) + 1 FROM outbox), 0)",
      young, [&](const store::Row& row) -> Status {
        first = row.integer(0);
        end = row.integer(1);
        return {};
      }));
  end = std::min(end, first + kPrunedAtOnceMax);
  const store::Parameter last[] = {end};
  std::int64_t last_order = 0;
  RETURN_IF_ERROR(connection.query(
      "SELECT coalesce(max(order_number), 0) FROM outbox WHERE sequence < $1 AND topic = "
      "'order.placed'",
      last, [&](const store::Row& row) -> Status {
        last_order = row.integer(0);
        return {};
      }));
  ASSIGN_OR_RETURN(const std::int64_t deleted,
                   connection.execute("DELETE FROM outbox WHERE sequence < $1", last));
  const store::Parameter kept[] = {last_order + 1};
  RETURN_IF_ERROR(connection.execute(
      "UPDATE sequences SET next = $1 WHERE name = 'outbox_kept_order' AND next < $1", kept));
  RETURN_IF_ERROR(transaction.commit());
  return deleted;
}

}  // namespace dermaga::outbox
