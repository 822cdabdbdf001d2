#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clock/clock.h"
#include "contract/order.h"
#include "ids/ids.h"
#include "money/money.h"
#include "timeline.h"

namespace dermaga::simulation {

// What is wrong with a request, so that it must be refused.
enum class Flaw { kNone, kPrice, kBox };

// The bytes of one request and what they ask for.
struct RequestBody {
  std::string text;
  std::string sha256;
  std::vector<contract::OrderLine> lines;
  Money total;
  Flaw flaw = Flaw::kNone;
};

// What one 201 said.
struct Told {
  std::string id;
  std::int64_t total = 0;
  std::string placed_at;
  std::size_t body = 0;  // index in Wish::bodies
  Milliseconds heard_at{0};
};

// One idempotency key and everything that its shopper sent and heard.
struct Wish {
  std::string key;
  OrderId id;
  std::string token;
  std::vector<RequestBody> bodies;  // two where the shopper uses a key for another order too
  std::optional<Told> told;         // by the first 201
  std::optional<Told> deferred;     // by the first 202
};

// The shoppers' side of the story, kept outside of everything that can fail.
class Ledger {
 public:
  Wish& add(Wish wish) {
    const std::string key = wish.key;
    return wishes_.emplace(key, std::move(wish)).first->second;
  }
  const std::map<std::string, Wish>& wishes() const { return wishes_; }
  const Wish* find(std::string_view key) const {
    const auto found = wishes_.find(std::string(key));
    return found == wishes_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Wish> wishes_;  // addresses stay
};

}  // namespace dermaga::simulation
