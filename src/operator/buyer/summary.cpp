#include "summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json/writer.h"

namespace dermaga::buyer {

namespace {

// Nearest rank; 0 where there is nothing.
double percentile_ms(std::vector<std::chrono::microseconds>& latencies, double share) {
  if (latencies.empty()) {
    return 0;
  }
  const auto rank =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies.size())));
  const std::size_t index = std::clamp<std::size_t>(rank, 1, latencies.size()) - 1;
  std::nth_element(latencies.begin(), latencies.begin() + static_cast<std::ptrdiff_t>(index),
                   latencies.end());
  return static_cast<double>(latencies[index].count()) / 1000;
}

void write_order(json::Writer& writer, const Followed& followed) {
  writer.key("order");
  writer.object();
  writer.field("id", followed.order_id);
  writer.field("access_token", followed.access_token);
  writer.field("status", followed.status);
  writer.field("payment_status", followed.payment_status);
  writer.field_bool("read_back", followed.read_back);
  writer.end_object();
}

}  // namespace

Summary summarize(const LoadResult& result) {
  Summary summary;
  std::vector<std::chrono::microseconds> latencies;
  for (const Outcome& outcome : result.outcomes) {
    ++summary.sent;
    if (outcome.status == 0) {
      ++summary.unknown;
      continue;
    }
    latencies.push_back(outcome.latency);
    summary.placed += outcome.status == 201 ? 1 : 0;
    summary.replayed += outcome.replayed ? 1 : 0;
    summary.pending_acceptance += outcome.status == 202 ? 1 : 0;
    if (outcome.code == "out_of_stock") {
      ++summary.out_of_stock;
    } else if (!outcome.code.empty()) {
      ++summary.other[outcome.code];
    }
  }
  summary.replayed += result.replays;
  summary.p50_ms = percentile_ms(latencies, 0.50);
  summary.p99_ms = percentile_ms(latencies, 0.99);
  summary.seconds = std::chrono::duration<double>(result.duration).count();
  return summary;
}

bool is_clean(const Summary& summary) {
  return summary.unknown == 0 && summary.other.empty();
}

std::string to_json(const Summary& summary, const std::optional<Followed>& followed) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  const auto count = [&writer](std::string_view name, std::size_t value) {
    writer.field(name, static_cast<std::int64_t>(value));
  };
  count("sent", summary.sent);
  count("placed", summary.placed);
  count("replayed", summary.replayed);
  count("pending_acceptance", summary.pending_acceptance);
  count("out_of_stock", summary.out_of_stock);
  count("unknown", summary.unknown);
  writer.key("other");
  writer.object();
  for (const auto& [code, times] : summary.other) {
    count(code, times);
  }
  writer.end_object();
  writer.key("p50_ms");
  writer.number(summary.p50_ms);
  writer.key("p99_ms");
  writer.number(summary.p99_ms);
  writer.key("seconds");
  writer.number(summary.seconds);
  if (followed.has_value()) {
    write_order(writer, *followed);
  }
  writer.end_object();
  return json;
}

std::string to_words(const Summary& summary) {
  std::string text = fmt::format("{} orders in {:.2f} s: {} placed", summary.sent, summary.seconds,
                                 summary.placed);
  const auto also = [&text](std::size_t times, std::string_view what) {
    if (times > 0) {
      text += fmt::format(", {} {}", times, what);
    }
  };
  also(summary.replayed, "replayed answers");
  also(summary.pending_acceptance, "taken for later");
  also(summary.out_of_stock, "out of stock");
  also(summary.unknown, "without an answer");
  for (const auto& [code, times] : summary.other) {
    also(times, code);
  }
  return text + fmt::format("; p50 {:.1f} ms, p99 {:.1f} ms\n", summary.p50_ms, summary.p99_ms);
}

}  // namespace dermaga::buyer
