#include "people.h"

#include <algorithm>

#include "boxes.h"
#include "digest/digest.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::simulation {
namespace {

constexpr Milliseconds kPatience{15s};  // then the shopper asks again
constexpr std::string_view kMethod = "standard";

const std::vector<std::string>& tokens() {
  static const std::vector<std::string> all = {"tok_approve", "tok_approve",   "tok_approve",
                                               "tok_decline", "tok_challenge", "tok_late_webhook"};
  return all;
}

// "code" of a problem; empty when there is none.
std::string code_of(const std::string& body) {
  constexpr std::string_view kName = "\"code\":\"";
  const std::size_t at = body.find(kName);
  return at == std::string::npos
             ? ""
             : body.substr(at + kName.size(),
                           body.find('"', at + kName.size()) - at - kName.size());
}

Result<Told> read_told(const std::string& body) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(body));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  Told told;
  ASSIGN_OR_RETURN(told.id, reader.string("id", 64));
  ASSIGN_OR_RETURN(told.placed_at, reader.string("placed_at", 64));
  ASSIGN_OR_RETURN(const auto total, reader.required("total"));
  ASSIGN_OR_RETURN(auto amount, json::ObjectReader::of(total));
  ASSIGN_OR_RETURN(told.total, amount.integer("amount", 0, Money::kAmountMax));
  return told;
}

