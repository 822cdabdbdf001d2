#include "test_accounts.h"

namespace dermaga::accounts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ProfileTest : public AccountsTest {
 protected:
  void SetUp() override { session_ = new_account(); }

  Reply show() { return ask_as(session_, CallMethod::kAccountShow); }
  Reply update(std::int64_t version, const std::string& name, const std::string& phone) {
    return ask_as(session_, CallMethod::kAccountUpdate, [&](OpenedCall& call) {
      call.account.version = version;
      call.account.name = vault::PersonName(name);
      call.account.phone = vault::PhoneNumber(phone);
      call.account.locale = "en";
    });
  }
  Reply put_address(const std::string& session, const std::string& id, const std::string& line) {
    return ask_as(session, CallMethod::kAccountPutAddress, [&](OpenedCall& call) {
      call.account.id = id;
      call.account.address.emplace();
      call.account.address->name = vault::PersonName("Sari Dewi");
      call.account.address->line1 = vault::StreetAddress(line);
      call.account.address->city = vault::StreetAddress("Bandung");
      call.account.address->country = vault::StreetAddress("ID");
    });
  }
  Reply remove_address(const std::string& session, const std::string& id) {
    return ask_as(session, CallMethod::kAccountRemoveAddress,
                  [&](OpenedCall& call) { call.account.id = id; });
  }
  Reply set_consent(const std::string& purpose, bool given) {
    return ask_as(session_, CallMethod::kAccountSetConsent, [&](OpenedCall& call) {
      call.account.purpose = purpose;
      call.account.given = given;
    });
  }
  static std::string address_id(const std::string& json) {
    const std::size_t at = json.find("adr_");
    return json.substr(at, json.find('"', at) - at);
  }

  std::string session_;
};

