#include "config/config.h"

#include <algorithm>

#include "files/files.h"
#include "table.h"

namespace dermaga::config {

namespace {

constexpr std::uint64_t kFileBytesMax = 256 * 1024;
constexpr std::size_t kShippingRatesMax = 100;
constexpr std::size_t kTaxRatesMax = 300;
constexpr std::size_t kLocalesMax = 8;
constexpr std::size_t kCountriesMax = 250;
constexpr std::size_t kRegionsMax = 1'000;
constexpr std::size_t kTokenLabelBytesMax = 32;
constexpr std::int64_t kKeptDaysMax = 36'500;
constexpr std::int64_t kKeptHoursMax = 24 * 366;
constexpr std::int64_t kApprovalHoursMax = 24 * 30;
// A session may rest for 30 days: whoever has one is not erased below it.
constexpr std::int64_t kUnusedDaysMin = 30;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What ids, locations and shipping methods are made of.
bool is_slug(std::string_view text) {
  return !text.empty() && text.size() <= 32 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}
constexpr std::string_view kSlugAllowed =
    "1 to 32 of the characters a-z, 0-9 and - (not at an end)";

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, is_upper);
}
constexpr std::string_view kCountryAllowed = "ISO 3166-1 country codes such as \"ID\"";

bool is_region(std::string_view text) {
  return text.size() >= 4 && text.size() <= 6 && is_country(text.substr(0, 2)) && text[2] == '-' &&
         std::ranges::all_of(text.substr(3), [](char c) { return is_upper(c) || is_digit(c); });
}

bool is_locale(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, is_lower);
}

// Which of them can be read is for the store to say.
bool is_store(std::string_view text) {
  return text == "sqlite" || text.starts_with("postgres://") || text.starts_with("postgresql://");
}

bool is_title(std::string_view text) {
  return !text.empty() && text.size() <= 80;
}
constexpr std::string_view kTitleAllowed = "a text of 1 to 80 bytes";

// Only an origin: pages and API paths are appended to it.
bool is_origin(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (text.empty()) {
    return true;
  }
  if (!text.starts_with(kScheme) || text.size() <= kScheme.size() || text.size() > 200) {
    return false;
  }
  return std::ranges::all_of(text.substr(kScheme.size()), [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '.' || c == '-' || c == ':';
  });
}

void read_money(Table& table, std::string_view key, Currency currency, Money& target) {
  std::string text;
  table.text(
      key, text, [&](std::string_view t) { return Money::parse_major(t, currency).has_value(); },
      "an amount of " + std::string(currency.code()) + " in quotes, such as \"18000\"");
  if (!text.empty()) {
    target = *Money::parse_major(text, currency);
  }
}

Status read_titles(Table& rate, std::map<std::string, std::string>& titles) {
  auto table = rate.table("titles");
  if (!table) {
    rate.refuse("titles", "must be a table of one text per locale: titles = { en = \"Standard\" }");
    return rate.finish();
  }
  for (const std::string& locale : table->keys()) {
    if (!is_locale(locale)) {
      table->refuse(locale, "is not a locale such as \"id\" or \"en\"");
    }
    table->text(locale, titles[locale], is_title, kTitleAllowed);
  }
  return table->finish();
}

Result<ShippingRate> read_shipping(Table& table, const Shop& shop) {
  ShippingRate rate;
  rate.price = Money(0, shop.currency);
  rate.free_from = Money(0, shop.currency);
  for (const std::string_view key : {"method", "price"}) {
    if (!table.has(key)) {
      table.refuse(key, "is missing");
    }
  }
  table.text("method", rate.method, is_slug, kSlugAllowed);
  RETURN_IF_ERROR(read_titles(table, rate.titles));
  for (const std::string& locale : shop.locales) {
    if (!rate.titles.contains(locale)) {
      table.refuse("titles", "needs a text for the locale \"" + locale + "\"");
    }
  }
  table.texts("countries", rate.countries, kCountriesMax, is_country, kCountryAllowed);
  table.texts("regions", rate.regions, kRegionsMax, is_region,
              "ISO 3166-2 codes such as \"ID-JK\"");
  table.integer("weight_grams_max", rate.weight_grams_max, 0, 100'000'000);
  read_money(table, "price", shop.currency, rate.price);
  read_money(table, "free_from", shop.currency, rate.free_from);
  RETURN_IF_ERROR(table.finish());
  return rate;
}

