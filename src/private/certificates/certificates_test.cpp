#include "certificates/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "test_store/test_store.h"

namespace dermaga::certificates {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr UtcTime kNow{std::chrono::milliseconds(1'796'000'000'000)};
const std::string kRole = "dermaga://toko/public/edge";

class CertificatesTest : public testing::Test {
 protected:
  CertificatesTest() {
    CHECK(::mkdtemp(folder_.data()) != nullptr);
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
  }
  ~CertificatesTest() override {
    connection_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void issue(const std::string& serial, const std::string& renewed_from, UtcTime at = kNow) {
    ASSERT_TRUE(record_issued(*connection_,
                              {.serial = serial,
                               .role = kRole,
                               .renewed_from = renewed_from,
                               .issued_at = at,
                               .expires_at = at + hours(24 * 7),
                               .revoked_at = {}},
                              at)
                    .has_value());
  }
  Result<std::int64_t> revoke_one(const std::string& serial, const std::string& reason = "stolen") {
    return revoke(*connection_,
                  {.serial = serial,
                   .actor = {.name = "host:tester", .source = "test"},
                   .reason = reason,
                   .remember_until = kNow + hours(24 * 30)},
                  kNow);
  }
  std::set<std::string, std::less<>> revoked() { return revoked_serials(*connection_).value(); }

  std::string folder_ = "/tmp/dermaga-certificates-XXXXXX";
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
};

TEST_F(CertificatesTest, ARevokedOneTakesAllThatWereRenewedFromIt) {
  issue("a1", "");
  issue("b2", "a1");
  issue("c3", "b2");
  issue("d4", "c3");
  issue("e5", "a1");
  issue("f6", "");
  EXPECT_EQ(revoke_one("b2").value(), 3);
  EXPECT_THAT(revoked(), ElementsAre("b2", "c3", "d4"));
  EXPECT_EQ(revoke_one("a1").value(), 2);
  EXPECT_THAT(revoked(), ElementsAre("a1", "b2", "c3", "d4", "e5"));
}

TEST_F(CertificatesTest, OneFromBeforeTheLinkIsRememberedWithItsRenewals) {
  issue("b2", "A1:00");
  EXPECT_EQ(revoke_one("00:A1:00").value(), 2);
  EXPECT_THAT(revoked(), ElementsAre("a100", "b2"));
}

TEST_F(CertificatesTest, OnceIsEnough) {
  issue("a1", "");
  EXPECT_EQ(revoke_one("a1").value(), 1);
  EXPECT_EQ(revoke_one("a1").value(), 0);
  EXPECT_EQ(test_store::number(*connection_, "SELECT COUNT(*) FROM audit_entries"), 1);
}

TEST_F(CertificatesTest, WhatIsNoSerialOrHasNoReasonIsRefused) {
  for (const std::string& serial : {std::string(), std::string("0"), std::string("xyz"),
                                    std::string("a1 g"), std::string(41, 'a')}) {
    EXPECT_EQ(revoke_one(serial).error().code(), ErrorCode::kInvalidArgument) << serial;
  }
  EXPECT_EQ(revoke_one("a1", "").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(revoke_one("a1", std::string(201, 'r')).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_THAT(revoked(), IsEmpty());
  EXPECT_THAT(list(*connection_).value(), IsEmpty());
}

TEST_F(CertificatesTest, ExpiredOnesAreForgotten) {
  issue("a1", "");
  EXPECT_EQ(revoke_one("a1").value(), 1);
  issue("b2", "", kNow + hours(24 * 7));
  EXPECT_THAT(revoked(), IsEmpty());
  EXPECT_EQ(list(*connection_)->size(), 1u);
}

}  // namespace
}  // namespace dermaga::certificates
