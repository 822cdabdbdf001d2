#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "result/result.h"

namespace dermaga::buyer {

// Who buys, where it goes and how it is paid.
struct Shopper {
  std::string name = "Sari Dewi";
  std::string email = "sari@example.com";
  std::string phone = "+62 812 0000 0000";
  std::string line1 = "Jl. Merdeka 1";
  std::string line2;
  std::string city = "Jakarta";
  std::string region = "ID-JK";
  std::string postal_code = "10110";
  std::string country = "ID";
  std::string token = "tok_approve";
  std::string card;            // instead of the token when not empty
  std::string challenge_code;  // answers a payment that asks for one
};

struct Options {
  std::string data = "var";
  std::string url;  // empty: from <data>/run/up.json
  std::string ca_file;
  std::string sku;  // empty: the first variant that is in stock
  std::int64_t quantity = 1;
  std::size_t count = 1;
  std::size_t concurrency = 1;
  double rate = 0;  // orders per second; 0: as fast as answers come
  std::string journal_file;
  std::string reply_key_file;  // kept there for a later --read; empty: forgotten at the end
  std::string read_order;      // only read this order back
  std::string access_token;
  std::string locale = "id";
  bool json = false;
  bool retry = false;
  bool quote = false;      // with every order
  std::size_t repeat = 0;  // times that every answered order is sent again
  Shopper shopper;
};

// What to print and the exit status, instead of buying.
struct Message {
  std::string text;
  int exit_status = 0;
};

std::variant<Options, Message> parse_options(int argc, const char* const* argv);

// Fills url and ca_file from the running shop's state file, where they are not given.
Status resolve_shop(Options& options);

}  // namespace dermaga::buyer