Result<std::vector<contract::ShortLine>> read_short_lines(const std::string& body) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(body));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const auto lines, reader.required("lines"));
  ASSIGN_OR_RETURN(const auto values, lines.as_array(pricing::kLinesMax));
  std::vector<contract::ShortLine> out;
  for (const json::Value& value : values) {
    ASSIGN_OR_RETURN(auto line, json::ObjectReader::of(value));
    contract::ShortLine one;
    ASSIGN_OR_RETURN(const std::string variant, line.string("variant_id", 64));
    ASSIGN_OR_RETURN(one.variant_id, VariantId::parse(variant));
    ASSIGN_OR_RETURN(one.requested, line.integer("requested", 1, pricing::kQuantityMax));
    ASSIGN_OR_RETURN(one.available, line.integer("available", 0, Money::kAmountMax));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

struct People::Shopper {
  std::string name;
  Wish* wish = nullptr;
  // By body: how often it was sent, and whether something final was said.
  std::vector<int> sent;
  std::vector<bool> settled;
};

People::People(Context& context, const Shop& shop, Network& network, Ledger& ledger,
               Checker& checker, std::vector<std::unique_ptr<EdgeHost>>& edges)
    : context_(context),
      shop_(shop),
      network_(network),
      ledger_(ledger),
      checker_(checker),
      edges_(edges) {}

People::~People() = default;

RequestBody People::make_body(const std::string& key, const std::string& token) {
  Chance& chance = context_.people_chance;
  pricing::Basket basket;
  sealing::ClearPart clear;
  basket.destination = pricing::Destination{.country = "ID", .region = "ID-JB", .postal_code = ""};
  basket.shipping_method = kMethod;
  const std::size_t products = static_cast<std::size_t>(context_.plan.products);
  const std::size_t first = chance.below(products);
  const std::size_t count = 1 + chance.below(std::min<std::size_t>(products, 3));
  RequestBody body;
  for (std::size_t i = 0; i < count; ++i) {
    const VariantId& variant = shop_.variants[(first + i) % products];
    const std::int64_t quantity = chance.between(1, 3);
    basket.lines.push_back({.variant_id = variant, .quantity = quantity});
    clear.lines.push_back({.variant_id = variant.str(), .quantity = quantity});
    body.lines.push_back({.variant_id = variant, .quantity = quantity});
  }
  const auto quoted = pricing::quote_basket(shop_.view->book(), basket);
  body.total = std::get<pricing::Quote>(quoted).total;
  if (chance.once_in(12)) {
    body.flaw = chance.once_in(2) ? Flaw::kPrice : Flaw::kBox;
  }
  if (body.flaw == Flaw::kPrice) {
    body.total = Money(body.total.amount() - 1, body.total.currency());
  }
  clear.destination = *basket.destination;
  clear.shipping_method = kMethod;
  clear.total = body.total;
  json::Writer writer(body.text);
  writer.object();
  writer.key("lines");
  writer.array();
  for (const contract::OrderLine& line : body.lines) {
    writer.object();
    writer.field("variant_id", line.variant_id.str());
    writer.field("quantity", line.quantity);
    writer.end_object();
  }
  writer.end_array();
  writer.key("destination");
  writer.raw(R"({"country":"ID","region":"ID-JB"})");
  writer.field("shipping_method", kMethod);
  writer.key("total");
  writer.raw(R"({"amount":)" + std::to_string(body.total.amount()) + R"(,"currency":"IDR"})");
  if (body.flaw != Flaw::kPrice && chance.below(3) != 0) {
    writer.field("quote_id", shop_.derivation.quote_token(
                                 {.quote = std::get<pricing::Quote>(quoted),
                                  .destination = basket.destination,
                                  .shipping_method = std::string(kMethod),
                                  .coupon = {},
                                  .catalog_version = shop_.view->book().catalog_version,
                                  .expires_at = context_.timeline.now() + 15min}));
  }
  if (body.flaw == Flaw::kBox) {
    clear.lines.front().quantity += 1;  // as if somebody had changed the order on its way
  }
  writer.field("sealed", seal_order(key, clear, token, context_.timeline.now() + 48h));
  writer.end_object();
  body.sha256 = digest::sha256(body.text);
  return body;
}

void People::make_wish(Shopper& shopper, int number) {
  Chance& chance = context_.people_chance;
  Wish wish;
  wish.key = "shopper-" + std::to_string(number);
  wish.id = shop_.derivation.order_id(wish.key);
  wish.token = chance.one_of(tokens());
  wish.bodies.push_back(make_body(wish.key, wish.token));
  if (chance.once_in(8)) {
    wish.bodies.push_back(make_body(wish.key, wish.token));
    if (wish.bodies[1].sha256 == wish.bodies[0].sha256) {
      wish.bodies.pop_back();
    }
  }
  shopper.name = wish.key;
  shopper.sent.resize(wish.bodies.size());
  shopper.settled.resize(wish.bodies.size());
  shopper.wish = &ledger_.add(std::move(wish));
}

void People::invite() {
  Chance& chance = context_.people_chance;
  const std::int64_t end = context_.plan.faults_until.count() * 8 / 10;
  const bool rush = chance.once_in(3);  // all at once
  for (int i = 0; i < context_.plan.shoppers; ++i) {
    shoppers_.push_back(std::make_unique<Shopper>());
    Shopper& shopper = *shoppers_.back();
    const Milliseconds comes(rush ? chance.between(500, 600) : chance.between(0, end));
    context_.timeline.after(comes, [this, &shopper, i, twice = chance.once_in(6)] {
      make_wish(shopper, i);
      for (std::size_t body = 0; body < shopper.wish->bodies.size(); ++body) {
        send(shopper, body);
      }
      if (twice) {
        send(shopper, 0);
      }
    });
  }
}

void People::send(Shopper& shopper, std::size_t body) {
  EdgeHost& edge = *edges_[context_.people_chance.below(edges_.size())];
  const Milliseconds sent_at = context_.timeline.elapsed();
  const int attempt = ++shopper.sent[body];
  context_.trace.add(shopper.name, "asks edge " + std::to_string(edge.id()) + ", attempt " +
                                       std::to_string(attempt));
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Type", "application/json"}, {"Idempotency-Key", shopper.wish->key}};
  network_.send(kOutside, edge.id(), [this, &shopper, &edge, body, sent_at, headers] {
    edge.request(http::Method::kPost, "/store/v1/orders", headers, shopper.wish->bodies[body].text,
                 [this, &shopper, &edge, body, sent_at](const EdgeHost::Answer& answer) {
                   network_.send(edge.id(), kOutside, [this, &shopper, body, sent_at, answer] {
                     hear(shopper, body, sent_at, answer);
                   });
                 });
  });
  context_.timeline.after(kPatience, [this, &shopper, body, attempt] {
    if (!shopper.settled[body] && shopper.sent[body] == attempt) {
      send(shopper, body);
    }
  });
}

void People::hear(Shopper& shopper, std::size_t body, Milliseconds sent_at,
                  const EdgeHost::Answer& answer) {
  const std::string code = code_of(answer.body);
  const Flaw flaw = shopper.wish->bodies[body].flaw;
  context_.trace.add(shopper.name, "hears " + std::to_string(answer.status) + " " + code +
                                       (answer.is_replay ? " (replay)" : ""));
  if (answer.status == 201 || answer.status == 202) {
    hear_placed(shopper, body, answer);
  } else if (answer.status == 409 && code == "out_of_stock") {
    hear_out_of_stock(shopper, body, sent_at, answer);
  } else if (answer.status >= 500 ||
             (answer.status == 409 && code == "idempotency_key_in_flight")) {
    try_again(shopper, body);
  } else if (answer.status == 422 && code == "idempotency_key_reused" &&
             shopper.wish->bodies.size() > 1) {
    settle(shopper, body);
  } else if ((flaw == Flaw::kPrice && answer.status == 409 && code == "price_changed") ||
             (flaw == Flaw::kBox && answer.status == 422 && code == "box_clear_mismatch")) {
    settle(shopper, body);
  } else {
    context_.findings.breach("unexpected_answer", shopper.name + " was answered " +
                                                      std::to_string(answer.status) + " " + code);
  }
}

void People::hear_placed(Shopper& shopper, std::size_t body, const EdgeHost::Answer& answer) {
  auto told = read_told(answer.body);
  if (!told.has_value()) {
    context_.findings.breach("unexpected_answer", told.error().message());
    return;
  }
  told->body = body;
  told->heard_at = context_.timeline.elapsed();
  const bool is_deferred = answer.status == 202;
  checker_.check_placed(*shopper.wish, *told, is_deferred);
  std::optional<Told>& first = is_deferred ? shopper.wish->deferred : shopper.wish->told;
  if (!first.has_value()) {
    first = *told;
  }
  settle(shopper, body);
}

void People::hear_out_of_stock(Shopper& shopper, std::size_t body, Milliseconds sent_at,
                               const EdgeHost::Answer& answer) {
  const auto lines = read_short_lines(answer.body);
  if (!lines.has_value() || lines->empty()) {
    context_.findings.breach("unexpected_answer", "out_of_stock without a line");
    return;
  }
  checker_.check_out_of_stock(*shopper.wish, shopper.wish->bodies[body], sent_at, *lines);
  settle(shopper, body);
}

void People::try_again(Shopper& shopper, std::size_t body) {
  if (shopper.settled[body]) {
    return;
  }
  const int attempt = shopper.sent[body];
  context_.timeline.after(Milliseconds(context_.people_chance.between(200, 5'000)),
                          [this, &shopper, body, attempt] {
                            if (!shopper.settled[body] && shopper.sent[body] == attempt) {
                              send(shopper, body);
                            }
                          });
}

// Some ask once more later: placed orders must be answered again, refusals may be judged anew.
void People::settle(Shopper& shopper, std::size_t body) {
  const bool first = !shopper.settled[body];
  shopper.settled[body] = true;
  Chance& chance = context_.people_chance;
  if (first && chance.once_in(3)) {
    context_.timeline.after(Milliseconds(chance.between(100, 30'000)),
                            [this, &shopper, body] { send(shopper, body); });
  }
}

bool People::all_served() const {
  return std::ranges::all_of(shoppers_, [](const auto& shopper) {
    return shopper->wish != nullptr &&
           std::ranges::all_of(shopper->settled, [](bool settled) { return settled; });
  });
}

void People::complain() const {
  for (const auto& shopper : shoppers_) {
    if (shopper->wish == nullptr ||
        std::ranges::find(shopper->settled, false) != shopper->settled.end()) {
      context_.findings.breach("never_answered",
                               shopper->name + " got no final answer though all is well again");
    }
  }
}

}  // namespace dermaga::simulation
