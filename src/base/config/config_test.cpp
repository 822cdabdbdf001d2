#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dermaga::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ConfigTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "config_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/shop.toml";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<Shop> load(std::string_view text) {
    std::ofstream(path_, std::ios::trunc) << text;
    return load_shop(path_);
  }
  std::string refusal(std::string_view text) {
    const auto shop = load(text);
    if (shop.has_value()) {
      return "accepted";
    }
    EXPECT_EQ(shop.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(shop.error().message(), StartsWith(path_ + ":"));
    return shop.error().message().substr(path_.size());
  }
  std::string folder_;
  std::string path_;
};

void expect_equal(const Shop& left, const Shop& right) {
  EXPECT_EQ(left.id, right.id);
  EXPECT_EQ(left.name, right.name);
  EXPECT_EQ(left.public_url, right.public_url);
  EXPECT_EQ(left.currency, right.currency);
  EXPECT_EQ(left.locales, right.locales);
  EXPECT_EQ(left.default_location, right.default_location);
  EXPECT_EQ(left.phone_country_code, right.phone_country_code);
  EXPECT_EQ(left.hold_minutes, right.hold_minutes);
  EXPECT_EQ(left.quote_minutes, right.quote_minutes);
  EXPECT_EQ(left.order_queue_max, right.order_queue_max);
  EXPECT_EQ(left.order_batch_max, right.order_batch_max);
  EXPECT_EQ(left.lease_share_percent, right.lease_share_percent);
  EXPECT_EQ(left.lease_units_max, right.lease_units_max);
  EXPECT_EQ(left.lease_keep_units, right.lease_keep_units);
  EXPECT_EQ(left.lease_valid_minutes, right.lease_valid_minutes);
  EXPECT_EQ(left.payment_provider, right.payment_provider);
  EXPECT_EQ(left.store, right.store);
  EXPECT_EQ(left.audit_export, right.audit_export);
  EXPECT_EQ(left.admin_url, right.admin_url);
  EXPECT_EQ(left.breached_passwords, right.breached_passwords);
  EXPECT_EQ(left.keys.root, right.keys.root);
  EXPECT_EQ(left.keys.passphrase_file, right.keys.passphrase_file);
  EXPECT_EQ(left.keys.pkcs11_module, right.keys.pkcs11_module);
  EXPECT_EQ(left.keys.pkcs11_token, right.keys.pkcs11_token);
  EXPECT_EQ(left.keys.pkcs11_pin_file, right.keys.pkcs11_pin_file);
  EXPECT_EQ(left.probe_interval_seconds, right.probe_interval_seconds);
  EXPECT_EQ(left.mail.from, right.mail.from);
  EXPECT_EQ(left.mail.transport, right.mail.transport);
  EXPECT_EQ(left.mail.smtp_url, right.mail.smtp_url);
  EXPECT_EQ(left.mail.smtp_user, right.mail.smtp_user);
  EXPECT_EQ(left.mail.smtp_password_file, right.mail.smtp_password_file);
  EXPECT_EQ(left.mail.smtp_ca_file, right.mail.smtp_ca_file);
  EXPECT_EQ(left.retention.guest_days, right.retention.guest_days);
  EXPECT_EQ(left.retention.declined_days, right.retention.declined_days);
  EXPECT_EQ(left.retention.account_unused_days, right.retention.account_unused_days);
  EXPECT_EQ(left.retention.mail_file_hours, right.retention.mail_file_hours);
  EXPECT_EQ(left.card_vault, right.card_vault);
  EXPECT_EQ(left.four_eyes.refunds_over, right.four_eyes.refunds_over);
  EXPECT_EQ(left.four_eyes.key_destruction, right.four_eyes.key_destruction);
  EXPECT_EQ(left.four_eyes.approval_hours, right.four_eyes.approval_hours);
  ASSERT_EQ(left.shipping.size(), right.shipping.size());
  for (std::size_t i = 0; i < left.shipping.size(); ++i) {
    EXPECT_EQ(left.shipping[i].method, right.shipping[i].method);
    EXPECT_EQ(left.shipping[i].titles, right.shipping[i].titles);
    EXPECT_EQ(left.shipping[i].countries, right.shipping[i].countries);
    EXPECT_EQ(left.shipping[i].regions, right.shipping[i].regions);
    EXPECT_EQ(left.shipping[i].weight_grams_max, right.shipping[i].weight_grams_max);
    EXPECT_EQ(left.shipping[i].price, right.shipping[i].price);
    EXPECT_EQ(left.shipping[i].free_from, right.shipping[i].free_from);
  }
  ASSERT_EQ(left.taxes.size(), right.taxes.size());
  for (std::size_t i = 0; i < left.taxes.size(); ++i) {
    EXPECT_EQ(left.taxes[i].country, right.taxes[i].country);
    EXPECT_EQ(left.taxes[i].name, right.taxes[i].name);
    EXPECT_EQ(left.taxes[i].basis_points, right.taxes[i].basis_points);
    EXPECT_EQ(left.taxes[i].included_in_prices, right.taxes[i].included_in_prices);
  }
}