Result<TaxRate> read_tax(Table& table) {
  TaxRate rate;
  for (const std::string_view key : {"country", "name", "basis_points"}) {
    if (!table.has(key)) {
      table.refuse(key, "is missing");
    }
  }
  table.text("country", rate.country, is_country, "an ISO 3166-1 country code such as \"ID\"");
  table.text("name", rate.name, is_title, kTitleAllowed);
  table.integer("basis_points", rate.basis_points, 0, 10'000);
  table.boolean("included_in_prices", rate.included_in_prices);
  RETURN_IF_ERROR(table.finish());
  return rate;
}

bool is_country_code(std::string_view text) {
  return !text.empty() && text.size() <= 3 && text.front() != '0' &&
         std::ranges::all_of(text, is_digit);
}

Status read_shop_table(Table table, Shop& shop) {
  table.text("id", shop.id, is_slug, kSlugAllowed);
  table.text("name", shop.name, is_title, kTitleAllowed);
  table.text("public_url", shop.public_url, is_origin,
             "empty or an origin such as \"https://shop.example\" without a path");
  std::string currency(shop.currency.code());
  table.text(
      "currency", currency, [](std::string_view t) { return Currency::parse(t).has_value(); },
      "an ISO 4217 code such as \"IDR\"");
  shop.currency = *Currency::parse(currency);
  table.texts("locales", shop.locales, kLocalesMax, is_locale,
              "two-letter languages such as \"id\" and \"en\"");
  if (shop.locales.empty()) {
    table.refuse("locales", "must name at least one language; the first is the default");
  }
  table.text("default_location", shop.default_location, is_slug, kSlugAllowed);
  table.text("phone_country_code", shop.phone_country_code, is_country_code,
             "1 to 3 digits such as \"62\", the first not 0");
  return table.finish();
}

bool is_absolute_path(std::string_view text) {
  return text.starts_with('/') && text.size() > 1;
}

Status read_keys_table(Table table, Shop& shop) {
  Keys& keys = shop.keys;
  table.text(
      "root", keys.root,
      [](std::string_view t) { return t == "file" || t == "passphrase" || t == "pkcs11"; },
      "\"file\", \"passphrase\" or \"pkcs11\"");
  table.text(
      "pkcs11_token", keys.pkcs11_token,
      [](std::string_view t) {
        return !t.empty() && t.size() <= kTokenLabelBytesMax && !t.ends_with(' ');
      },
      "a token's label, 1 to 32 bytes");
  const std::pair<std::string_view, std::string*> paths[] = {
      {"passphrase_file", &keys.passphrase_file},
      {"pkcs11_module", &keys.pkcs11_module},
      {"pkcs11_pin_file", &keys.pkcs11_pin_file}};
  for (const auto& [key, target] : paths) {
    table.text(key, *target, is_absolute_path, "an absolute path");
  }
  for (const std::string_view key :
       {"passphrase_file", "pkcs11_module", "pkcs11_token", "pkcs11_pin_file"}) {
    if (key.starts_with(keys.root) && !table.has(key)) {
      table.refuse(key, "must be given where root is \"" + keys.root + "\"");
    }
  }
  return table.finish();
}

// One of ASCII; whether a mail can come from it is checked where mails are made.
bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return text.size() <= 254 && at != text.npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == text.npos &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// smtp:// or smtps://, host and port, no more.
bool is_mail_server(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == text.npos || text.size() > 200) {
    return false;
  }
  const std::string_view host = text.substr(scheme + 3);
  return (text.starts_with("smtp://") || text.starts_with("smtps://")) && !host.empty() &&
         std::ranges::all_of(host, [](char c) {
           return is_lower(c) || is_upper(c) || is_digit(c) || c == '.' || c == '-' || c == ':';
         });
}