TEST_F(ProfileTest, ShowsWhatThePersonGave) {
  const std::string json = show().json;
  EXPECT_THAT(json, HasSubstr(R"("email":"sari.dewi@example.test")"));
  EXPECT_THAT(json, HasSubstr(R"("name":"Sari Dewi","phone":"","locale":"id")"));
  EXPECT_THAT(json, HasSubstr(R"("version":1,"sessions":1)"));
  EXPECT_THAT(json, HasSubstr(R"({"purpose":"marketing_email","given":true,"recorded_at":")"));
  EXPECT_THAT(json, HasSubstr(R"({"purpose":"recommendations","given":false,"recorded_at":null})"));
}

TEST_F(ProfileTest, IsCorrectedByWhoeverSawItsNewestVersion) {
  const Reply updated = update(1, "Sari Lestari", "+62 811 000 000");
  EXPECT_THAT(updated.json, HasSubstr(R"("name":"Sari Lestari","phone":"+62 811 000 000")"));
  EXPECT_THAT(updated.json, HasSubstr(R"("locale":"en")"));
  EXPECT_EQ(update(1, "Somebody", "").refused.code, "version_conflict");
  EXPECT_THAT(update(2, "Sari Lestari", "").json, HasSubstr(R"("phone":"")"));
}

TEST_F(ProfileTest, ANewNumberIsToBeIndexed) {
  ASSERT_TRUE(connection_->execute("UPDATE accounts SET index_due = 0"));
  update(1, "Sari Lestari", "+62 811 000 000");
  EXPECT_EQ(test_store::number(*connection_, "SELECT index_due FROM accounts"), 1);
}

TEST_F(ProfileTest, AddressesComeChangeAndGo) {
  const std::string json = put_address(session_, "", "Jalan Melati 5").json;
  const std::string id = address_id(json);
  EXPECT_THAT(json, HasSubstr(R"("line1":"Jalan Melati 5")"));
  EXPECT_THAT(put_address(session_, id, "Jalan Mawar 7").json, HasSubstr("Jalan Mawar 7"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_addresses"), 1);
  EXPECT_THAT(remove_address(session_, id).json, HasSubstr(R"("addresses":[])"));
  EXPECT_EQ(remove_address(session_, id).refused.code, "not_found");
  for (std::size_t i = 0; i < kAddressesMax; ++i) {
    EXPECT_TRUE(put_address(session_, "", "Jalan").is_good());
  }
  EXPECT_EQ(put_address(session_, "", "Jalan").refused.code, "limit_reached");
}

TEST_F(ProfileTest, NobodyReachesAnothersAddress) {
  const std::string id = address_id(put_address(session_, "", "Jalan Melati 5").json);
  const std::string other = new_account("budi@example.test");
  EXPECT_EQ(put_address(other, id, "Jalan Palsu 1").refused.code, "not_found");
  EXPECT_EQ(remove_address(other, id).refused.code, "not_found");
  EXPECT_THAT(ask_as(other, CallMethod::kAccountShow).json, Not(HasSubstr("Melati")));
  EXPECT_THAT(show().json, HasSubstr("Jalan Melati 5"));
}

TEST_F(ProfileTest, ConsentsAreALog) {
  EXPECT_TRUE(set_consent("recommendations", true).is_good());
  EXPECT_TRUE(set_consent("recommendations", true).is_good()) << "says nothing new";
  EXPECT_TRUE(set_consent("marketing_email", false).is_good());
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_consents"), 3);
  EXPECT_EQ(set_consent("everything", true).refused.http_status, 400);
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(set_consent("recommendations", i % 2 == 1).is_good());
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_consents"), 200);
  EXPECT_THAT(show().json, HasSubstr(R"({"purpose":"recommendations","given":true)"));
}

TEST_F(ProfileTest, OrdersInPages) {
  for (int i = 1; i <= 45; ++i) {
    history_.add(customer_id(), i);
  }
  const auto page = [&](const std::string& cursor) {
    return ask_as(session_, CallMethod::kAccountOrders,
                  [&](OpenedCall& call) { call.account.cursor = cursor; });
  };
  const std::string first = page("").json;
  EXPECT_THAT(first, HasSubstr(R"({"items":[{"id":"ord_45"})"));
  EXPECT_THAT(first, HasSubstr(R"("next_cursor":"26")"));
  EXPECT_THAT(page("6").json, HasSubstr(R"("ord_1"}],"next_cursor":null})"));
  for (const std::string cursor : {"x", "0", "-1", "1x", "99999999999999999999"}) {
    EXPECT_EQ(page(cursor).refused.http_status, 400) << cursor;
  }
}

TEST_F(ProfileTest, AnothersOrderIsNotThere) {
  history_.add(customer_id(), 1);
  const std::string other = new_account("budi@example.test");
  const auto of_order = [](OpenedCall& call) { call.order_id = OrderId::parse("ord_1").value(); };
  EXPECT_THAT(ask_as(session_, CallMethod::kAccountOrder, of_order).json, HasSubstr("oat_x"));
  EXPECT_EQ(ask_as(other, CallMethod::kAccountOrder, of_order).refused.code, "not_found");
  EXPECT_EQ(ask_as(other, CallMethod::kAccountCancelOrder, of_order).refused.code, "not_found");
  EXPECT_THAT(ask_as(session_, CallMethod::kAccountCancelOrder, of_order).json,
              HasSubstr(R"({"order":{"status":"cancelled"}})"));
}

// However large orders are, no page outgrows a box, and none is left out.
TEST_F(ProfileTest, AllOfItIsExportedInPages) {
  for (int i = 1; i <= 30; ++i) {
    history_.add(customer_id(), i);
  }
  history_.details_bytes = 9'000;
  std::size_t orders = 0;
  std::string cursor;
  for (int pages = 0; pages < 40; ++pages) {
    const Reply reply = ask_as(session_, CallMethod::kAccountExport,
                               [&](OpenedCall& call) { call.account.cursor = cursor; });
    ASSERT_TRUE(reply.is_good());
    EXPECT_LT(reply.json.size(), std::size_t{47} * 1024);
    EXPECT_EQ(reply.json.find("profile") != std::string::npos, pages == 0);
    EXPECT_THAT(reply.json, Not(HasSubstr("access_token")));
    for (std::size_t at = 0; (at = reply.json.find("\"id\":\"ord_", at)) != std::string::npos;
         ++at) {
      ++orders;
    }
    const std::size_t next = reply.json.find(R"("next_cursor":")");
    if (next == std::string::npos) {
      break;
    }
    const std::size_t from = next + 15;
    cursor = reply.json.substr(from, reply.json.find('"', from) - from);
  }
  EXPECT_EQ(orders, 30u);
}

TEST_F(ProfileTest, ErasingTakesThePasswordAndAllThatIsThere) {
  put_address(session_, "", "Jalan Melati 5");
  const auto erase = [&](const std::string& password) {
    return ask_as(session_, CallMethod::kAccountErase,
                  [&](OpenedCall& call) { call.account.password = vault::Password(password); });
  };
  EXPECT_EQ(erase("not it").refused.code, "password_wrong");
  EXPECT_EQ(erase(kPassword).json, R"({"status":"erased"})");
  for (const std::string table :
       {"accounts", "account_sessions", "account_addresses", "account_cards", "account_consents",
        "account_known_keys", "account_passkeys", "account_orders", "account_resets",
        "account_email_changes"}) {
    EXPECT_EQ(number("SELECT COUNT(*) FROM " + table), 0) << table;
  }
  EXPECT_EQ(erasures_.all().size(), 1u);
  EXPECT_EQ(sign_in().refused.code, "sign_in_failed");
  EXPECT_EQ(show().refused.code, "session_ended");
  new_account();
  EXPECT_TRUE(sign_in().is_good()) << "the address is free again";
}

}  // namespace
}  // namespace dermaga::accounts
