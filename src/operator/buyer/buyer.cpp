#include "buyer/buyer.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "boxes.h"
#include "follow.h"
#include "journal.h"
#include "load.h"
#include "options.h"
#include "reply_key.h"
#include "shop.h"
#include "summary.h"

namespace dermaga::buyer {

namespace {

constexpr std::size_t kSayPreparingFrom = 5'000;  // longer than a second of sealing

void say(std::string_view words) {
  fmt::print(stderr, "{}\n", words);
}

// Seals every order before the clock starts, on all cores.
Result<std::vector<PreparedOrder>> prepare(const OrderMaker& maker, std::size_t count) {
  if (count >= kSayPreparingFrom) {
    say(fmt::format("sealing {} orders …", count));
  }
  std::vector<PreparedOrder> orders(count);
  std::atomic<std::size_t> next{0};
  std::mutex failure_mutex;
  std::optional<Error> failure;
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      auto order = maker.make();
      if (!order.has_value()) {
        const std::lock_guard lock(failure_mutex);
        failure = std::move(order).error();
        return;
      }
      orders[i] = *std::move(order);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency() && i < count; ++i) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) {
    thread.join();
  }
  if (failure.has_value()) {
    return std::unexpected(*std::move(failure));
  }
  return orders;
}

struct Keys {
  sealing::PublicKey shop;
  unsealing::Opener reply;
};

Follower make_follower(const Options& options, Shop& shop, const Keys& keys) {
  return Follower({.options = options,
                   .shop = shop,
                   .shop_key = keys.shop,
                   .reply_key = keys.reply,
                   .say = say},
                  system_clock(), system_random());
}

// True when the order was paid and its details came back; what goes wrong is said.
bool follow(const Options& options, Shop& shop, const Keys& keys, const Titles& titles,
            Followed& followed) {
  Follower follower = make_follower(options, shop, keys);
  if (const Status over = follower.follow_payment(followed); !over.has_value()) {
    say("the order could not be followed: " + over.error().message());
    return false;
  }
  if (followed.core_away) {
    return true;
  }
  const auto details = follower.read_back(followed, titles);
  if (!details.has_value()) {
    say("the order could not be read back: " + details.error().message());
    return false;
  }
  followed.read_back = true;
  if (!options.json) {
    fmt::print("read back, sealed to this shopper's own key:\n{}", *details);
  }
  return followed.payment_status == "paid";
}

Result<int> read_only(const Options& options, Shop& shop, const Keys& keys) {
  Followed order;
  order.order_id = options.read_order;
  order.access_token = options.access_token;
  ASSIGN_OR_RETURN(const std::string details,
                   make_follower(options, shop, keys).read_back(order, {}));
  fmt::print("{}", details);
  return 0;
}

Result<LoadResult> place_orders(const Options& options, Shop& shop, const Keys& keys,
                                Titles& titles) {
  ASSIGN_OR_RETURN(const Variant variant, shop.find_variant());
  titles[variant.id] = variant.title;
  ASSIGN_OR_RETURN(const Terms terms, shop.terms(variant));
  if (!options.json) {
    fmt::print("{} × {} ({}), {} with shipping by {}\n", options.quantity, variant.title,
               variant.sku, format_money(terms.total, options.locale),
               terms.shipping_method.empty() ? "no method" : terms.shipping_method);
  }
  const OrderMaker maker({.options = options,
                          .variant = variant,
                          .terms = terms,
                          .shop_key = keys.shop,
                          .reply_key = keys.reply.public_key()},
                         system_clock(), system_random());
  ASSIGN_OR_RETURN(const std::vector<PreparedOrder> orders, prepare(maker, options.count));
  std::unique_ptr<Journal> journal;
  if (!options.journal_file.empty()) {
    ASSIGN_OR_RETURN(journal, Journal::open(options.journal_file));
  }
  return place_all(options, orders, journal.get());
}

Result<int> buy(Options& options) {
  RETURN_IF_ERROR(resolve_shop(options));
  Shop shop(options);
  ASSIGN_OR_RETURN(sealing::PublicKey shop_key, shop.sealing_key());
  ASSIGN_OR_RETURN(unsealing::Opener reply_key, load_reply_key(options.reply_key_file));
  const Keys keys{std::move(shop_key), std::move(reply_key)};
  if (!options.read_order.empty()) {
    return read_only(options, shop, keys);
  }
  Titles titles;
  ASSIGN_OR_RETURN(const LoadResult result, place_orders(options, shop, keys, titles));
  const Summary summary = summarize(result);
  bool satisfied = is_clean(summary) && (options.count > 1 || summary.out_of_stock == 0);
  std::optional<Followed> followed;
  if (options.count == 1 && summary.placed + summary.pending_acceptance == 1) {
    const Outcome& outcome = result.outcomes.front();
    followed.emplace();
    followed->order_id = outcome.order_id;
    followed->access_token = outcome.access_token;
    if (outcome.status == 201) {
      say(fmt::format("order {} is placed{}", outcome.order_id,
                      outcome.replayed ? " (it was already)" : ""));
      satisfied = follow(options, shop, keys, titles, *followed);
    } else {  // nobody knows for how long: there is nothing to wait for
      followed->status = outcome.order_status;
      say(fmt::format("order {} is taken for later: the shop will accept or decline it",
                      outcome.order_id));
    }
  }
  fmt::print("{}", options.json ? to_json(summary, followed) + "\n" : to_words(summary));
  return satisfied ? 0 : 1;
}

}  // namespace

int run_buy(int argc, const char* const* argv) {
  auto parsed = parse_options(argc, argv);
  if (const auto* message = std::get_if<Message>(&parsed)) {
    fmt::print(message->exit_status == 0 ? stdout : stderr, "{}", message->text);
    return message->exit_status;
  }
  const Result<int> bought = buy(std::get<Options>(parsed));
  if (!bought.has_value()) {
    say("dermaga buy: " + bought.error().message());
    return 1;
  }
  return *bought;
}

}  // namespace dermaga::buyer