Status read_mail_table(Table table, Shop& shop) {
  Mail& mail = shop.mail;
  table.text("from", mail.from, is_mail_address, "an address such as \"shop@shop.example\"");
  table.text(
      "transport", mail.transport, [](std::string_view t) { return t == "file" || t == "smtp"; },
      "\"file\" or \"smtp\"");
  table.text("smtp_url", mail.smtp_url, is_mail_server,
             "a server such as \"smtp://mail.example:587\" or \"smtps://mail.example:465\"");
  table.text("smtp_user", mail.smtp_user, is_title, kTitleAllowed);
  table.text("smtp_password_file", mail.smtp_password_file, is_absolute_path, "an absolute path");
  table.text("smtp_ca_file", mail.smtp_ca_file, is_absolute_path, "an absolute path");
  for (const std::string_view key : {"from", "smtp_url"}) {
    if (mail.transport == "smtp" && !table.has(key)) {
      table.refuse(key, "must be given where transport is \"smtp\"");
    }
  }
  if (mail.smtp_user.empty() != mail.smtp_password_file.empty()) {
    table.refuse(mail.smtp_user.empty() ? "smtp_user" : "smtp_password_file",
                 "must be given too: user and password belong together");
  }
  return table.finish();
}

Status read_orders_table(Table table, Shop& shop) {
  table.integer("hold_minutes", shop.hold_minutes, 1, 24 * 60);
  table.integer("quote_minutes", shop.quote_minutes, 1, 24 * 60);
  table.integer("queue_max", shop.order_queue_max, 1, 1'000'000);
  table.integer("batch_max", shop.order_batch_max, 1, 10'000);
  return table.finish();
}

Status read_leases_table(Table table, Shop& shop) {
  table.integer("share_percent", shop.lease_share_percent, 0, 50);
  table.integer("units_max", shop.lease_units_max, 1, 1'000'000);
  table.integer("keep_units", shop.lease_keep_units, 0, 1'000'000);
  table.integer("valid_minutes", shop.lease_valid_minutes, 1, 24 * 60);
  return table.finish();
}

Status read_audit_table(Table table, Shop& shop) {
  table.text(
      "export", shop.audit_export,
      [](std::string_view t) { return t == "syslog" || is_absolute_path(t); },
      "\"syslog\" or an absolute path");
  return table.finish();
}

Status read_staff_table(Table table, Shop& shop) {
  table.text("url", shop.admin_url, is_origin,
             "empty or an origin such as \"https://admin.internal:8441\" without a path");
  table.text(
      "breached_passwords", shop.breached_passwords,
      [](std::string_view t) { return t.empty() || is_absolute_path(t); }, "an absolute path");
  return table.finish();
}

Status read_payments_table(Table table, Shop& shop) {
  table.text(
      "provider", shop.payment_provider, [](std::string_view t) { return t == "sandbox"; },
      "\"sandbox\"");
  return table.finish();
}

Status read_probe_table(Table table, Shop& shop) {
  table.integer("interval_seconds", shop.probe_interval_seconds, 0, 24 * 60 * 60);
  return table.finish();
}

Status read_retention_table(Table table, Shop& shop) {
  Retention& retention = shop.retention;
  table.integer("guest_days", retention.guest_days, 0, kKeptDaysMax);
  table.integer("declined_days", retention.declined_days, 0, kKeptDaysMax);
  table.integer("account_unused_days", retention.account_unused_days, 0, kKeptDaysMax);
  table.integer("mail_file_hours", retention.mail_file_hours, 0, kKeptHoursMax);
  if (retention.account_unused_days > 0 && retention.account_unused_days < kUnusedDaysMin) {
    table.refuse("account_unused_days", "must be 0 or at least 30");
  }
  return table.finish();
}

Status read_card_vault_table(Table table, Shop& shop) {
  table.boolean("enabled", shop.card_vault);
  return table.finish();
}

Status read_four_eyes_table(Table table, Shop& shop) {
  FourEyes& rules = shop.four_eyes;
  table.integer("refunds_over", rules.refunds_over, 0, INT64_MAX);
  table.boolean("key_destruction", rules.key_destruction);
  table.integer("approval_hours", rules.approval_hours, 1, kApprovalHoursMax);
  return table.finish();
}

Status read_storage_table(Table table, Shop& shop) {
  table.text("url", shop.store, is_store, "\"sqlite\" or \"postgres://user@host:5432/database\"");
  return table.finish();
}

Status read_shipping_tables(Table& root, Shop& shop) {
  if (!root.has("shipping")) {
    return {};
  }
  shop.shipping.clear();
  for (Table& table : root.tables("shipping", kShippingRatesMax)) {
    ASSIGN_OR_RETURN(ShippingRate rate, read_shipping(table, shop));
    const auto same = [&](const ShippingRate& other) { return other.method == rate.method; };
    if (std::ranges::any_of(shop.shipping, same)) {
      table.refuse("method", "\"" + rate.method + "\" is there twice");
      return table.finish();
    }
    shop.shipping.push_back(std::move(rate));
  }
  return {};
}

Status read_tax_tables(Table& root, Shop& shop) {
  if (!root.has("tax")) {
    return {};
  }
  shop.taxes.clear();
  for (Table& table : root.tables("tax", kTaxRatesMax)) {
    ASSIGN_OR_RETURN(TaxRate rate, read_tax(table));
    const auto same = [&](const TaxRate& other) { return other.country == rate.country; };
    if (std::ranges::any_of(shop.taxes, same)) {
      table.refuse("country", "\"" + rate.country + "\" is there twice");
      return table.finish();
    }
    shop.taxes.push_back(std::move(rate));
  }
  return {};
}

Result<Shop> read_root(Table& root) {
  Shop shop = default_shop();
  const Currency default_currency = shop.currency;
  using Reader = Status (*)(Table, Shop&);
  const std::pair<std::string_view, Reader> sections[] = {
      {"audit", read_audit_table},         {"keys", read_keys_table},
      {"shop", read_shop_table},           {"leases", read_leases_table},
      {"mail", read_mail_table},           {"orders", read_orders_table},
      {"payments", read_payments_table},   {"probe", read_probe_table},
      {"staff", read_staff_table},         {"storage", read_storage_table},
      {"retention", read_retention_table}, {"card_vault", read_card_vault_table},
      {"four_eyes", read_four_eyes_table}};
  for (const auto& [name, read] : sections) {
    if (auto table = root.table(name)) {
      RETURN_IF_ERROR(read(*std::move(table), shop));
    }
  }
  RETURN_IF_ERROR(read_shipping_tables(root, shop));
  RETURN_IF_ERROR(read_tax_tables(root, shop));
  if (!root.has("shipping") && shop.currency != default_currency) {
    root.refuse("shipping",
                "must be given when the currency is not " + std::string(default_currency.code()));
  }
  RETURN_IF_ERROR(root.finish());
  return shop;
}

ShippingRate default_rate(std::string method, std::int64_t price, std::int64_t free_from,
                          std::vector<std::string> countries,
                          std::map<std::string, std::string> titles) {
  const Currency rupiah = *Currency::parse("IDR");
  ShippingRate rate;
  rate.method = std::move(method);
  rate.titles = std::move(titles);
  rate.countries = std::move(countries);
  rate.price = Money(price, rupiah);
  rate.free_from = Money(free_from, rupiah);
  return rate;
}

}  // namespace

