#include <algorithm>

#include "arena_message.h"
#include "order_proto.h"
#include "wire/limits.h"
#include "wire/messages.h"

namespace dermaga::wire {

namespace {

void put_spool_order(const contract::SpoolOrder& order, v1::SpoolOrder* out) {
  put_order(order.order, out->mutable_order());
  out->set_quoted_version(order.quoted_version);
  if (order.lease_epoch.has_value()) {
    out->set_lease_epoch(*order.lease_epoch);
  }
  out->set_only_if_known(order.only_if_known);
}

contract::SpoolOrder read_spool_order(const v1::SpoolOrder& in, Checker& checker) {
  contract::SpoolOrder order{.order = read_order(in.order(), checker),
                             .quoted_version = in.quoted_version(),
                             .only_if_known = in.only_if_known()};
  if (in.has_lease_epoch()) {
    order.lease_epoch = in.lease_epoch();
  }
  return order;
}

const std::string& read_spool_id(const std::string& id, Checker& checker) {
  checker.text("spool_id", id, kSpoolIdBytesMax, 1);
  checker.require(
      std::ranges::all_of(
          id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }),
      "spool_id", "only a-z, 0-9 and - are allowed");
  return id;
}

const std::string& read_log_id(const std::string& id, Checker& checker) {
  checker.text("log_id", id, kLogIdBytes, kLogIdBytes);
  checker.require(std::ranges::all_of(
                      id, [](char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'); }),
                  "log_id", "only lower-case hexadecimal digits are allowed");
  return id;
}

contract::LeaseGrant read_grant(const v1::LeaseGrant& in, Checker& checker) {
  contract::LeaseGrant grant{.epoch = in.epoch(),
                             .valid_for = std::chrono::milliseconds(
                                 checker.number("valid_for_ms", in.valid_for_ms(), 0, kLeaseMsMax)),
                             .catalog_version = in.catalog_version()};
  checker.count("units", in.units_size(), 0, kVariantsMax);
  for (int i = 0; i < in.units_size() && checker.ok(); ++i) {
    grant.units.push_back(
        {.variant_id = checker.id<VariantId>("units.variant_id", in.units(i).variant_id()),
         .units = checker.number("units.units", in.units(i).units(), 1, kLeasedUnitsMax)});
  }
  return grant;
}

}  // namespace

std::string encode(const contract::SpoolOrder& message) {
  OnArena<v1::SpoolOrder> proto;
  put_spool_order(message, proto.operator->());
  return proto.bytes();
}

template <>
Result<contract::SpoolOrder> decode(std::string_view bytes) {
  return parse<contract::SpoolOrder, v1::SpoolOrder>(bytes, read_spool_order);
}

std::string encode(const SpoolAppend& message) {
  OnArena<v1::SpoolAppendRequest> proto;
  for (const auto& order : message.orders) {
    put_spool_order(order, proto->add_orders());
  }
  return proto.bytes();
}

template <>
Result<SpoolAppend> decode(std::string_view bytes) {
  return parse<SpoolAppend, v1::SpoolAppendRequest>(bytes, [](const auto& in, Checker& checker) {
    SpoolAppend append;
    checker.count("orders", in.orders_size(), 1, kBatchOrdersMax);
    for (int i = 0; i < in.orders_size() && checker.ok(); ++i) {
      append.orders.push_back(read_spool_order(in.orders(i), checker));
    }
    return append;
  });
}

std::string encode(const SpoolAppendAnswer& message) {
  OnArena<v1::SpoolAppendAnswer> proto;
  for (const auto& outcome : message.outcomes) {
    v1::SpoolOutcome* to = proto->add_outcomes();
    put_outcome(outcome.outcome, to->mutable_outcome());
    to->set_lease_epoch(outcome.lease_epoch);
  }
  return proto.bytes();
}

template <>
Result<SpoolAppendAnswer> decode(std::string_view bytes) {
  return parse<SpoolAppendAnswer, v1::SpoolAppendAnswer>(
      bytes, [](const auto& in, Checker& checker) {
        SpoolAppendAnswer answer;
        checker.count("outcomes", in.outcomes_size(), 1, kBatchOrdersMax);
        for (int i = 0; i < in.outcomes_size() && checker.ok(); ++i) {
          answer.outcomes.push_back({.outcome = read_outcome(in.outcomes(i).outcome(), checker),
                                     .lease_epoch = in.outcomes(i).lease_epoch()});
        }
        return answer;
      });
}

std::string encode(const SpoolView& message) {
  OnArena<v1::SpoolViewRequest> proto;
  proto->set_id(message.id.str());
  return proto.bytes();
}

template <>
Result<SpoolView> decode(std::string_view bytes) {
  return parse<SpoolView, v1::SpoolViewRequest>(bytes, [](const auto& in, Checker& checker) {
    return SpoolView{checker.id<OrderId>("id", in.id())};
  });
}

std::string encode(const contract::Delivery& message) {
  OnArena<v1::DeliverRequest> proto;
  proto->set_spool_id(message.spool_id);
  for (const auto& order : message.orders) {
    v1::DeliveredOrder* to = proto->add_orders();
    put_order(order.order, to->mutable_order());
    to->set_lease_epoch(order.lease_epoch);
  }
  return proto.bytes();
}

template <>
Result<contract::Delivery> decode(std::string_view bytes) {
  return parse<contract::Delivery, v1::DeliverRequest>(bytes, [](const auto& in, Checker& checker) {
    contract::Delivery delivery{.spool_id = read_spool_id(in.spool_id(), checker), .orders = {}};
    checker.count("orders", in.orders_size(), 1, kBatchOrdersMax);
    for (int i = 0; i < in.orders_size() && checker.ok(); ++i) {
      delivery.orders.push_back({.order = read_order(in.orders(i).order(), checker),
                                 .lease_epoch = in.orders(i).lease_epoch()});
    }
    return delivery;
  });
}

std::string encode(const DeliverAnswer& message) {
  OnArena<v1::DeliverAnswer> proto;
  for (const auto& outcome : message.outcomes) {
    put_outcome(outcome, proto->add_outcomes());
  }
  return proto.bytes();
}

template <>
Result<DeliverAnswer> decode(std::string_view bytes) {
  return parse<DeliverAnswer, v1::DeliverAnswer>(bytes, [](const auto& in, Checker& checker) {
    DeliverAnswer answer;
    checker.count("outcomes", in.outcomes_size(), 1, kBatchOrdersMax);
    for (int i = 0; i < in.outcomes_size() && checker.ok(); ++i) {
      answer.outcomes.push_back(read_outcome(in.outcomes(i), checker));
    }
    return answer;
  });
}

std::string encode(const contract::LeaseRequest& message) {
  OnArena<v1::LeaseRequest> proto;
  proto->set_spool_id(message.spool_id);
  proto->set_log_id(message.log_id);
  proto->set_newest_epoch(message.newest_epoch);
  proto->set_delivered(message.delivered);
  proto->set_wants_units(message.wants_units);
  return proto.bytes();
}

template <>
Result<contract::LeaseRequest> decode(std::string_view bytes) {
  return parse<contract::LeaseRequest, v1::LeaseRequest>(
      bytes, [](const auto& in, Checker& checker) {
        return contract::LeaseRequest{.spool_id = read_spool_id(in.spool_id(), checker),
                                      .log_id = read_log_id(in.log_id(), checker),
                                      .newest_epoch = in.newest_epoch(),
                                      .delivered = in.delivered(),
                                      .wants_units = in.wants_units()};
      });
}

std::string encode(const contract::LeaseGrant& message) {
  OnArena<v1::LeaseGrant> proto;
  proto->set_epoch(message.epoch);
  proto->set_valid_for_ms(message.valid_for.count());
  proto->set_catalog_version(message.catalog_version);
  for (const auto& leased : message.units) {
    v1::LeasedUnits* to = proto->add_units();
    to->set_variant_id(leased.variant_id.str());
    to->set_units(leased.units);
  }
  return proto.bytes();
}

template <>
Result<contract::LeaseGrant> decode(std::string_view bytes) {
  return parse<contract::LeaseGrant, v1::LeaseGrant>(bytes, read_grant);
}

}  // namespace dermaga::wire
