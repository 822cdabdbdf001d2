#include "customers/contact_index.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "masking.h"
#include "random/random.h"

namespace dermaga::customers {
namespace {

TEST(ContactIndex, AddressesHaveOneForm) {
  const auto form = [](std::string text) {
    return std::string(normalized(vault::EmailAddress(std::move(text))).reveal());
  };
  EXPECT_EQ(form("Sari.Dewi@Example.COM"), "sari.dewi@example.com");
  EXPECT_EQ(form("  sari@example.com "), "sari@example.com");
  EXPECT_EQ(form("SARI+toko@example.com"), "sari+toko@example.com");
  EXPECT_EQ(form("Ä@example.com"), "Ä@example.com") << "only ASCII";
  EXPECT_EQ(form("   "), "");
  EXPECT_EQ(form(""), "");
}

TEST(ContactIndex, NumbersHaveOneForm) {
  struct Row {
    std::string_view text;
    std::string_view form;
  };
  constexpr Row kRows[] = {
      {"0811-000-000", "62811000000"},
      {"+62 811 000 000", "62811000000"},
      {"62811000000", "62811000000"},
      {"0062 811 000 000", "62811000000"},
      {"+62 (0)811 000 000", "62811000000"},
      {"(0811) 000.000", "62811000000"},
      {" (+62) 811 000 000", "62811000000"},
      {"+1 (202) 555-0100", "12025550100"},
      {"001 202 555 0100", "12025550100"},
      {"+0811000000", "0811000000"},  // no country has that code: as it was given
      {"811 000 000", "811000000"},   // no country said, none guessed
      {"0", "62"},
      {"", ""},
      {"+-() .", ""},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(normalized(vault::PhoneNumber(std::string(row.text)), "62").reveal(), row.form)
        << row.text;
  }
  EXPECT_EQ(normalized(vault::PhoneNumber("(0)12-345 6789"), "60").reveal(), "60123456789");
}

TEST(ContactIndex, AnotherKeyGivesOtherValues) {
  char folder[] = "/tmp/dermaga-contact-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const auto vault = vault::Vault::open(std::string(folder) + "/keys", system_random()).value();
  const auto key = vault->blind_index(kIndexPurpose).value();
  const auto other_key = vault->blind_index("another").value();
  const ContactIndex index(key, "62");
  const ContactIndex other(other_key, "62");
  const vault::EmailAddress email("Sari@example.com");
  EXPECT_EQ(index.of(email).size(), 32u);
  EXPECT_EQ(index.of(email), index.of(vault::EmailAddress("sari@EXAMPLE.com")));
  EXPECT_NE(index.of(email), other.of(email));
  EXPECT_EQ(index.of(vault::PhoneNumber("0811")), index.of(vault::PhoneNumber("+62811")));
  EXPECT_NE(index.of(vault::PhoneNumber("62811")), index.of(vault::EmailAddress("62811")));
  EXPECT_EQ(index.of(vault::PhoneNumber("")), "");
  EXPECT_EQ(index.of(vault::EmailAddress(" ")), "");
  std::filesystem::remove_all(folder);
}

TEST(Masking, ShowsNoMoreThanFirstLetters) {
  EXPECT_EQ(masked_name("Sari Dewi"), "S••• D•••");
  EXPECT_EQ(masked_name(" Éva  Łódź "), "É••• Ł•••");
  EXPECT_EQ(masked_name("A b c d e f"), "A••• b••• c••• d•••");
  EXPECT_EQ(masked_name(""), "");
  EXPECT_EQ(masked_email("sari.dewi@example.test"), "s•••@e•••.test");
  EXPECT_EQ(masked_email("x@localhost"), "x•••@l•••");
  EXPECT_EQ(masked_email("nonsense"), "n•••");
  EXPECT_EQ(masked_phone("+62 811-000-123"), "•••• 123");
  EXPECT_EQ(masked_phone("081 12"), "••••");
  EXPECT_EQ(masked_phone(""), "");
}

}  // namespace
}  // namespace dermaga::customers