Shop default_shop() {
  Shop shop;
  shop.currency = *Currency::parse("IDR");
  shop.shipping = {
      default_rate("standard", 18'000, 500'000, {"ID"},
                   {{"id", "Reguler (2–4 hari)"}, {"en", "Standard (2–4 days)"}}),
      default_rate("express", 45'000, 0, {"ID"},
                   {{"id", "Ekspres (1 hari)"}, {"en", "Express (1 day)"}}),
      default_rate("international", 250'000, 0,
                   {"AE", "AU", "BE", "BN", "CA", "CH", "CN", "DE", "ES", "FR", "GB",
                    "HK", "IN", "IT", "JP", "KH", "KR", "LA", "LK", "MM", "MY", "NL",
                    "NZ", "PH", "SA", "SG", "TH", "TL", "TW", "US", "VN"},
                   {{"id", "Internasional (7–14 hari)"}, {"en", "International (7–14 days)"}}),
  };
  shop.taxes = {{.country = "ID", .name = "PPN", .basis_points = 1'100}};
  return shop;
}

Result<Shop> load_shop(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, files::read_file(path, kFileBytesMax));
  toml::table parsed;
  try {
    parsed = toml::parse(text, path);
  } catch (const toml::parse_error& failure) {
    return make_error(ErrorCode::kInvalidArgument, path + ":" +
                                                       std::to_string(failure.source().begin.line) +
                                                       ": " + std::string(failure.description()));
  }
  Table root(parsed, "", path);
  return read_root(root);
}

}  // namespace dermaga::config
