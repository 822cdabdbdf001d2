#include "load.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::buyer {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::minutes kRetryFor{5};
constexpr std::chrono::milliseconds kRetryPauseMin{50};
constexpr std::chrono::milliseconds kRetryPauseMax{1'000};

// Since the machine started: journals of several buyers on it can be put in one order.
std::int64_t monotonic_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             steady_clock::now().time_since_epoch())
      .count();
}

std::string request_line(const PreparedOrder& order) {
  std::string line;
  json::Writer writer(line);
  writer.object();
  writer.field("kind", "request");
  writer.field("at", format_rfc3339(system_clock().now()));
  writer.field("monotonic_us", monotonic_us());
  writer.field("idempotency_key", order.idempotency_key);
  writer.field("body_sha256", order.body_sha256_hex);
  writer.field("variant_id", order.variant_id);
  writer.field("quantity", order.quantity);
  writer.end_object();
  return line;
}

std::string answer_line(const PreparedOrder& order, const Outcome& outcome) {
  std::string line;
  json::Writer writer(line);
  writer.object();
  writer.field("kind", outcome.status == 0 ? "unknown" : "answer");
  writer.field("at", format_rfc3339(system_clock().now()));
  writer.field("monotonic_us", monotonic_us());
  writer.field("idempotency_key", order.idempotency_key);
  if (outcome.status != 0) {
    writer.field("status", std::int64_t{outcome.status});
  }
  if (!outcome.code.empty()) {
    writer.field("code", outcome.code);
  }
  if (!outcome.order_id.empty()) {
    writer.field("order_id", outcome.order_id);
    writer.field("order_status", outcome.order_status);
    writer.field_bool("replayed", outcome.replayed);
  }
  writer.field("latency_us", std::int64_t{outcome.latency.count()});
  writer.end_object();
  return line;
}

void read_placed(const http::ClientResponse& response, Outcome& outcome) {
  const auto document = json::Document::parse(response.body);
  if (!document.has_value()) {
    return;
  }
  auto reader = json::ObjectReader::of(document->root());
  if (!reader.has_value()) {
    return;
  }
  outcome.order_id = reader->string("id", 64).value_or("");
  outcome.access_token = reader->string("access_token", 256).value_or("");
  outcome.order_status = reader->string("status", 64).value_or("");
  outcome.replayed = response.header("Idempotent-Replayed") == "true";
}

Outcome send_once(http::Client& client, const PreparedOrder& order) {
  Outcome outcome;
  const auto started = steady_clock::now();
  const auto response = client.request(
      "POST", "/store/v1/orders",
      {{"Content-Type", "application/json"}, {"Idempotency-Key", order.idempotency_key}},
      order.body);
  outcome.latency =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started);
  if (!response.has_value()) {
    outcome.code = error_code_name(response.error().code());
    return outcome;
  }
  outcome.status = response->status;
  if (outcome.status == 201 || outcome.status == 202) {
    read_placed(*response, outcome);
  } else {
    outcome.code = problem_code(*response);
  }
  return outcome;
}

// State shared by the connections of one run.
class Load {
 public:
  Load(const Options& options, const std::vector<PreparedOrder>& orders, Journal* journal)
      : options_(options), orders_(orders), journal_(journal), outcomes_(orders.size()) {}

  Result<LoadResult> run() {
    started_ = steady_clock::now();
    std::vector<std::thread> threads;
    const std::size_t connections = std::min(options_.concurrency, orders_.size());
    for (std::size_t i = 0; i < connections; ++i) {
      threads.emplace_back([this] { place_until_none_is_left(); });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    if (failure_.has_value()) {
      return std::unexpected(*std::move(failure_));
    }
    return LoadResult{.outcomes = std::move(outcomes_),
                      .replays = replays_,
                      .duration = std::chrono::duration_cast<std::chrono::microseconds>(
                          steady_clock::now() - started_)};
  }

 private:
  void place_until_none_is_left() {
    http::Client client(client_options(options_));
    while (!failed_.load()) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= orders_.size()) {
        return;
      }
      if (options_.rate > 0) {
        std::this_thread::sleep_until(
            started_ +
            std::chrono::duration_cast<steady_clock::duration>(
                std::chrono::duration<double>(static_cast<double>(index) / options_.rate)));
      }
      outcomes_[index] = place(client, orders_[index]);
      for (std::size_t i = 0; i < options_.repeat && !failed_.load(); ++i) {
        http::Client another(client_options(options_));  // perhaps another edge
        const Outcome again = place(another, orders_[index]);
        replays_ += again.replayed ? 1 : 0;
      }
    }
  }

  Outcome place(http::Client& client, const PreparedOrder& order) {
    const auto give_up_at = steady_clock::now() + kRetryFor;
    std::chrono::milliseconds pause = kRetryPauseMin;
    while (true) {
      const Outcome outcome = send_journalled(client, order);
      const bool over = !options_.retry || is_definite(outcome) || failed_.load() ||
                        steady_clock::now() + pause > give_up_at;
      if (over) {
        return outcome;
      }
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, kRetryPauseMax);
    }
  }

  Outcome send_journalled(http::Client& client, const PreparedOrder& order) {
    if (journal_ == nullptr) {
      return send_once(client, order);
    }
    if (Status kept = journal_->append_durably(request_line(order)); !kept.has_value()) {
      fail(std::move(kept).error());
      return {};
    }
    Outcome outcome = send_once(client, order);
    journal_->append(answer_line(order, outcome));
    return outcome;
  }

  void fail(Error error) {
    const std::lock_guard lock(failure_mutex_);
    failure_ = std::move(error);
    failed_ = true;
  }

  const Options& options_;
  const std::vector<PreparedOrder>& orders_;
  Journal* const journal_;
  std::vector<Outcome> outcomes_;  // each written by the one thread that took its index
  steady_clock::time_point started_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> replays_{0};  // among the answers to --repeat
  std::atomic<bool> failed_{false};
  std::mutex failure_mutex_;
  std::optional<Error> failure_;
};

}  // namespace

bool is_definite(const Outcome& outcome) {
  return outcome.status != 0 && outcome.status != 429 && outcome.status < 500 &&
         outcome.code != "idempotency_key_in_flight";
}

Result<LoadResult> place_all(const Options& options, const std::vector<PreparedOrder>& orders,
                             Journal* journal) {
  return Load(options, orders, journal).run();
}

}  // namespace dermaga::buyer
