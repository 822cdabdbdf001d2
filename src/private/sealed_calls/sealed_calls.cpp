#include "sealed_calls/sealed_calls.h"

#include <algorithm>
#include <utility>

#include "call_threads.h"
#include "contract/retry_after.h"
#include "order_box/nonce_memory.h"
#include "result/problem.h"

namespace dermaga::sealed_calls {
namespace {

using contract::Refused;
using contract::SealedAnswer;
using order_box::OpenedCall;
using Answered = std::function<void(SealedAnswer)>;

constexpr std::size_t kThreads = 2;
constexpr std::size_t kWaitingMax = 1'000;

class KeyringOpener final : public CallOpener {
 public:
  KeyringOpener(const order_box::SealingKeyring& keyring, Random& random)
      : keyring_(keyring), random_(random) {}

  std::variant<OpenedCall, order_box::BoxRefusal> open_call(std::string_view box,
                                                            UtcTime received_at) override {
    return order_box::open_call(keyring_, box, received_at);
  }
  Result<std::string> seal_answer(const OpenedCall& call, std::string_view result_json) override {
    return order_box::seal_answer(call.reply_key, call.method, result_json, random_);
  }

 private:
  const order_box::SealingKeyring& keyring_;
  Random& random_;
};

SealedAnswer refuse(Refused problem) {
  return {.http_status = problem.http_status, .sealed = {}, .problem = std::move(problem)};
}

SealedAnswer answer(CallOpener& opener, const OpenedCall& call, CallHandler::Outcome outcome) {
  if (auto* refused = std::get_if<Refused>(&outcome)) {
    return refuse(std::move(*refused));
  }
  auto& result_json = std::get<std::string>(outcome);
  auto sealed = opener.seal_answer(call, result_json);
  vault::wipe(result_json);
  if (!sealed.has_value()) {
    return refuse(refusal_of(sealed.error()));
  }
  return {.http_status = 200, .sealed = *std::move(sealed), .problem = {}};
}

}  // namespace

std::unique_ptr<CallOpener> make_call_opener(const order_box::SealingKeyring& keyring,
                                             Random& random) {
  return std::make_unique<KeyringOpener>(keyring, random);
}

Refused refusal_of(const Error& error) {
  const ProblemMapping mapping = problem_mapping(error.code());
  // What went wrong inside is for the log, not for strangers.
  const bool ours = mapping.http_status >= 500;
  return {.http_status = mapping.http_status,
          .code = std::string(mapping.code),
          .detail = ours ? std::string(mapping.title) : error.message(),
          .retry_after_s = mapping.retry_after_s};
}

CallHandler::Outcome outcome_of(Result<std::string> result) {
  if (result.has_value()) {
    return *std::move(result);
  }
  return refusal_of(result.error());
}

Status forget_nonces(store::Connection& connection, UtcTime now) {
  const store::Parameter expired[] = {to_unix_ms(now - kNonceKeptAfterExpiry)};
  RETURN_IF_ERROR(connection.execute("DELETE FROM used_nonces WHERE expires_at < $1", expired));
  return {};
}

struct SealedCalls::Impl {
  explicit Impl(const Ports& p) : ports(p), threads(kThreads, kWaitingMax) {}

  void call(const std::string& box, UtcTime received_at, const Answered& done);
  // Nothing, or why this call is refused.
  std::optional<Refused> use_nonce(const OpenedCall& call);
  Status keep_nonce(const OpenedCall& call, UtcTime kept_until) const;

  Ports ports;
  order_box::NonceMemory nonces;
  order_box::NonceMemory strangers_nonces;
  CallThreads threads;  // first to end
};

Status SealedCalls::Impl::keep_nonce(const OpenedCall& call, UtcTime kept_until) const {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  constexpr std::string_view kColumns[] = {"nonce", "expires_at"};
  const store::Parameter row[] = {std::string_view(call.nonce), to_unix_ms(kept_until)};
  RETURN_IF_ERROR(connection->insert_many("used_nonces", kColumns, row));
  return transaction.commit();
}

std::optional<Refused> SealedCalls::Impl::use_nonce(const OpenedCall& call) {
  const Refused used{.http_status = 409,
                     .code = "nonce_used",
                     .detail = "this box was used before; seal a new one"};
  const UtcTime kept_until = call.expires_at + kClockSkewMax;  // see call()
  // What strangers ask fills a memory of its own, and no table: a flood of it must not keep orders
  // from being read or cancelled. Once more after a restart it would do nothing new, and the answer
  // is sealed to whoever asked first.
  const bool is_strangers = order_box::is_open_to_all(call.method);
  switch ((is_strangers ? strangers_nonces : nonces)
              .remember(call.nonce, kept_until, ports.clock.now())) {
    case order_box::NonceMemory::Answer::kUsedBefore:
      return used;
    case order_box::NonceMemory::Answer::kFull:
      return refusal_of(Error(ErrorCode::kOverloaded, "too many calls"));
    case order_box::NonceMemory::Answer::kFirstUse:
      break;
  }
  if (is_strangers || order_box::is_read(call.method)) {
    return std::nullopt;
  }
  const Status kept = keep_nonce(call, kept_until);
  if (kept.has_value()) {
    return std::nullopt;
  }
  return kept.error().code() == ErrorCode::kAlreadyExists ? used : refusal_of(kept.error());
}

void SealedCalls::Impl::call(const std::string& box, UtcTime received_at, const Answered& done) {
  // The edge's word on the time counts only as far as clocks differ: else a box that has expired,
  // and whose nonce is forgotten, could be used again.
  const UtcTime now = ports.clock.now();
  auto opened = ports.opener.open_call(
      box, std::clamp(received_at, now - kClockSkewMax, now + kClockSkewMax));
  if (auto* refusal = std::get_if<order_box::BoxRefusal>(&opened)) {
    done(refuse({.http_status = 422, .code = refusal->code, .detail = refusal->detail}));
    return;
  }
  const auto call = std::make_shared<OpenedCall>(std::get<OpenedCall>(std::move(opened)));
  CallHandler* const handler =
      order_box::is_about_account(call->method) ? ports.accounts : &ports.orders;
  if (handler == nullptr) {
    done(refuse({.http_status = 404, .code = "not_found", .detail = "this shop has no accounts"}));
    return;
  }
  auto prepared = handler->prepare(call);
  if (auto* refusal = std::get_if<Refused>(&prepared)) {
    done(refuse(std::move(*refusal)));
    return;
  }
  if (auto refusal = use_nonce(*call); refusal.has_value()) {
    done(refuse(*std::move(refusal)));
    return;
  }
  // Not `this`: an act may be answered after these threads have ended.
  std::get<CallHandler::Act>(prepared)(
      [opener = &ports.opener, call, done](CallHandler::Outcome outcome) {
        done(answer(*opener, *call, std::move(outcome)));
      });
}

SealedCalls::SealedCalls(const Ports& ports) : impl_(std::make_unique<Impl>(ports)) {}
SealedCalls::~SealedCalls() = default;

void SealedCalls::call(std::string box, UtcTime received_at, const Answered& done) {
  Impl* const impl = impl_.get();
  const bool added = impl->threads.add(
      [impl, box = std::move(box), received_at, done] { impl->call(box, received_at, done); });
  if (!added) {
    done(refuse(
        {.http_status = 503,
         .code = "overloaded",
         .detail = "too many calls are waiting",
         .retry_after_s = contract::retry_after_s(kWaitingMax, impl->threads.done_per_second())}));
  }
}

}  // namespace dermaga::sealed_calls