TEST_F(ConfigTest, TheExampleIsTheDefaults) {
  const auto shop = load_shop("deploy/shop.example.toml");
  ASSERT_TRUE(shop.has_value()) << shop.error().message();
  expect_equal(*shop, default_shop());
}

TEST_F(ConfigTest, AnEmptyFileIsTheDefaults) {
  expect_equal(load("").value(), default_shop());
}

constexpr const char* kEverySetting = R"(
[shop]
id = "toko-2"
name = "Toko Dua"
public_url = "https://toko.example:8443"
currency = "USD"
locales = ["en"]
default_location = "gudang"
phone_country_code = "60"
[orders]
hold_minutes = 30
quote_minutes = 5
queue_max = 10
batch_max = 2
[audit]
export = "/var/log/audit.jsonl"
[staff]
url = "https://admin.toko.example"
breached_passwords = "/srv/pwned.txt"
[keys]
root = "pkcs11"
passphrase_file = "/srv/passphrase"
pkcs11_module = "/usr/lib/token.so"
pkcs11_token = "toko 2"
pkcs11_pin_file = "/srv/pin"
[mail]
from = "toko@toko.example"
transport = "smtp"
smtp_url = "smtps://mail.toko.example:465"
smtp_user = "toko"
smtp_password_file = "/srv/smtp-password"
smtp_ca_file = "/srv/ca.pem"
[probe]
interval_seconds = 5
[retention]
guest_days = 400
declined_days = 0
account_unused_days = 730
mail_file_hours = 1
[card_vault]
enabled = true
[four_eyes]
refunds_over = 500000
key_destruction = true
approval_hours = 720
[leases]
share_percent = 4
units_max = 7
keep_units = 3
valid_minutes = 90
[payments]
provider = "sandbox"
[storage]
url = "postgres://shop@db/shop"
[[shipping]]
method = "courier"
titles = { en = "Courier" }
countries = ["ID", "SG"]
regions = ["ID-JK"]
weight_grams_max = 5000
price = "4.50"
free_from = "100"
[[tax]]
country = "SG"
name = "GST"
basis_points = 900
included_in_prices = false
)";

