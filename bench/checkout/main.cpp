// Places orders through a running shop's HTTPS port as fast as its answers come and counts the
// 201s. Keys, quote, boxes and bodies are made before the clock starts: the load must be cheap,
// since it shares the machine with the shop.
#include <algorithm>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "json/writer.h"
#include "load.h"
#include "requests.h"

namespace dermaga::bench {
namespace {

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) {
    return 0;
  }
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(index, sorted.size() - 1)];
}

void print(const LoadResult& result) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("placed", static_cast<std::int64_t>(result.latencies_ms.size()));
  writer.key("orders_per_second");
  writer.number(static_cast<double>(result.latencies_ms.size()) / result.seconds);
  writer.key("seconds");
  writer.number(result.seconds);
  writer.key("p50_ms");
  writer.number(percentile(result.latencies_ms, 0.5));
  writer.key("p99_ms");
  writer.number(percentile(result.latencies_ms, 0.99));
  writer.key("answers");
  writer.object();
  for (const auto& [status, count] : result.by_status) {
    writer.field(std::to_string(status), static_cast<std::int64_t>(count));
  }
  writer.end_object();
  writer.end_object();
  std::printf("%s\n", text.c_str());
}

// "https://localhost:8443" → 8443; 0 when there is none.
std::uint16_t port_of(const std::string& url) {
  const std::size_t colon = url.rfind(':');
  return colon == std::string::npos ? std::uint16_t{0}
                                    : static_cast<std::uint16_t>(std::atoi(&url[colon + 1]));
}

int run(const Target& target, const LoadOptions& options, std::size_t orders) {
  const auto requests = prepare_requests(target, orders);
  if (!requests.has_value()) {
    std::fprintf(stderr, "%s\n", requests.error().message().c_str());
    return 1;
  }
  const auto result = send_all(options, *requests);
  if (!result.has_value()) {
    std::fprintf(stderr, "%s\n", result.error().message().c_str());
    return 1;
  }
  if (!result->first_refusal.empty()) {
    std::fprintf(stderr, "not every order was placed; the first refusal:\n%s\n",
                 result->first_refusal.c_str());
  }
  print(*result);
  return 0;
}

}  // namespace
}  // namespace dermaga::bench

int main(int argc, char** argv) {
  CLI::App app("Orders through a running shop's HTTPS port; prints one JSON object");
  dermaga::bench::Target target;
  dermaga::bench::LoadOptions options;
  std::size_t orders = 10'000;
  app.add_option("--url", target.url, "https://localhost:<port>")->required();
  app.add_option("--ca", target.ca_file, "the shop's CA certificate (PEM)")->required();
  app.add_option("--sku", target.sku, "what is bought, one unit an order")->required();
  app.add_option("--orders", orders, "how many orders")->check(CLI::Range(1, 1'000'000));
  app.add_option("--connections", options.connections, "connections")->check(CLI::Range(1, 1'000));
  CLI11_PARSE(app, argc, argv);
  options.port = dermaga::bench::port_of(target.url);
  options.ca_file = target.ca_file;
  return dermaga::bench::run(target, options, orders);
}
