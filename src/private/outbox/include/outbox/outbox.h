#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::outbox {

// Facts for the rest of the house, written in the transaction that makes them true. Sequences have
// no gaps, so a consumer that sees one knows that it must read again.
inline constexpr std::string_view kOrderPlaced = "order.placed";
inline constexpr std::string_view kOrderDeclined = "order.declined";
inline constexpr std::string_view kOrderPaid = "order.paid";
inline constexpr std::string_view kOrderExpired = "order.expired";
inline constexpr std::string_view kOrderCancelled = "order.cancelled";
inline constexpr std::string_view kOrderFulfilled = "order.fulfilled";
inline constexpr std::string_view kStockChanged = "stock.changed";
inline constexpr std::string_view kLeaseAbandoned = "lease.abandoned";
inline constexpr std::string_view kPromiseBroken = "promise.broken";

struct Event {
  std::string_view topic;
  std::int64_t order_number = 0;  // 0: not about an order
  std::string payload;            // a JSON object; nothing personal
};

// Takes `count` numbers of a series inside the caller's transaction; returns the first.
Result<std::int64_t> take_numbers(store::Connection& connection, std::string_view series,
                                  std::int64_t count);

// Appends inside the caller's transaction.
Status append(store::Connection& connection, std::span<const Event> events, UtcTime now);

// The number of the newest event; 0 where there was none yet. Numbers rise in the order of commits.
Result<std::int64_t> newest(store::Connection& connection);
// The payloads of events of one topic numbered from `first` to `last`, in order.
Status read(store::Connection& connection, std::string_view topic, std::int64_t first,
            std::int64_t last, const std::function<Status(std::string_view payload)>& payload);

// Events are kept for 30 days and until nobody needs them; there is no consumer with a cursor yet.
inline constexpr std::chrono::hours kKeptFor{24 * 30};
// Deletes at most 10,000 events made before `before` in a transaction of its own, unless another
// process is doing so, and records up to
// which order the "order.placed" events are gone, so that verify does not miss them. Returns the
// number deleted.
Result<std::int64_t> prune(store::Connection& connection, UtcTime before);

}  // namespace dermaga::outbox
