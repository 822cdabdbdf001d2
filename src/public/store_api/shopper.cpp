#include "impl.h"
#include "json/writer.h"
#include "shopper_token/shopper_token.h"

namespace dermaga::store_api {

void StoreApi::Impl::shopper(Call& call) {
  const auto view = views.get();
  const auto current = keys.load();
  if (view == nullptr) {
    return call.reply(catalog_not_loaded());
  }
  if (current == nullptr || current->shopper_token_key.empty()) {
    return call.reply(keys_not_loaded());
  }
  const shopper_token::Verifier verifier(current->shopper_token_key, view->snapshot().shop_id);
  const auto claims = verifier.verify(bearer_token(call.request), clock.now());
  if (!claims) {
    http::Response refusal =
        http::problem(401, "shopper_token_invalid", "The shopper token is not valid",
                      "Get a new one with the sealed call account.token.");
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
    return call.reply(std::move(refusal));
  }
  std::string body;
  json::Writer writer(body);
  writer.object();
  writer.field("pseudonym", claims->pseudonym);
  writer.field("expires_at", format_rfc3339(claims->expires_at));
  writer.end_object();
  call.reply(json_response(200, std::move(body)));
}

}  // namespace dermaga::store_api
