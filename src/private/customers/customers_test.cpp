#include <fstream>

#include "test_customers.h"

namespace dermaga::customers {
namespace {

using ::testing::HasSubstr;

TEST_F(CustomersTest, ALookNeedsAReasonAndIsWrittenDown) {
  const auto contact = customers().reveal(order(1), kStaff, "customer.show", "asked").value();
  EXPECT_EQ(contact.name.reveal(), "Sari Dewi");
  EXPECT_EQ(contact.email.reveal(), "sari@example.com");
  EXPECT_EQ(contact.phone.reveal(), "+62 812");
  EXPECT_EQ(contact.address_json.reveal(), R"({"city":"Jakarta"})");
  EXPECT_EQ(customers().reveal(order(9), kStaff, "customer.show", "declined")->email.reveal(),
            "sari@example.com");
  EXPECT_EQ(customers().reveal(order(1), kStaff, "customer.show", "").error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(customers().reveal(order(77), kStaff, "customer.show", "x").error().code(),
            ErrorCode::kNotFound);
  EXPECT_THAT(acts(), testing::ElementsAre("host:tester customer.show ord_1 cus_1",
                                           "host:tester customer.show ord_9 cus_9"));
}

TEST_F(CustomersTest, OnlyWhoeverIsNotNeededAnyMoreIsErased) {
  EXPECT_EQ(customers().erase(order(2), kStaff, "asked").error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_EQ(customers().erase(order(3), kStaff, "a refund is due").error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_EQ(customers().erase(order(1), kStaff, "").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(customers().erase(order(77), kStaff, "x").error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(list_->all().empty());
  EXPECT_TRUE(acts().empty());
  ASSERT_TRUE(customers().erase(order(1), kStaff, "asked").has_value());
  ASSERT_TRUE(customers().erase(order(9), kStaff, "asked").has_value());
  for (const int number : {1, 9}) {
    const auto gone = customers().reveal(order(number), kStaff, "customer.show", "again");
    ASSERT_FALSE(gone.has_value());
    EXPECT_THAT(gone.error().message(), HasSubstr("was erased"));
  }
  EXPECT_TRUE(customers().reveal(order(2), kStaff, "customer.show", "another").has_value());
  EXPECT_EQ(list_->all().size(), 2u);
}

// The list is written first. Whatever happens then, the next start ends the erasure.
TEST_F(CustomersTest, AnErasureThatWasInterruptedIsEndedAtTheNextStart) {
  ASSERT_TRUE(list_->add({.customer = CustomerId::parse("cus_1").value(), .at = clock_.now()}));
  ASSERT_TRUE(list_->add({.customer = CustomerId::parse("cus_404").value(), .at = clock_.now()}));
  ASSERT_TRUE(open_list());
  EXPECT_EQ(customers().replay_erasures().value(), 1);
  EXPECT_FALSE(customers().reveal(order(1), kStaff, "customer.show", "x").has_value());
  EXPECT_EQ(customers().replay_erasures().value(), 0);
  EXPECT_EQ(acts().front(), "core customer.erase cus_1");
}

TEST_F(CustomersTest, OfAListOnlyAnUnendedLineIsForgiven) {
  ASSERT_TRUE(customers().erase(order(1), kStaff, "asked").has_value());
  ASSERT_TRUE(customers().erase(order(9), kStaff, "asked").has_value());
  std::ifstream in(list_file());
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  const auto rewrite = [&](const std::string& text) {
    std::ofstream(list_file(), std::ios::trunc) << text;
  };
  for (std::size_t at = 0; at + 1 < good.size(); ++at) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    rewrite(changed);
    EXPECT_FALSE(open_list()) << "byte " << at << " of " << changed;
  }
  rewrite(good + good.substr(0, 20));
  ASSERT_TRUE(open_list());
  EXPECT_EQ(list_->all().size(), 2u);
  EXPECT_EQ(
      ErasureList::read(list_file(), digest::SigningKey::generate().public_key()).error().code(),
      ErrorCode::kCorrupt);
}

TEST_F(CustomersTest, AnAccountIsShownByItsIdWithAReason) {
  const CustomerId account = add_account({1});
  const auto contact = customers().reveal_account(account, kStaff, "customer.show", "asked");
  ASSERT_TRUE(contact.has_value());
  EXPECT_EQ(contact->name.reveal(), "Sari Dewi");
  EXPECT_EQ(contact->email.reveal(), "sari@example.com");
  EXPECT_EQ(contact->phone.reveal(), "+62 812");
  EXPECT_EQ(customers().reveal_account(account, kStaff, "customer.show", "").error().code(),
            ErrorCode::kInvalidArgument);
  const CustomerId nobody = CustomerId::parse("cus_1").value();
  EXPECT_EQ(customers().reveal_account(nobody, kStaff, "customer.show", "x").error().code(),
            ErrorCode::kNotFound)
      << "a guest is named by an order";
  EXPECT_EQ(acts().front(), "host:tester customer.show cus_account");
}

TEST_F(CustomersTest, AnAccountIsErasedWithWhoeverItsOrdersName) {
  add_order(4, kCompleted, 0);
  const CustomerId account = add_account({1, 4});
  EXPECT_EQ(rows_of_accounts(), 11);
  ASSERT_TRUE(customers().erase_account(account, kStaff, "asked for").has_value());
  EXPECT_EQ(rows_of_accounts(), 0);
  EXPECT_EQ(customers().reveal(order(1), kStaff, "customer.show", "why").error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(customers().reveal(order(4), kStaff, "customer.show", "why").error().code(),
            ErrorCode::kNotFound);
  EXPECT_TRUE(customers().reveal(order(2), kStaff, "customer.show", "why").has_value())
      << "somebody else's";
  EXPECT_EQ(list_->all().size(), 3u);
  EXPECT_EQ(customers().erase_account(account, kStaff, "again").error().code(),
            ErrorCode::kNotFound);
}

TEST_F(CustomersTest, AnAccountIsErasedWithItsDeclinedOrders) {
  const CustomerId account = add_account({});
  const store::Parameter whose[] = {std::string_view(account.str())};
  run("UPDATE declined_orders SET account_id = $1", whose);
  EXPECT_TRUE(customers().reveal(order(9), kStaff, "customer.show", "why").has_value());
  ASSERT_TRUE(customers().erase_account(account, kStaff, "asked for").has_value());
  EXPECT_EQ(customers().reveal(order(9), kStaff, "customer.show", "why").error().code(),
            ErrorCode::kNotFound);
}

TEST_F(CustomersTest, ErasingOneOrderOfAnAccountErasesTheAccount) {
  add_account({1});
  ASSERT_TRUE(customers().erase(order(1), kStaff, "asked for").has_value());
  EXPECT_EQ(rows_of_accounts(), 0);
}

TEST_F(CustomersTest, AnAccountWithAnOrderUnderWayStays) {
  const CustomerId account = add_account({1, 2});
  EXPECT_EQ(customers().erase_account(account, kStaff, "asked for").error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_EQ(rows_of_accounts(), 11);
  EXPECT_TRUE(list_->all().empty());
  EXPECT_TRUE(customers().reveal(order(1), kStaff, "customer.show", "why").has_value());
}

TEST_F(CustomersTest, AnErasedAccountThatARestoreBroughtBackGoesAgain) {
  const CustomerId account = add_account({});
  ASSERT_TRUE(customers().erase_account(account, kStaff, "asked for").has_value());
  add_account({});
  EXPECT_EQ(customers().replay_erasures().value(), 1);
  EXPECT_EQ(rows_of_accounts(), 0);
}

}  // namespace
}  // namespace dermaga::customers
