#include <optional>
#include <utility>

#include "answers.h"
#include "impl.h"
#include "result/problem.h"

namespace dermaga::store_api {
namespace {

// "Authorization: Bearer …" or "Access-Token: …"; empty when there is neither.
std::string_view presented_token(const http::Request& request) {
  return request.header("Authorization").empty() ? request.header("Access-Token")
                                                 : bearer_token(request);
}

bool is_away(const Error& error) {
  return error.code() == ErrorCode::kUnavailable || error.code() == ErrorCode::kTimeout;
}

}  // namespace

std::string_view bearer_token(const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view header = request.header("Authorization");
  if (header.size() <= kScheme.size()) {
    return {};
  }
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c =
        header[i] >= 'A' && header[i] <= 'Z' ? static_cast<char>(header[i] | 0x20) : header[i];
    if (c != kScheme[i]) {
      return {};
    }
  }
  return header.substr(kScheme.size());
}

http::Response core_unavailable(const Error& error) {
  if (error.code() == ErrorCode::kOverloaded) {
    return problem_of(error);
  }
  const bool outcome_unknown = error.code() == ErrorCode::kTimeout;
  return http::problem(503, "core_unavailable", "Orders cannot be taken now",
                       outcome_unknown
                           ? "No answer came in time; repeat with the same Idempotency-Key."
                           : "The private zone cannot be reached; repeat with the same "
                             "Idempotency-Key.",
                       5);
}

http::Response refused(const contract::Refused& refusal) {
  return http::problem(refusal.http_status, refusal.code, "The request was refused", refusal.detail,
                       refusal.retry_after_s);
}

void StoreApi::Impl::find_order(const OrderId& id, const std::string& access_token,
                                std::function<void(const Result<contract::OrderView>&)> done) {
  link.order_view(id, access_token,
                  [self = shared_from_this(), id, access_token,
                   done = std::move(done)](const Result<contract::OrderView>& found) {
                    OrderSpool* const spool = self->options.spool;
                    if (found || spool == nullptr ||
                        (found.error().code() != ErrorCode::kNotFound && !is_away(found.error()))) {
                      return done(found);
                    }
                    spool->order_view(id, [self, id, access_token, done, from_core = found.error()](
                                              const Result<contract::OrderView>& spooled) {
                      // It is nowhere only where both say so.
                      const bool core_knows_none = from_core.code() == ErrorCode::kNotFound;
                      const bool is_nowhere = !spooled && core_knows_none &&
                                              spooled.error().code() == ErrorCode::kNotFound;
                      if (is_nowhere) {
                        // It may have been delivered between the two questions.
                        return self->link.order_view(id, access_token, done);
                      }
                      done(spooled || core_knows_none ? spooled : std::unexpected(from_core));
                    });
                  });
}

void StoreApi::Impl::order_status(Call& call) {
  const auto id = OrderId::parse(call.rest);
  if (!id) {
    return call.reply(http::problem(404, "not_found", "No such order", ""));
  }
  const auto current = keys.load();
  if (current == nullptr) {
    return call.reply(keys_not_loaded());
  }
  const std::string_view token = presented_token(call.request);
  if (token.empty()) {
    http::Response response =
        http::problem(401, "unauthenticated", "The order's access token is missing",
                      "Send it as Authorization: Bearer <access_token>.");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return call.reply(std::move(response));
  }
  // Judged here, so that guessing never reaches core; whether the order exists is not told.
  if (!current->derivation.access_token_matches(*id, token)) {
    return call.reply(http::problem(403, "forbidden", "Not this order's access token",
                                    "Send the access token that was answered with this order."));
  }
  find_order(*id, std::string(token),
             [reply = std::move(call.reply)](const Result<contract::OrderView>& found) {
               if (found) {
                 return reply(json_response(200, write_order(*found, "")));
               }
               const bool is_refusal = problem_mapping(found.error().code()).http_status < 500;
               reply(is_refusal ? problem_of(found.error()) : core_unavailable(found.error()));
             });
}

void StoreApi::Impl::sealed_call(Call& call) {
  if (!has_content_type(call.request, "application/jose")) {
    return call.reply(wrong_content_type("application/jose"));
  }
  if (call.request.body.size() > kSealedCallBytesMax) {
    return call.reply(http::problem(413, "body_too_large", "The body is too large",
                                    "A sealed call has at most 32 KiB."));
  }
  if (!looks_like_compact_jwe(call.request.body)) {
    return call.reply(
        problem_of(BodyRefusal{422, "box_malformed", "The body must be a compact JWE."}));
  }
  link.sealed_call(std::string(call.request.body), clock.now(),
                   [reply = std::move(call.reply)](Result<contract::SealedAnswer> answer) {
                     if (!answer) {
                       return reply(core_unavailable(answer.error()));
                     }
                     if (answer->http_status != 200) {
                       return reply(refused(answer->problem));
                     }
                     http::Response response = json_response(200, std::move(answer->sealed));
                     response.headers.front().second = "application/jose";
                     reply(std::move(response));
                   });
}

}  // namespace dermaga::store_api