TEST_F(ConfigTest, EverySettingCanBeChanged) {
  const auto shop = load(kEverySetting);
  ASSERT_TRUE(shop.has_value()) << shop.error().message();
  const Currency dollar = *Currency::parse("USD");
  Shop expected;
  expected.id = "toko-2";
  expected.name = "Toko Dua";
  expected.public_url = "https://toko.example:8443";
  expected.currency = dollar;
  expected.locales = {"en"};
  expected.default_location = "gudang";
  expected.phone_country_code = "60";
  expected.hold_minutes = 30;
  expected.quote_minutes = 5;
  expected.order_queue_max = 10;
  expected.order_batch_max = 2;
  expected.audit_export = "/var/log/audit.jsonl";
  expected.admin_url = "https://admin.toko.example";
  expected.breached_passwords = "/srv/pwned.txt";
  expected.keys = {.root = "pkcs11",
                   .passphrase_file = "/srv/passphrase",
                   .pkcs11_module = "/usr/lib/token.so",
                   .pkcs11_token = "toko 2",
                   .pkcs11_pin_file = "/srv/pin"};
  expected.mail = {.from = "toko@toko.example",
                   .transport = "smtp",
                   .smtp_url = "smtps://mail.toko.example:465",
                   .smtp_user = "toko",
                   .smtp_password_file = "/srv/smtp-password",
                   .smtp_ca_file = "/srv/ca.pem"};
  expected.probe_interval_seconds = 5;
  expected.retention = {
      .guest_days = 400, .declined_days = 0, .account_unused_days = 730, .mail_file_hours = 1};
  expected.card_vault = true;
  expected.four_eyes = {.refunds_over = 500'000, .key_destruction = true, .approval_hours = 720};
  expected.lease_share_percent = 4;
  expected.lease_units_max = 7;
  expected.lease_keep_units = 3;
  expected.lease_valid_minutes = 90;
  expected.store = "postgres://shop@db/shop";
  expected.shipping = {{.method = "courier",
                        .titles = {{"en", "Courier"}},
                        .countries = {"ID", "SG"},
                        .regions = {"ID-JK"},
                        .weight_grams_max = 5000,
                        .price = Money(450, dollar),
                        .free_from = Money(10'000, dollar)}};
  expected.taxes = {
      {.country = "SG", .name = "GST", .basis_points = 900, .included_in_prices = false}};
  expect_equal(*shop, expected);
}

TEST_F(ConfigTest, FourEyesHaveBounds) {
  for (const std::string wrong :
       {"refunds_over = -1", "refunds_over = \"1\"", "key_destruction = 1", "approval_hours = 0",
        "approval_hours = 721", "restores = true"}) {
    const auto shop = load("[four_eyes]\n" + wrong);
    ASSERT_FALSE(shop.has_value()) << wrong;
    EXPECT_NE(shop.error().message().find(":2: four_eyes."), std::string::npos) << wrong;
  }
}

TEST_F(ConfigTest, ACountryCodeIsDigitsAlone) {
  for (const std::string code : {"", "062", "+62", "6200", "6a"}) {
    EXPECT_THAT(refusal("[shop]\nphone_country_code = \"" + code + "\""),
                HasSubstr(":2: shop.phone_country_code must be"))
        << code;
  }
}

TEST_F(ConfigTest, EveryRefusalSaysWhereAndWhatIsAllowed) {
  constexpr std::string_view kRate =
      "[[shipping]]\nmethod = \"a\"\nprice = \"1\"\ntitles = { id = \"A\", en = \"A\" }\n";
  const std::string rate(kRate);
  const std::string tax = "[[tax]]\ncountry = \"ID\"\nname = \"PPN\"\nbasis_points = 1\n";
  const std::pair<std::string, std::string_view> cases[] = {
      {"[shop", ":1: "},
      {"shops = 1",
       ":1: shops is not a setting; known here: audit, card_vault, four_eyes, keys, leases, mail, "
       "orders, payments, probe, retention, shipping, shop, staff, storage, tax"},
      {"shop = 1", ":1: shop must be a table"},
      {"[shop]\n\nnmae = \"x\"", ":3: shop.nmae is not a setting; known here: currency"},
      {"[shop]\nid = \"Bad Id\"", ":2: shop.id must be 1 to 32 of the characters"},
      {"[shop]\nid = 7", ":2: shop.id must be"},
      {"[shop]\nname = \"\"", ":2: shop.name must be a text of 1 to 80 bytes"},
      {"[shop]\npublic_url = \"http://x\"", ":2: shop.public_url must be empty or an origin"},
      {"[shop]\npublic_url = \"https://x/y\"", ":2: shop.public_url must be"},
      {"[shop]\ncurrency = \"rupiah\"", ":2: shop.currency must be an ISO 4217 code"},
      {"[shop]\ncurrency = \"USD\"", ":1: shipping must be given when the currency is not IDR"},
      {"[shop]\nlocales = []", ":2: shop.locales must name at least one"},
      {"[shop]\nlocales = \"id\"", ":2: shop.locales must be a list of at most 8"},
      {"[shop]\nlocales = [\"id\", \"id\"]", ":2: shop.locales names \"id\" twice"},
      {"[shop]\nlocales = [\"indonesia\"]", ":2: shop.locales must be a list of two-letter"},
      {"[shop]\ndefault_location = \"-\"", ":2: shop.default_location must be"},
      {"[staff]\nurl = \"http://admin\"", ":2: staff.url must be empty or an origin"},
      {"[staff]\nbreached_passwords = \"list.txt\"",
       ":2: staff.breached_passwords must be an absolute path"},
      {"[audit]\nexport = \"here.jsonl\"",
       ":2: audit.export must be \"syslog\" or an absolute path"},
      {"[orders]\nhold_minutes = 0", ":2: orders.hold_minutes must be a whole number from 1 to"},
      {"[orders]\nhold_minutes = 1.0", ":2: orders.hold_minutes must be a whole number"},
      {"[orders]\nbatch_max = 10001", ":2: orders.batch_max must be"},
      {"[leases]\nshare_percent = 51", ":2: leases.share_percent must be"},
      {"[probe]\ninterval_seconds = 86401", ":2: probe.interval_seconds must be a whole number"},
      {"[card_vault]\nenabled = 1", ":2: card_vault.enabled must be true or false"},
      {"[retention]\nguest_days = -1", ":2: retention.guest_days must be a whole number from 0"},
      {"[retention]\ndeclined_days = 36501", ":2: retention.declined_days must be"},
      {"[retention]\naccount_unused_days = 29",
       ":2: retention.account_unused_days must be 0 or at least 30"},
      {"[retention]\nmail_file_hours = 8785", ":2: retention.mail_file_hours must be"},
      {"[payments]\nprovider = \"cash\"", ":2: payments.provider must be \"sandbox\""},
      {"[storage]\nurl = \"mysql://x\"", ":2: storage.url must be \"sqlite\""},
      {"shipping = 3", ":1: shipping must be at most 100 tables"},
      {"shipping = [3]", ":1: shipping must be tables, each headed [[shipping]]"},
      {"[[shipping]]\nmethod = \"a\"", ":1: shipping.price is missing"},
      {"[[shipping]]\nprice = \"1\"", ":1: shipping.method is missing"},
      {"[[shipping]]\nmethod = \"a\"\nprice = \"1\"", ":1: shipping.titles must be a table"},
      {"[[shipping]]\nmethod = \"a\"\nprice = \"1\"\ntitles = { id = \"A\" }",
       ":4: shipping.titles needs a text for the locale \"en\""},
      {"[[shipping]]\nmethod = \"a\"\nprice = \"1\"\ntitles = { english = \"A\" }",
       ":4: shipping.titles.english is not a locale"},
      {"[[shipping]]\nmethod = \"a\"\nprice = 1\ntitles = { id = \"A\", en = \"A\" }",
       ":3: shipping.price must be an amount of IDR in quotes"},
      {rate + "countries = [\"Indonesia\"]", ":5: shipping.countries must be a list of ISO 3166-1"},
      {rate + "regions = [\"ID\"]", ":5: shipping.regions must be a list of ISO 3166-2"},
      {rate + "weight_grams_max = -1", ":5: shipping.weight_grams_max must be"},
      {rate + "free_from = \"x\"", ":5: shipping.free_from must be an amount"},
      {rate + "speed = 1", ":5: shipping.speed is not a setting"},
      {rate + rate, ":6: shipping.method \"a\" is there twice"},
      {"[[tax]]\ncountry = \"ID\"\nname = \"PPN\"", ":1: tax.basis_points is missing"},
      {tax + "included_in_prices = \"yes\"", ":5: tax.included_in_prices must be true or false"},
      {tax + tax, ":6: tax.country \"ID\" is there twice"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(refusal(text), StartsWith(message)) << text;
  }
}

TEST_F(ConfigTest, ARootKeyNeedsWhatItsKindNeeds) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"[keys]\nroot = \"hsm\"", ":2: keys.root must be \"file\", \"passphrase\" or \"pkcs11\""},
      {"[keys]\nroot = \"passphrase\"",
       ":1: keys.passphrase_file must be given where root is \"passphrase\""},
      {"[keys]\npassphrase_file = \"here\"", ":2: keys.passphrase_file must be an absolute path"},
      {"[keys]\npkcs11_module = \"token.so\"", ":2: keys.pkcs11_module must be an absolute path"},
      {"[keys]\npkcs11_pin_file = \"~/pin\"", ":2: keys.pkcs11_pin_file must be an absolute path"},
      {"[keys]\npkcs11_token = \"\"", ":2: keys.pkcs11_token must be a token's label"},
      {"[keys]\npkcs11_token = \"a234567890123456789012345678901234\"",
       ":2: keys.pkcs11_token must be a token's label"},
      {"[keys]\npassphrase = \"x\"", ":2: keys.passphrase is not a setting"},
      {"[keys]\npkcs11_pin = \"1\"", ":2: keys.pkcs11_pin is not a setting"},
      {"[keys]\nroot = \"pkcs11\"\npkcs11_module = \"/a.so\"\npkcs11_token = \"a\"",
       ":1: keys.pkcs11_pin_file must be given where root is \"pkcs11\""},
      {"[keys]\nroot = \"pkcs11\"\npkcs11_module = \"/a.so\"\npkcs11_pin_file = \"/p\"",
       ":1: keys.pkcs11_token must be given where root is \"pkcs11\""},
      {"[keys]\nroot = \"pkcs11\"\npkcs11_token = \"a\"\npkcs11_pin_file = \"/p\"",
       ":1: keys.pkcs11_module must be given where root is \"pkcs11\""},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(refusal(text), StartsWith(message)) << text;
  }
  EXPECT_EQ(load("[keys]\nroot = \"passphrase\"\npassphrase_file = \"/p\"")->keys.root,
            "passphrase");
}

TEST_F(ConfigTest, MailNeedsWhatItsTransportNeeds) {
  const std::string smtp =
      "[mail]\ntransport = \"smtp\"\nfrom = \"a@b.example\"\nsmtp_url = \"smtp://mail.example\"\n";
  const std::pair<std::string, std::string_view> cases[] = {
      {"[mail]\ntransport = \"pigeon\"", ":2: mail.transport must be \"file\" or \"smtp\""},
      {"[mail]\nfrom = \"nobody\"", ":2: mail.from must be an address"},
      {"[mail]\nfrom = \"@b\"", ":2: mail.from must be an address"},
      {"[mail]\nfrom = \"a@\"", ":2: mail.from must be an address"},
      {"[mail]\nfrom = \"a@b@c\"", ":2: mail.from must be an address"},
      {"[mail]\nfrom = \"tok\u00f6@b\"", ":2: mail.from must be an address"},
      {"[mail]\nfrom = \"a@b\\nBcc: c@d\"", ":2: mail.from must be an address"},
      {"[mail]\nsmtp_url = \"http://mail\"", ":2: mail.smtp_url must be a server"},
      {"[mail]\nsmtp_url = \"smtp://\"", ":2: mail.smtp_url must be a server"},
      {"[mail]\nsmtp_url = \"smtp://user:pw@mail\"", ":2: mail.smtp_url must be a server"},
      {"[mail]\nsmtp_ca_file = \"ca.pem\"", ":2: mail.smtp_ca_file must be an absolute path"},
      {"[mail]\ntransport = \"smtp\"\nsmtp_url = \"smtp://mail\"",
       ":1: mail.from must be given where transport is \"smtp\""},
      {"[mail]\ntransport = \"smtp\"\nfrom = \"a@b\"",
       ":1: mail.smtp_url must be given where transport is \"smtp\""},
      {smtp + "smtp_user = \"a\"", ":1: mail.smtp_password_file must be given too"},
      {smtp + "smtp_password_file = \"/p\"", ":1: mail.smtp_user must be given too"},
      {smtp + "smtp_password = \"x\"", ":5: mail.smtp_password is not a setting"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(refusal(text), StartsWith(message)) << text;
  }
  EXPECT_EQ(load(smtp)->mail.smtp_url, "smtp://mail.example");
}

TEST_F(ConfigTest, AMissingFileIsNotFound) {
  EXPECT_EQ(load_shop(folder_ + "/none.toml").error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace dermaga::config
