#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "files/files.h"
#include "json/reader.h"

namespace dermaga::buyer {

namespace {

constexpr std::size_t kCountMax = 200'000;  // sealed beforehand, about 2 KB each
constexpr std::size_t kConcurrencyMax = 4'096;
constexpr std::size_t kRepeatMax = 100;
constexpr double kRateMax = 1e6;
constexpr std::uint64_t kStateBytesMax = 256 * 1024;
constexpr std::size_t kTextBytesMax = 4'096;
constexpr std::size_t kAddressesMax = 1'000;

void add_shop(CLI::App& app, Options& options) {
  app.add_option("--data", options.data, "Data folder of a running shop")->capture_default_str();
  app.add_option("--url", options.url, "The shop's address, instead of --data");
  app.add_option("--ca", options.ca_file,
                 "CA file for an https address (default: the shop's of --data; with --url those "
                 "that this machine trusts)")
      ->check(CLI::ExistingFile);
  app.add_option("--sku", options.sku,
                 "What to buy: SKU or variant id (default: what is in stock)");
  app.add_option("--quantity", options.quantity, "Units per order")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  app.add_option("--locale", options.locale, "Language of the order: id or en")
      ->capture_default_str()
      ->check(CLI::IsMember({"id", "en"}));
}

void add_load(CLI::App& app, Options& options) {
  app.add_option("--count", options.count, "Orders to place")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kCountMax));
  app.add_option("--concurrency", options.concurrency, "Connections at once")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kConcurrencyMax));
  app.add_option("--rate", options.rate, "Orders started per second (default: no limit)")
      ->check([](const std::string& text) {
        char* end = nullptr;
        const double rate = std::strtod(text.c_str(), &end);
        return *end == '\0' && rate > 0 && rate <= kRateMax
                   ? std::string()
                   : std::string("must be a number above 0, at most 1000000");
      });
  app.add_option("--journal", options.journal_file,
                 "Append every request and answer to this file, durably");
  app.add_flag("--retry", options.retry,
               "Repeat with the same key until the shop gives a definite answer");
  app.add_option("--repeat", options.repeat,
                 "Send every answered order this many times more, each over a new connection")
      ->check(CLI::Range(std::size_t{0}, kRepeatMax));
  app.add_flag("--quote", options.quote,
               "Send the price quote with every order, not only with a single one: a spool sells "
               "from a stock lease only at a quoted price. Good for 15 minutes");
  app.add_flag("--json", options.json, "Print one JSON object at the end");
  app.add_option("--reply-key", options.reply_key_file,
                 "Keep the key that reads the order back in this file");
  auto* token = app.add_option("--access-token", options.access_token, "Token of --read");
  app.add_option("--read", options.read_order,
                 "Only read this order back; needs its --access-token, and the --reply-key with "
                 "which it was placed")
      ->needs(token);
}

// Refuses what is no card number, by CLI11's rule: the text that comes back is the reason.
std::string without_spaces(std::string& number) {
  std::erase(number, ' ');
  const bool digits = std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  return digits && number.size() >= 12 && number.size() <= 19 ? std::string()
                                                              : "must have 12 to 19 digits";
}

void add_shopper(CLI::App& app, Shopper& shopper) {
  app.add_option("--name", shopper.name)->capture_default_str();
  app.add_option("--email", shopper.email)->capture_default_str();
  app.add_option("--phone", shopper.phone)->capture_default_str();
  app.add_option("--line1", shopper.line1)->capture_default_str();
  app.add_option("--line2", shopper.line2);
  app.add_option("--city", shopper.city)->capture_default_str();
  app.add_option("--region", shopper.region)->capture_default_str();
  app.add_option("--postal-code", shopper.postal_code)->capture_default_str();
  app.add_option("--country", shopper.country)->capture_default_str();
  auto* token =
      app.add_option("--token", shopper.token, "Payment token: tok_approve, tok_decline, …")
          ->capture_default_str();
  app.add_option("--card", shopper.card,
                 "Pay with this test card instead: 12 to 19 digits, spaces may part them")
      ->excludes(token)
      ->transform(CLI::Validator(&without_spaces, "NUMBER", "card"));
  app.add_option("--code", shopper.challenge_code, "Answer of a payment that asks for a code");
}

constexpr const char* kFooter =
    "Exit status: 0 every order was answered, and a single one was placed and paid, or taken for "
    "later while the shop's private zone is away; 1 not so (declined payment, out of stock, no "
    "answer); 2 wrong options.";

Result<std::string> storefront_address(const json::Value& addresses) {
  ASSIGN_OR_RETURN(const auto members, addresses.as_members(kAddressesMax));
  for (const auto& [name, address] : members) {
    if (name == "storefront") {
      ASSIGN_OR_RETURN(const std::string_view url, address.as_string(kTextBytesMax));
      return std::string(url);
    }
  }
  return make_error(ErrorCode::kNotFound, "this shop runs without an edge");
}

}  // namespace

std::variant<Options, Message> parse_options(int argc, const char* const* argv) {
  CLI::App app("Buys something, as a shopper's program would", "dermaga buy");
  app.footer(kFooter);
  Options options;
  add_shop(app, options);
  add_load(app, options);
  add_shopper(app, options.shopper);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Message{app.help(), 0};
  } catch (const CLI::ParseError& wrong) {
    return Message{std::string("dermaga buy: ") + wrong.what() + "; see ./dermaga buy --help\n", 2};
  }
  return options;
}

Status resolve_shop(Options& options) {
  if (!options.url.empty()) {
    return {};
  }
  const std::string path = options.data + "/run/up.json";
  const auto text = files::read_file(path, kStateBytesMax);
  if (!text.has_value()) {
    return make_error(text.error().code(), "no running shop in " + options.data + " (" +
                                               text.error().message() +
                                               "): start one with ./dermaga up, or say --url");
  }
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(*text));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const auto addresses, reader.required("addresses"));
  ASSIGN_OR_RETURN(options.url, storefront_address(addresses));
  if (options.ca_file.empty()) {
    ASSIGN_OR_RETURN(options.ca_file, reader.string("ca_file", kTextBytesMax));
  }
  return {};
}

}  // namespace dermaga::buyer
