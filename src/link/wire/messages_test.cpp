#include "wire/messages.h"

#include <gtest/gtest.h>
#include <link.pb.h>

#include <functional>

#include "pricing/pricing.h"
#include "wire/limits.h"
#include "wire/status.h"

namespace dermaga::wire {
namespace {

using std::chrono::milliseconds;

Money rupiah(std::int64_t amount) {
  return Money(amount, *Currency::parse("IDR"));
}

contract::PlaceOrder sample_order() {
  contract::PlaceOrder order;
  order.id = *OrderId::parse("ord_abc234");
  order.idempotency_key = "key-1";
  order.body_sha256 = std::string(32, '\x01');
  order.lines = {{.variant_id = *VariantId::parse("var_kopi250"), .quantity = 2},
                 {.variant_id = *VariantId::parse("var_batik"), .quantity = 1}};
  order.destination = {.country = "ID", .region = "ID-JK", .postal_code = "10110"};
  order.shipping_method = "standard";
  order.coupon = "HEMAT";
  order.total = rupiah(185'000);
  order.quote = "quote.token";
  order.sealed = "eyJ.a.b.c.d";
  order.received_at = from_unix_ms(1'795'000'000'123);
  order.receipt = "mac";
  return order;
}

contract::OrderView sample_view() {
  return {.id = *OrderId::parse("ord_abc234"),
          .status = order_state::OrderStatus::kCancelled,
          .payment_status = order_state::PaymentStatus::kFailed,
          .fulfilment_status = order_state::FulfilmentStatus::kReturned,
          .cancel_reason = "payment_failed",
          .payment_action = "challenge",
          .total = rupiah(1),
          .placed_at = from_unix_ms(5),
          .reserved_until = from_unix_ms(0)};
}

pricing::Quote sample_quote() {
  return {.lines = {{.variant_id = *VariantId::parse("var_a"),
                     .quantity = 3,
                     .unit_price = rupiah(10),
                     .line_total = rupiah(30)}},
          .subtotal = rupiah(30),
          .discount = rupiah(5),
          .shipping = rupiah(7),
          .tax = rupiah(3),
          .tax_included = true,
          .tax_name = "PPN",
          .total = rupiah(32)};
}

TEST(Messages, AnOrderComesBackAsItWas) {
  const PlaceBatch batch{.batch_id = 77, .orders = {sample_order(), sample_order()}};
  const auto back = decode<PlaceBatch>(encode(batch));
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(back->batch_id, 77u);
  ASSERT_EQ(back->orders.size(), 2u);
  const contract::PlaceOrder expected = sample_order();
  const contract::PlaceOrder& order = back->orders[1];
  EXPECT_EQ(order.id, expected.id);
  EXPECT_EQ(order.idempotency_key, expected.idempotency_key);
  EXPECT_EQ(order.body_sha256, expected.body_sha256);
  ASSERT_EQ(order.lines.size(), 2u);
  EXPECT_EQ(order.lines[0].variant_id, expected.lines[0].variant_id);
  EXPECT_EQ(order.lines[0].quantity, 2);
  EXPECT_EQ(order.destination.region, "ID-JK");
  EXPECT_EQ(order.destination.postal_code, "10110");
  EXPECT_EQ(order.shipping_method, "standard");
  EXPECT_EQ(order.coupon, "HEMAT");
  EXPECT_EQ(order.total, expected.total);
  EXPECT_EQ(order.quote, expected.quote);
  EXPECT_EQ(order.sealed, expected.sealed);
  EXPECT_EQ(order.received_at, expected.received_at);
  EXPECT_EQ(order.receipt, expected.receipt);
  // Nothing is lost between the fields that this test does not name.
  EXPECT_EQ(encode(*back), encode(batch));
}

TEST(Messages, EveryOutcomeComesBackInOrder) {
  const PlaceBatchResult result{
      .batch_id = 9,
      .outcomes = {
          contract::Placed{.order = sample_view(), .replayed = true, .deferred = true},
          contract::OutOfStock{
              {{.variant_id = *VariantId::parse("var_a"), .requested = 3, .available = 1}}},
          contract::PriceChanged{sample_quote()},
          contract::Refused{.http_status = 503,
                            .code = "overloaded",
                            .detail = "try again",
                            .retry_after_s = 2}}};
  const auto back = decode<PlaceBatchResult>(encode(result));
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(encode(*back), encode(result));
  ASSERT_EQ(back->outcomes.size(), 4u);
  const auto& placed = std::get<contract::Placed>(back->outcomes[0]);
  EXPECT_TRUE(placed.replayed);
  EXPECT_TRUE(placed.deferred);
  EXPECT_EQ(placed.order.status, order_state::OrderStatus::kCancelled);
  EXPECT_EQ(placed.order.payment_action, "challenge");
  EXPECT_EQ(std::get<contract::OutOfStock>(back->outcomes[1]).lines.at(0).available, 1);
  EXPECT_EQ(std::get<contract::PriceChanged>(back->outcomes[2]).quote.total, rupiah(32));
  EXPECT_EQ(std::get<contract::Refused>(back->outcomes[3]).retry_after_s, 2);
}

template <typename Message>
void expect_round_trip(const Message& message) {
  const std::string bytes = encode(message);
  const auto back = decode<Message>(bytes);
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(encode(*back), bytes);
}

TEST(Messages, TheOthersComeBackToo) {
  expect_round_trip(CatalogWatch{42});
  expect_round_trip(AssetRequest{std::string(64, 'a')});
  expect_round_trip(ViewRequest{*OrderId::parse("ord_1"), "token"});
  expect_round_trip(SealedRequest{"box", from_unix_ms(12)});
  expect_round_trip(RenewRequest{"-----BEGIN"});
  expect_round_trip(RenewAnswer{"-----BEGIN"});
  expect_round_trip(Empty{});
  expect_round_trip(sample_view());
  expect_round_trip(contract::SealedAnswer{.http_status = 200, .sealed = "jwe", .problem = {}});
  expect_round_trip(contract::SealedAnswer{
      .http_status = 403, .sealed = "", .problem = {.http_status = 403, .code = "forbidden"}});
  expect_round_trip(contract::CapacityUpdate{
      .orders_per_second = 12.5,
      .complete = true,
      .changes = {{*VariantId::parse("var_a"), contract::Availability::kSoldOut}}});
  expect_round_trip(contract::EdgeKeys{.derivation_key = std::string(32, 'd'),
                                       .sealing_keys_json = "{}",
                                       .catalog_public_key = std::string(32, 'p'),
                                       .audit_origin = "dermaga/audit/shop",
                                       .audit_public_key = std::string(32, 'a')});
  expect_round_trip(contract::EdgeKeys{.derivation_key = std::string(32, 'd'),
                                       .sealing_keys_json = "{}",
                                       .catalog_public_key = std::string(32, 'p'),
                                       .shopper_token_key = std::string(32, 't')});
  expect_round_trip(contract::Asset{std::string(64, '0'), "image/svg+xml", "<svg/>"});
}

TEST(Messages, ThoseOfWitnessesComeBackToo) {
  const contract::WitnessRequest first{
      .size = 0, .cosignature = "", .witness_name = "edge-1", .public_key = std::string(32, 'k')};
  contract::WitnessRequest later = first;
  later.size = 7;
  later.cosignature = "\u2014 edge-1 c2ln\n";
  expect_round_trip(first);
  expect_round_trip(later);
  expect_round_trip(contract::WitnessAnswer{});
  expect_round_trip(contract::WitnessAnswer{
      .note = "note", .proof = std::vector<std::string>(64, std::string(32, 'h'))});
}

TEST(Messages, WitnessesSayAllOrNothing) {
  const contract::WitnessRequest good{.size = 7,
                                      .cosignature = "line",
                                      .witness_name = "edge-1",
                                      .public_key = std::string(32, 'k')};
  const auto refused = [&good](auto change) {
    contract::WitnessRequest request = good;
    change(request);
    return !decode<contract::WitnessRequest>(encode(request)).has_value();
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& request) { request.size = 0; }));
  EXPECT_TRUE(refused([](auto& request) { request.size = 1ULL << 63; }));
  EXPECT_TRUE(refused([](auto& request) { request.cosignature.clear(); }));
  EXPECT_TRUE(refused([](auto& request) { request.cosignature.assign(513, 'x'); }));
  EXPECT_TRUE(refused([](auto& request) { request.witness_name.clear(); }));
  EXPECT_TRUE(refused([](auto& request) { request.public_key.pop_back(); }));
  const auto answer_refused = [](std::size_t hashes, std::size_t bytes) {
    const contract::WitnessAnswer answer{
        .note = "note", .proof = std::vector<std::string>(hashes, std::string(bytes, 'h'))};
    return !decode<contract::WitnessAnswer>(encode(answer)).has_value();
  };
  EXPECT_TRUE(answer_refused(65, 32));
  EXPECT_TRUE(answer_refused(1, 31));
  EXPECT_TRUE(answer_refused(1, 33));
  contract::EdgeKeys keys{.derivation_key = std::string(32, 'd'),
                          .sealing_keys_json = "{}",
                          .catalog_public_key = std::string(32, 'p'),
                          .audit_origin = "dermaga/audit/shop"};
  EXPECT_FALSE(decode<contract::EdgeKeys>(encode(keys)).has_value());
  keys.audit_public_key.assign(31, 'a');
  EXPECT_FALSE(decode<contract::EdgeKeys>(encode(keys)).has_value());
}

contract::LeaseGrant sample_grant() {
  return {.epoch = 7,
          .valid_for = milliseconds(30'000),
          .catalog_version = 3,
          .units = {{.variant_id = *VariantId::parse("var_a"), .units = 5}}};
}

TEST(Messages, ThoseOfSpoolsComeBackToo) {
  const contract::SpoolOrder decided{
      .order = sample_order(), .quoted_version = 12, .lease_epoch = 0};
  const contract::SpoolOrder open{
      .order = sample_order(), .quoted_version = 0, .lease_epoch = std::nullopt};
  expect_round_trip(decided);
  EXPECT_EQ(decode<contract::SpoolOrder>(encode(decided))->lease_epoch, 0u);
  EXPECT_FALSE(decode<contract::SpoolOrder>(encode(open))->lease_epoch.has_value());
  expect_round_trip(SpoolAppend{{decided, open}});
  const contract::SpoolOrder asked{.order = sample_order(), .only_if_known = true};
  expect_round_trip(asked);
  EXPECT_TRUE(decode<contract::SpoolOrder>(encode(asked))->only_if_known);
  expect_round_trip(SpoolAppendAnswer{
      {{.outcome = contract::Placed{.order = sample_view(), .deferred = true}, .lease_epoch = 4},
       {.outcome = contract::Refused{.http_status = 503, .code = "spool_full"}}}});
  expect_round_trip(SpoolView{*OrderId::parse("ord_1")});
  expect_round_trip(contract::Delivery{.spool_id = "spool-1",
                                       .orders = {{.order = sample_order(), .lease_epoch = 9}}});
  expect_round_trip(DeliverAnswer{{contract::Placed{.order = sample_view()}}});
  expect_round_trip(contract::LeaseRequest{.spool_id = "spool-1",
                                           .log_id = std::string(32, 'a'),
                                           .newest_epoch = 6,
                                           .delivered = true,
                                           .wants_units = true});
  expect_round_trip(sample_grant());
  EXPECT_EQ(decode<contract::LeaseGrant>(encode(sample_grant()))->valid_for, milliseconds(30'000));
}

TEST(Messages, BadOnesOfSpoolsAreRefused) {
  const contract::LeaseRequest good{.spool_id = "spool-1", .log_id = std::string(32, 'a')};
  ASSERT_TRUE(decode<contract::LeaseRequest>(encode(good)).has_value());
  for (const char* id : {"", "Spool", "../x", "a b"}) {
    contract::LeaseRequest bad = good;
    bad.spool_id = id;
    EXPECT_FALSE(decode<contract::LeaseRequest>(encode(bad)).has_value()) << id;
    const contract::Delivery delivery{.spool_id = id, .orders = {{.order = sample_order()}}};
    EXPECT_FALSE(decode<contract::Delivery>(encode(delivery)).has_value()) << id;
  }
  for (const std::string& id : {std::string(), std::string(31, 'a'), std::string(32, 'g')}) {
    contract::LeaseRequest bad = good;
    bad.log_id = id;
    EXPECT_FALSE(decode<contract::LeaseRequest>(encode(bad)).has_value()) << id;
  }
  contract::LeaseGrant grant = sample_grant();
  grant.units.front().units = 0;
  EXPECT_FALSE(decode<contract::LeaseGrant>(encode(grant)).has_value());
  grant = sample_grant();
  grant.valid_for = milliseconds(-1);
  EXPECT_FALSE(decode<contract::LeaseGrant>(encode(grant)).has_value());
  EXPECT_FALSE(decode<SpoolAppend>(encode(SpoolAppend{})).has_value());
  EXPECT_FALSE(decode<contract::Delivery>(encode(contract::Delivery{.spool_id = "s"})).has_value());
}

TEST(Messages, AHeartbeatHasNoSnapshotAndASnapshotIsCompressed) {
  const auto heartbeat = decode<CatalogUpdate>(encode(CatalogUpdate{.version = 3, .snapshot = {}}));
  ASSERT_TRUE(heartbeat.has_value());
  EXPECT_EQ(heartbeat->version, 3u);
  EXPECT_FALSE(heartbeat->snapshot.has_value());

  const contract::SignedSnapshot snapshot{std::string(1'000'000, 'x'), std::string(64, 's')};
  const std::string bytes = encode(CatalogUpdate{.version = 4, .snapshot = snapshot});
  EXPECT_LT(bytes.size(), 10'000u);
  const auto back = decode<CatalogUpdate>(bytes);
  ASSERT_TRUE(back.has_value()) << back.error().message();
  const auto unpacked = back->snapshot.value_or(contract::SignedSnapshot{});
  EXPECT_EQ(unpacked.bytes, snapshot.bytes);
  EXPECT_EQ(unpacked.signature, snapshot.signature);
}

struct BadOrder {
  const char* field;
  std::function<void(link::v1::PlaceOrder&)> spoil;
};

const BadOrder kBadOrders[] = {
    {"id", [](auto& o) { o.set_id("var_abc"); }},
    {"id", [](auto& o) { o.clear_id(); }},
    {"idempotency_key", [](auto& o) { o.clear_idempotency_key(); }},
    {"idempotency_key", [](auto& o) { o.set_idempotency_key(std::string(256, 'k')); }},
    {"idempotency_key", [](auto& o) { o.set_idempotency_key("a b"); }},
    {"body_sha256", [](auto& o) { o.set_body_sha256("short"); }},
    {"lines", [](auto& o) { o.clear_lines(); }},
    {"lines",
     [](auto& o) {
       while (o.lines_size() <= 100) *o.add_lines() = o.lines(0);
     }},
    {"lines.variant_id", [](auto& o) { o.mutable_lines(0)->set_variant_id("var_UPPER"); }},
    {"lines.quantity", [](auto& o) { o.mutable_lines(0)->set_quantity(0); }},
    {"lines.quantity", [](auto& o) { o.mutable_lines(0)->set_quantity(1'000'001); }},
    {"destination.country",
     [](auto& o) { o.mutable_destination()->set_country(std::string(kWordBytesMax + 1, 'x')); }},
    {"coupon", [](auto& o) { o.set_coupon(std::string(kWordBytesMax + 1, 'x')); }},
    {"total", [](auto& o) { o.clear_total(); }},
    {"total.amount", [](auto& o) { o.mutable_total()->set_amount(-1); }},
    {"total", [](auto& o) { o.mutable_total()->set_amount(Money::kAmountMax + 1); }},
    {"total", [](auto& o) { o.mutable_total()->set_currency("idr"); }},
    {"quote", [](auto& o) { o.set_quote(std::string(kTokenBytesMax + 1, 'q')); }},
    {"sealed", [](auto& o) { o.clear_sealed(); }},
    {"sealed", [](auto& o) { o.set_sealed(std::string(kSealedBytesMax + 1, 's')); }},
    {"received_at", [](auto& o) { o.set_received_at_unix_ms(-1); }},
    {"receipt", [](auto& o) { o.set_receipt(std::string(kTokenBytesMax + 1, 'r')); }},
};

TEST(Messages, ABadOrderIsRefusedByName) {
  for (const BadOrder& bad : kBadOrders) {
    link::v1::PlaceBatch proto;
    ASSERT_TRUE(proto.ParseFromString(encode(PlaceBatch{1, {sample_order()}})));
    bad.spoil(*proto.mutable_orders(0));
    const auto result = decode<PlaceBatch>(proto.SerializeAsString());
    ASSERT_FALSE(result.has_value()) << bad.field;
    EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_TRUE(result.error().message().starts_with(std::string(bad.field) + ": "))
        << bad.field << " but " << result.error().message();
  }
}

TEST(Messages, CheckOrderSaysWhatDecodeWouldSay) {
  EXPECT_TRUE(check_order(sample_order()).has_value());
  contract::PlaceOrder order = sample_order();
  order.lines[1].quantity = -4;
  EXPECT_EQ(check_order(order).error().message(), "lines.quantity: out of range");
}

TEST(Messages, BatchesAreBounded) {
  EXPECT_FALSE(decode<PlaceBatch>(encode(PlaceBatch{1, {}})).has_value());
  const std::vector<contract::PlaceOrder> many(kBatchOrdersMax + 1, sample_order());
  EXPECT_FALSE(decode<PlaceBatch>(encode(PlaceBatch{1, many})).has_value());
}

TEST(Messages, OtherBadMessagesAreRefused) {
  EXPECT_FALSE(decode<PlaceBatch>("\xff\xff\xff").has_value());
  EXPECT_FALSE(decode<AssetRequest>(encode(AssetRequest{"../../etc/passwd"})).has_value());
  EXPECT_FALSE(decode<AssetRequest>(encode(AssetRequest{std::string(64, 'A')})).has_value());
  link::v1::OrderView view;
  ASSERT_TRUE(view.ParseFromString(encode(sample_view())));
  view.set_status(static_cast<link::v1::OrderStatus>(6));
  EXPECT_FALSE(decode<contract::OrderView>(view.SerializeAsString()).has_value());
  link::v1::PlaceBatchResult result;
  result.add_outcomes();
  EXPECT_FALSE(decode<PlaceBatchResult>(result.SerializeAsString()).has_value());
  link::v1::CapacityUpdate capacity;
  capacity.set_orders_per_second(-1);
  EXPECT_FALSE(decode<contract::CapacityUpdate>(capacity.SerializeAsString()).has_value());
  contract::EdgeKeys keys{"short", "{}", std::string(32, 'p')};
  EXPECT_FALSE(decode<contract::EdgeKeys>(encode(keys)).has_value());
  link::v1::CatalogUpdate update;
  update.mutable_snapshot()->set_signature(std::string(64, 's'));
  for (const char* frame : {"", "not zstd"}) {
    update.mutable_snapshot()->set_zstd(frame);
    EXPECT_FALSE(decode<CatalogUpdate>(update.SerializeAsString()).has_value());
  }
  const std::string whole = encode(
      CatalogUpdate{1, contract::SignedSnapshot{std::string(99, 'x'), std::string(64, 's')}});
  ASSERT_TRUE(update.ParseFromString(whole));
  const std::string frame = update.snapshot().zstd();
  for (const std::string& broken : {frame.substr(0, frame.size() - 1), frame + "x"}) {
    update.mutable_snapshot()->set_zstd(broken);
    EXPECT_FALSE(decode<CatalogUpdate>(update.SerializeAsString()).has_value());
  }
}

TEST(Status, EveryErrorCodeHasAGrpcCodeThatLeadsBack) {
  for (const ErrorCode code :
       {ErrorCode::kInvalidArgument, ErrorCode::kNotFound, ErrorCode::kAlreadyExists,
        ErrorCode::kVersionConflict, ErrorCode::kUnauthenticated, ErrorCode::kForbidden,
        ErrorCode::kOverloaded, ErrorCode::kUnavailable, ErrorCode::kTimeout, ErrorCode::kCorrupt,
        ErrorCode::kInternal}) {
    EXPECT_EQ(error_code_of_grpc(grpc_code_of(code)), code);
  }
  EXPECT_EQ(error_code_of_grpc(grpc_code_of(ErrorCode::kIo)), ErrorCode::kInternal);
  EXPECT_EQ(error_code_of_grpc(1), ErrorCode::kUnavailable);
  EXPECT_EQ(error_code_of_grpc(12), ErrorCode::kInternal);
}

TEST(Methods, AreThoseOfTheProto) {
  const auto names = method_names();
  EXPECT_EQ(names.size(), 13u);
  EXPECT_EQ(names.front(), "/dermaga.link.v1.Catalog/Watch");
}

}  // namespace
}  // namespace dermaga::wire
