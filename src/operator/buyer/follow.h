#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "options.h"
#include "random/random.h"
#include "result/result.h"
#include "sealing/sealing.h"
#include "shop.h"
#include "summary.h"
#include "unsealing/unsealing.h"

namespace dermaga::buyer {

// Variant id to what it is called.
using Titles = std::map<std::string, std::string>;

// Watches one order until its payment is over and reads it back. Each step is told in words.
class Follower {
 public:
  struct Parts {
    const Options& options;
    Shop& shop;
    const sealing::PublicKey& shop_key;
    const unsealing::Opener& reply_key;
    std::function<void(std::string_view)> say;
  };
  Follower(Parts parts, const Clock& clock, Random& random)
      : parts_(std::move(parts)), clock_(clock), random_(random) {}

  // Until paid, failed, or nothing moves any more; at most a minute. Fills the statuses, and
  // core_away where the order waits for a core that cannot be reached.
  Status follow_payment(Followed& order);
  // The details, by a sealed call answered to the reply key, as lines of text.
  Result<std::string> read_back(const Followed& order, const Titles& titles);

 private:
  bool core_is_away(const Followed& order);
  Result<std::string> call(std::string_view method, const Followed& order, std::string_view code);

  Parts parts_;
  const Clock& clock_;
  Random& random_;
};

// {"v":1,"method":"order.read","result":{…}} for a reader. A line without a title is called what
// `titles` calls its variant, or by its id.
Result<std::string> describe_order(std::string_view answer_json, const Titles& titles,
                                   std::string_view locale);

}  // namespace dermaga::buyer
