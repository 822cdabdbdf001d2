#include <gtest/gtest.h>

#include "postgres_connection.h"
#include "postgres_error.h"
#include "postgres_server.h"
#include "store/store.h"

namespace dermaga::store {
namespace {

const ServerFacts kSound{.version = 150018,
                         .fsync = "on",
                         .full_page_writes = "on",
                         .synchronous_commit = "on",
                         .synchronous_standby_names = "",
                         .encoding = "UTF8",
                         .in_recovery = false};

struct Refusal {
  ServerFacts facts;
  std::string_view advice;
};

TEST(PostgresServer, WhatForgetsIsRefusedWithWhatToDo) {
  EXPECT_TRUE(check_server(kSound).has_value());
  const auto with = [](auto change) {
    ServerFacts facts = kSound;
    change(facts);
    return facts;
  };
  const Refusal refusals[] = {
      {with([](ServerFacts& f) { f.version = 140010; }), "upgrade it"},
      {with([](ServerFacts& f) { f.fsync = "off"; }), "fsync = on"},
      {with([](ServerFacts& f) { f.full_page_writes = "off"; }), "full_page_writes = on"},
      {with([](ServerFacts& f) { f.synchronous_commit = "off"; }), "synchronous_commit = on"},
      {with([](ServerFacts& f) {
         f.synchronous_commit = "local";
         f.synchronous_standby_names = "b";
       }),
       "synchronous_commit = on"},
      {with([](ServerFacts& f) { f.encoding = "SQL_ASCII"; }), "UTF8"},
      {with([](ServerFacts& f) { f.in_recovery = true; }), "promote it"},
  };
  for (const Refusal& refusal : refusals) {
    const Status status = check_server(refusal.facts);
    ASSERT_FALSE(status.has_value()) << refusal.advice;
    EXPECT_NE(status.error().message().find(refusal.advice), std::string::npos)
        << status.error().message();
  }
  // A standby may be promoted in a moment; the others stay as they are.
  EXPECT_TRUE(is_retryable(check_server(refusals[6].facts).error().code()));
  EXPECT_FALSE(is_retryable(check_server(refusals[1].facts).error().code()));
}

TEST(PostgresError, StatesMeanWhatCallersBranchOn) {
  EXPECT_EQ(code_of_sqlstate("23505"), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code_of_sqlstate("23503"), ErrorCode::kInternal);
  EXPECT_EQ(code_of_sqlstate("40001"), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of_sqlstate("40P01"), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of_sqlstate("53100"), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of_sqlstate("57014"), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of_sqlstate("28P01"), ErrorCode::kForbidden);
  EXPECT_EQ(code_of_sqlstate("42601"), ErrorCode::kInternal);
  EXPECT_TRUE(ends_the_session("57P01"));
  EXPECT_FALSE(ends_the_session("57014"));
  EXPECT_NE(postgres_error("53100", "full", "insert").error().message().find("free some space"),
            std::string::npos);
}

TEST(PostgresUpdate, ArraysStandForParameters) {
  const std::string columns[] = {"u.p1", "NULL", "u.p2"};
  EXPECT_EQ(update_from_arrays("UPDATE t SET a = $3, b = $2 WHERE k = $1", columns,
                               "unnest($1::text[], $2::bigint[]) AS u(p1, p2)", 3),
            "WITH changed AS (UPDATE t SET a = u.p2, b = NULL FROM unnest($1::text[], "
            "$2::bigint[]) AS u(p1, p2) WHERE k = u.p1 RETURNING 1) SELECT 1 / CAST(count(*) = $3 "
            "AS INTEGER) FROM changed");
}

TEST(PostgresUrl, PlacesAreToldWithoutPeople) {
  EXPECT_TRUE(is_postgres_url("postgres://x/y"));
  EXPECT_TRUE(is_postgres_url("postgresql://x/y"));
  EXPECT_FALSE(is_postgres_url("sqlite"));
  EXPECT_EQ(place_of("postgres://me:secret@a:1,b:2/shop?target_session_attrs=read-write"),
            "postgres://a,b:1,2/shop");
  EXPECT_EQ(place_of("postgres://me:sec@ret@host/shop"), "postgres://?");
  EXPECT_EQ(place_of("postgres://me:sec/ret@host/shop"), "postgres://?");
  EXPECT_EQ(place_of("postgres://a/b?c=d"), "postgres://?");
  EXPECT_TRUE(has_password("postgres://me:secret@a/shop"));
  EXPECT_TRUE(has_password("postgres://me@a/shop?password=secret"));
  EXPECT_FALSE(has_password("postgres://me@a/shop?passfile=/etc/shop.pgpass"));
}

TEST(PostgresValues, ArraysHaveTheirServersForm) {
  BoundParameters parameters;
  const Parameter values[] = {std::int64_t{1}, std::monostate{}, std::monostate{},
                              std::monostate{}};
  ASSERT_TRUE(parameters.add_array(values, 0, 2));
  EXPECT_FALSE(parameters.add_array(values, 1, 2));
  EXPECT_EQ(parameters.signature(), "I");
  EXPECT_EQ(parameters.type_name(0), "bigint[]");
  const std::string expected(
      "\0\0\0\1\0\0\0\1\0\0\0\x14\0\0\0\2\0\0\0\1\0\0\0\x8\0\0\0\0\0\0\0\1"
      "\xff\xff\xff\xff",
      36);
  EXPECT_EQ(std::string(parameters.values()[0], static_cast<std::size_t>(parameters.lengths()[0])),
            expected);
}

}  // namespace
}  // namespace dermaga::store
