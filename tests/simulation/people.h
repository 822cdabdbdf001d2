#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker.h"
#include "context.h"
#include "edge_host.h"
#include "ledger.h"
#include "network.h"
#include "shop.h"

namespace dermaga::simulation {

// The shoppers: each wants one order, sends it through some edge, and repeats the same bytes under
// the same key until something final is said; some press the button twice, some look at their
// order, some use their key for another order. Everything they are told is held against the truth.
class People {
 public:
  People(Context& context, const Shop& shop, Network& network, Ledger& ledger, Checker& checker,
         std::vector<std::unique_ptr<EdgeHost>>& edges);
  ~People();

  // Plans when who comes.
  void invite();
  // Everybody has heard something final.
  bool all_served() const;
  // A breach for those who have not.
  void complain() const;

 private:
  struct Shopper;

  void make_wish(Shopper& shopper, int number);
  RequestBody make_body(const std::string& key, const std::string& token);
  void send(Shopper& shopper, std::size_t body);
  void hear(Shopper& shopper, std::size_t body, Milliseconds sent_at,
            const EdgeHost::Answer& answer);
  void hear_placed(Shopper& shopper, std::size_t body, const EdgeHost::Answer& answer);
  void hear_out_of_stock(Shopper& shopper, std::size_t body, Milliseconds sent_at,
                         const EdgeHost::Answer& answer);
  void try_again(Shopper& shopper, std::size_t body);
  void settle(Shopper& shopper, std::size_t body);

  Context& context_;
  const Shop& shop_;
  Network& network_;
  Ledger& ledger_;
  Checker& checker_;
  std::vector<std::unique_ptr<EdgeHost>>& edges_;
  std::vector<std::unique_ptr<Shopper>> shoppers_;
};

}  // namespace dermaga::simulation
