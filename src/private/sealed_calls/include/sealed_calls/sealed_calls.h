#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "clock/clock.h"
#include "contract/order.h"
#include "order_box/calls.h"
#include "random/random.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::sealed_calls {

// How far edges' clocks may be off.
inline constexpr std::chrono::minutes kClockSkewMax{5};
// A clock that runs ahead and is set back makes expired boxes valid again; within this time their
// nonces are still known.
inline constexpr std::chrono::hours kNonceKeptAfterExpiry{72};

// Opens what shoppers seal and seals what they are answered. Thread-safe.
class CallOpener {
 public:
  virtual ~CallOpener() = default;
  virtual std::variant<order_box::OpenedCall, order_box::BoxRefusal> open_call(
      std::string_view box, UtcTime received_at) = 0;
  virtual Result<std::string> seal_answer(const order_box::OpenedCall& call,
                                          std::string_view result_json) = 0;
};
// The real one: order_box over the shop's keyring; both must outlive it.
std::unique_ptr<CallOpener> make_call_opener(const order_box::SealingKeyring& keyring,
                                             Random& random);

// Does what is asked. Thread-safe.
class CallHandler {
 public:
  // JSON of the result, or why there is none.
  using Outcome = std::variant<std::string, contract::Refused>;
  using Done = std::function<void(Outcome)>;  // called once, on any thread
  using Act = std::function<void(const Done&)>;

  virtual ~CallHandler() = default;
  // May the call be made? Then what does it, to be called once the box is known to be a new one.
  // Changes nothing.
  virtual std::variant<Act, contract::Refused> prepare(
      const std::shared_ptr<order_box::OpenedCall>& call) = 0;
};
CallHandler::Outcome outcome_of(Result<std::string> result);
// For strangers: what went wrong inside stays inside.
contract::Refused refusal_of(const Error& error);

// Everything it uses; must outlive it, and `opener` the handlers too.
struct Ports {
  store::Database& database;
  CallOpener& opener;
  const Clock& clock;
  CallHandler& orders;
  CallHandler* accounts = nullptr;  // null: this shop has none
};

// Thread-safe.
class SealedCalls {
 public:
  explicit SealedCalls(const Ports& ports);
  // Finishes the calls that wait.
  ~SealedCalls();

  // May wait for the disk or for whoever acts; bounded (503 beyond). As
  // contract::CoreService::sealed_call.
  void call(std::string box, UtcTime received_at,
            const std::function<void(contract::SealedAnswer)>& done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Forgets the nonces of boxes that have expired kNonceKeptAfterExpiry ago.
Status forget_nonces(store::Connection& connection, UtcTime now);

}  // namespace dermaga::sealed_calls
