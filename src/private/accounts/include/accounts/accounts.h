#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "accounts/ports.h"
#include "sealed_calls/sealed_calls.h"

namespace dermaga::accounts {

inline constexpr std::chrono::hours kSessionIdle{24 * 30};
inline constexpr std::chrono::hours kSessionLifetime{24 * 180};
inline constexpr std::size_t kSessionsMax = 20;  // of one account; the oldest ends first
inline constexpr std::size_t kAddressesMax = 20;
inline constexpr std::size_t kPasskeysMax = 10;
inline constexpr std::chrono::hours kSignUpLifetime{24};
inline constexpr std::chrono::hours kResetLifetime{1};
// Within proofs::kTriesWindow each. A browser that has signed in before has tries of its own.
inline constexpr std::int64_t kTriesOfAccount = 10;
inline constexpr std::int64_t kTriesOfKnownKey = 10;
inline constexpr std::int64_t kTriesOfPassword = 10;  // the present one, asked for again
inline constexpr std::int64_t kTriesOfCode = 10;      // passwords with one mailed code
inline constexpr std::int64_t kMailsOfAddress = 3;

// Shoppers with an account: every `account.…` call of docs/reference/account-calls.md. Thread-safe;
// passwords are hashed on the hasher's threads, which then also answer.
class Accounts final : public sealed_calls::CallHandler {
 public:
  explicit Accounts(const Ports& ports);
  ~Accounts() override;

  std::variant<Act, contract::Refused> prepare(
      const std::shared_ptr<order_box::OpenedCall>& call) override;

  // Whose session it is, for an order that is to stand in the account's history. kUnauthenticated
  // for one that is over, or another reply key's.
  Result<CustomerId> account_of(const vault::SessionSecret& session,
                                const std::string& reply_thumbprint);

  // Forgets sessions, sign-ups, codes and cards that are over; what retention does every hour.
  Status forget_what_is_over();

 private:
  Ports ports_;
};

}  // namespace dermaga::accounts
