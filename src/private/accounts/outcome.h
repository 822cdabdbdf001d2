#pragma once

#include <expected>
#include <functional>
#include <string>
#include <utility>

#include "contract/order.h"
#include "sealed_calls/sealed_calls.h"

namespace dermaga::accounts {

// Why a call is refused; an operating error becomes one by itself.
struct Refusal : contract::Refused {
  Refusal(int status, std::string code_name, std::string sentence)
      : contract::Refused{
            .http_status = status, .code = std::move(code_name), .detail = std::move(sentence)} {}
  // NOLINTNEXTLINE(google-explicit-constructor): RETURN_IF_ERROR hands errors on.
  Refusal(const Error& error) : contract::Refused(sealed_calls::refusal_of(error)) {
    // Whoever is not known any more: the account was erased meanwhile.
    if (error.code() == ErrorCode::kUnauthenticated) {
      code = "session_ended";
    }
  }
};

template <typename T>
using Outcome = std::expected<T, Refusal>;
using Json = Outcome<std::string>;

inline std::unexpected<Refusal> refuse(int status, std::string code, std::string sentence) {
  return std::unexpected(Refusal(status, std::move(code), std::move(sentence)));
}

}  // namespace dermaga::accounts
