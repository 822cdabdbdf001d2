#include "shopper_token/shopper_token.h"
#include "test_shop.h"

namespace dermaga::store_api {
namespace {

class ShopperTest : public StoreApiTest {
 protected:
  void SetUp() override {
    StoreApiTest::SetUp();
    contract::EdgeKeys keys;
    keys.derivation_key = std::string(32, 'k');
    keys.sealing_keys_json = "{}";
    keys.shopper_token_key = key_.public_key();
    ASSERT_TRUE(api_->set_keys(keys).has_value());
  }
  std::string token(const std::string& audience) {
    return shopper_token::sign(key_, {.audience = audience,
                                      .pseudonym = std::string(22, 'P'),
                                      .issued_at = clock_.now(),
                                      .expires_at = clock_.now() + shopper_token::kLifetime});
  }
  TestAnswer ask(const std::string& authorization) {
    return call(http::Method::kGet, "/store/v1/shopper", {{"Authorization", authorization}});
  }

  const digest::SigningKey key_ = digest::SigningKey::from_seed(std::string(32, 's')).value();
};

TEST_F(ShopperTest, TellsThePseudonymOfATokenThatCoreSigned) {
  const TestAnswer answer = ask("Bearer " + token("dermaga"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find(R"("pseudonym":"PPPPPPPPPPPPPPPPPPPPPP")"), std::string::npos);
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-store");
}

TEST_F(ShopperTest, RefusesOthers) {
  for (const std::string& authorization :
       {std::string(), std::string("Bearer x"), "Bearer " + token("another-shop"),
        "Basic " + token("dermaga"), token("dermaga")}) {
    const TestAnswer answer = ask(authorization);
    EXPECT_EQ(answer.status, 401) << authorization;
    EXPECT_EQ(answer.code(), "shopper_token_invalid");
    EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer");
  }
  const std::string old = "Bearer " + token("dermaga");
  clock_.advance(shopper_token::kLifetime);
  EXPECT_EQ(ask(old).status, 401);
}

TEST_F(ShopperTest, WithoutAKeyNothingIsBelieved) {
  make_api({});
  EXPECT_EQ(ask("Bearer " + token("dermaga")).status, 503);
}

}  // namespace
}  // namespace dermaga::store_api
