#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "money/money.h"
#include "result/result.h"

namespace dermaga::config {

struct ShippingRate {
  std::string method;                         // "standard"
  std::map<std::string, std::string> titles;  // locale → text
  std::vector<std::string> countries;         // ISO 3166-1 alpha-2; empty: every country
  std::vector<std::string> regions;           // ISO 3166-2 subdivision ("ID-JK"); empty: all
  std::int64_t weight_grams_max = 0;          // 0: no limit
  Money price;
  Money free_from;  // subtotal from which it is free; amount 0: never
};

struct TaxRate {
  std::string country;             // "ID"
  std::string name;                // "PPN"
  std::int64_t basis_points = 0;   // 1100 = 11 %
  bool included_in_prices = true;  // prices and shipping already contain the tax
};

// Where the root key is, which wraps every other key of the shop. Settings of roots that are not in
// use may be there too.
struct Keys {
  std::string root = "file";    // "file", "passphrase" or "pkcs11"
  std::string passphrase_file;  // absolute, like the two below
  std::string pkcs11_module;    // the token maker's library
  std::string pkcs11_token;     // the token's label
  std::string pkcs11_pin_file;
};

// How mails to shoppers and staff leave.
struct Mail {
  std::string from = "shop@localhost";
  std::string transport = "file";  // "file": into <data>/private/mail; "smtp"
  std::string smtp_url;            // "smtps://host:465" or "smtp://host:587" (STARTTLS)
  std::string smtp_user;           // "": without authentication
  std::string smtp_password_file;  // absolute, like the one below
  std::string smtp_ca_file;        // "": what this machine trusts
};

// How long persons are kept before core erases them by itself; 0: until they ask.
struct Retention {
  std::int64_t guest_days = 0;           // since a guest's order ended
  std::int64_t declined_days = 90;       // since a delivered order was declined
  std::int64_t account_unused_days = 0;  // since an account was last used
  std::int64_t mail_file_hours = 24;     // mails in <data>/private/mail
};

// What a second person must agree to.
struct FourEyes {
  std::int64_t refunds_over = 0;  // minor units given back on one order in all; 0: never
  bool key_destruction = false;
  std::int64_t approval_hours = 72;  // how long a request waits
};

// The shop's settings: `shop.toml`. Unknown keys are refused with file and line.
struct Shop {
  std::string id = "dermaga";  // in certificates: dermaga://<id>/…; [a-z0-9-]
  std::string name = "Dermaga";
  std::string public_url;  // "" : https://localhost:<port-base+3>
  std::string admin_url;   // where staff reach core: "" as above, with +1
  Currency currency;
  std::vector<std::string> locales = {"id", "en"};  // first one is the default
  std::string default_location = "main";
  std::string phone_country_code = "62";  // of numbers that begin with 0
  std::vector<ShippingRate> shipping;
  std::vector<TaxRate> taxes;
  std::int64_t hold_minutes = 15;
  std::int64_t quote_minutes = 15;
  std::int64_t order_queue_max = 20'000;  // orders waiting for the committer; more answer 503
  std::int64_t order_batch_max = 1'000;
  std::int64_t lease_share_percent = 0;  // of available units, to each spool; 0: no leases
  std::int64_t lease_units_max = 100;    // of one variant in one lease
  std::int64_t lease_keep_units = 10;    // of one variant are never leased
  std::int64_t lease_valid_minutes = 60;
  std::string payment_provider = "sandbox";
  std::string breached_passwords;  // file of hashes, Have I Been Pwned's form; "": common ones only
  std::string audit_export;  // where audit entries are copied to: "syslog", a file, or nowhere
  Keys keys;
  Mail mail;
  Retention retention;
  bool card_vault = false;  // shoppers with an account may save cards
  FourEyes four_eyes;
  std::int64_t probe_interval_seconds = 60;  // between looks at the storefront; 0: none
  std::string store;  // "sqlite" or "postgres://…"; "": what the data folder remembers, else sqlite
};

// The built-in defaults: an Indonesian shop, PPN 11 % included, three shipping methods.
Shop default_shop();

// Defaults overlaid with the file. kInvalidArgument with "file:line: what, and what is allowed".
Result<Shop> load_shop(const std::string& path);

}  // namespace dermaga::config
