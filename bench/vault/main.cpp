#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "ids/ids.h"
#include "random/random.h"
#include "vault/vault.h"

namespace dermaga::bench {

namespace {

constexpr std::string_view kText = "sari.dewi@example.com";
constexpr std::size_t kRows = 20'000;

// A customer's row, as far as its e-mail goes.
struct Stored {
  CustomerId customer;
  std::string wrapped_key;
  std::string email_sealed;
};

vault::FieldPlace place_of(const Stored& row) {
  return {.table = "customers", .column = "email", .row = row.customer.str()};
}

// Every row under a key of its own, as the shop keeps them: a new key, wrapped, and the field.
void seal(const vault::Vault& vault, Stored& row) {
  auto made = vault.new_customer_key(row.customer, system_random());
  row.wrapped_key = std::move(made.wrapped);
  row.email_sealed =
      made.key.seal_field(place_of(row), vault::SecretText(std::string(kText)), system_random());
}

Status open(const vault::Vault& vault, const Stored& row) {
  ASSIGN_OR_RETURN(const auto key, vault.unwrap(row.customer, row.wrapped_key));
  ASSIGN_OR_RETURN(const auto text, key.open_field(place_of(row), row.email_sealed));
  return text.reveal() == kText ? Status() : make_error(ErrorCode::kCorrupt, "another text");
}

// Fields per second of `work` over all rows again and again, on one thread.
template <typename Work>
Result<double> measure(std::vector<Stored>& rows, std::chrono::duration<double> seconds,
                       Work work) {
  const auto start = std::chrono::steady_clock::now();
  std::size_t done = 0;
  std::chrono::duration<double> took{};
  do {
    for (Stored& row : rows) {
      RETURN_IF_ERROR(work(row));
    }
    done += rows.size();
    took = std::chrono::steady_clock::now() - start;
  } while (took < seconds);
  return static_cast<double>(done) / took.count();
}

Status run(const std::string& folder, double seconds) {
  ASSIGN_OR_RETURN(const auto vault, vault::Vault::open(folder + "/keys", system_random()));
  std::vector<Stored> rows(kRows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSIGN_OR_RETURN(rows[i].customer, CustomerId::parse("cus_" + std::to_string(i)));
  }
  const std::chrono::duration<double> each(seconds / 2);
  ASSIGN_OR_RETURN(const double sealed, measure(rows, each, [&](Stored& row) -> Status {
                     seal(*vault, row);
                     return {};
                   }));
  ASSIGN_OR_RETURN(const double opened,
                   measure(rows, each, [&](Stored& row) { return open(*vault, row); }));
  std::printf("{\"sealed_per_second\":%.0f,\"opened_per_second\":%.0f}\n", sealed, opened);
  return {};
}

int main_of(int argc, char** argv) {
  CLI::App app("Fields sealed and opened per second, each under its customer's key",
               "dermaga-bench-vault");
  std::string data;
  double seconds = 4;
  app.add_option("--data", data, "An empty folder")->required();
  app.add_option("--seconds", seconds, "Half for each")->check(CLI::Range(0.1, 600.0));
  CLI11_PARSE(app, argc, argv);
  const Status done = run(data, seconds);
  if (!done.has_value()) {
    std::cerr << "dermaga-bench-vault: " << done.error().message() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace

}  // namespace dermaga::bench

int main(int argc, char** argv) {
  return dermaga::bench::main_of(argc, argv);
}
