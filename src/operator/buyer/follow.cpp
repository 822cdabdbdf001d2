#include "follow.h"

#include <thread>

#include "boxes.h"
#include "json/reader.h"
#include "money/money.h"

namespace dermaga::buyer {

namespace {

constexpr std::chrono::seconds kFollowFor{60};
constexpr std::chrono::milliseconds kPollPause{200};
constexpr std::chrono::seconds kAskCoreAfter{3};
constexpr std::size_t kTextBytesMax = 4'096;
constexpr std::size_t kLinesMax = 1'000;

bool is_over(const OrderState& state) {
  return state.payment_status != "pending" && state.payment_status != "authorized";
}

std::string words_of(const OrderState& state) {
  std::string words = "status " + state.status + ", payment " + state.payment_status;
  if (!state.payment_action.empty()) {
    words += " (the payment asks for a " + state.payment_action + ")";
  }
  if (!state.cancel_reason.empty()) {
    words += ", because of " + state.cancel_reason;
  }
  return words;
}

Result<std::string> money_text(json::ObjectReader& parent, std::string_view key,
                               std::string_view locale) {
  ASSIGN_OR_RETURN(const auto value, parent.required(key));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(const auto amount,
                   reader.integer("amount", -Money::kAmountMax, Money::kAmountMax));
  ASSIGN_OR_RETURN(const std::string code, reader.string("currency", 3));
  ASSIGN_OR_RETURN(const Currency currency, Currency::parse(code));
  return format_money(Money(amount, currency), locale);
}

Result<std::string> line_text(const json::Value& value, const Titles& titles,
                              std::string_view locale) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(const std::string id, reader.string("variant_id", kTextBytesMax));
  ASSIGN_OR_RETURN(const auto title, reader.optional_string("title", kTextBytesMax));
  ASSIGN_OR_RETURN(const auto quantity, reader.integer("quantity", 1, 1'000'000));
  ASSIGN_OR_RETURN(const std::string total, money_text(reader, "line_total", locale));
  const auto known = titles.find(id);
  const std::string name = title.value_or(known != titles.end() ? known->second : id);
  return "  " + std::to_string(quantity) + " × " + name + "  " + total + "\n";
}

Result<std::string> person_text(const json::Value& customer, const json::Value& address) {
  ASSIGN_OR_RETURN(auto who, json::ObjectReader::of(customer));
  ASSIGN_OR_RETURN(const std::string name, who.string("name", kTextBytesMax));
  ASSIGN_OR_RETURN(const std::string email, who.string("email", kTextBytesMax));
  ASSIGN_OR_RETURN(auto where, json::ObjectReader::of(address));
  ASSIGN_OR_RETURN(const std::string line1, where.string("line1", kTextBytesMax));
  ASSIGN_OR_RETURN(const std::string city, where.string("city", kTextBytesMax));
  ASSIGN_OR_RETURN(const std::string country, where.string("country", kTextBytesMax));
  return "  to " + name + " <" + email + ">, " + line1 + ", " + city + ", " + country + "\n";
}

}  // namespace

Status Follower::follow_payment(Followed& order) {
  const SteadyTime give_up_at = clock_.steady_now() + kFollowFor;
  SteadyTime ask_core_at = clock_.steady_now() + kAskCoreAfter;
  std::string told;
  bool answered_challenge = false;
  while (true) {
    ASSIGN_OR_RETURN(const OrderState state,
                     parts_.shop.order_state(order.order_id, order.access_token));
    order.status = state.status;
    order.payment_status = state.payment_status;
    if (const std::string words = words_of(state); words != told) {
      parts_.say(words);
      told = words;
    }
    if (is_over(state)) {
      return {};
    }
    if (!state.payment_action.empty() && !answered_challenge) {
      const std::string& code = parts_.options.shopper.challenge_code;
      if (code.empty()) {
        parts_.say("give the code with --code");
        return {};
      }
      RETURN_IF_ERROR(call("payment.challenge", order, code));
      answered_challenge = true;
      continue;
    }
    if (clock_.steady_now() > ask_core_at) {
      ask_core_at = clock_.steady_now() + kAskCoreAfter;
      if (core_is_away(order)) {
        order.core_away = true;
        parts_.say("the shop's private zone is away; payment follows when it is back");
        return {};
      }
    }
    if (clock_.steady_now() + kPollPause > give_up_at) {
      parts_.say("the payment is not over after a minute; the order goes on without this program");
      return {};
    }
    std::this_thread::sleep_for(kPollPause);
  }
}

// Only core can open a sealed call: the edge refuses it with 503 while core is away.
bool Follower::core_is_away(const Followed& order) {
  const auto answer = call("order.read", order, "");
  return !answer.has_value() && answer.error().message().contains("core_unavailable");
}

Result<std::string> Follower::call(std::string_view method, const Followed& order,
                                   std::string_view code) {
  ASSIGN_OR_RETURN(const std::string box,
                   seal_call({.method = method,
                              .order_id = order.order_id,
                              .access_token = order.access_token,
                              .code = code},
                             parts_.shop_key, parts_.reply_key.public_key(), clock_, random_));
  ASSIGN_OR_RETURN(const std::string answer, parts_.shop.sealed_call(box));
  return parts_.reply_key.open(answer);
}

Result<std::string> Follower::read_back(const Followed& order, const Titles& titles) {
  ASSIGN_OR_RETURN(const std::string answer, call("order.read", order, ""));
  return describe_order(answer, titles, parts_.options.locale);
}

Result<std::string> describe_order(std::string_view answer_json, const Titles& titles,
                                   std::string_view locale) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(answer_json));
  ASSIGN_OR_RETURN(auto answer, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const auto result_value, answer.required("result"));
  ASSIGN_OR_RETURN(auto result, json::ObjectReader::of(result_value));
  ASSIGN_OR_RETURN(const auto lines_value, result.required("lines"));
  ASSIGN_OR_RETURN(const auto lines, lines_value.as_array(kLinesMax));
  std::string text;
  for (const json::Value& line : lines) {
    ASSIGN_OR_RETURN(const std::string words, line_text(line, titles, locale));
    text += words;
  }
  ASSIGN_OR_RETURN(const std::string shipping, money_text(result, "shipping", locale));
  ASSIGN_OR_RETURN(const std::string total, money_text(result, "total", locale));
  text += "  shipping " + shipping + ", total " + total + "\n";
  ASSIGN_OR_RETURN(const auto customer, result.required("customer"));
  ASSIGN_OR_RETURN(const auto address, result.required("shipping_address"));
  ASSIGN_OR_RETURN(const std::string person, person_text(customer, address));
  return text + person;
}

}  // namespace dermaga::buyer
