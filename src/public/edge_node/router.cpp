#include "router.h"

#include <chrono>
#include <utility>

#include "access_log.h"
#include "page_policy/page_policy.h"

namespace dermaga::edge_node {
namespace {

constexpr std::string_view kCatalogImages = "/assets/catalog/";
constexpr std::string_view kAppAssets = "/assets/app/";
constexpr std::size_t kMemoKeyBytesMax = 1024;

std::string* find_header(http::Response& response, std::string_view name) {
  for (auto& [key, value] : response.headers) {
    if (key == name) {
      return &value;
    }
  }
  return nullptr;
}

std::string take_header(http::Response& response, std::string_view name) {
  std::string taken;
  std::erase_if(response.headers, [&](http::Header& header) {
    if (header.first != name) {
      return false;
    }
    taken = std::move(header.second);
    return true;
  });
  return taken;
}

// What every answer carries that is not a Document.
void add_common_headers(http::Response& response, bool secure) {
  if (find_header(response, "X-Content-Type-Options") == nullptr) {
    response.headers.emplace_back("X-Content-Type-Options",
                                  std::string(page_policy::kContentTypeOptions));
  }
  if (find_header(response, "Cache-Control") == nullptr) {
    response.headers.emplace_back("Cache-Control", "no-store");
  }
  if (secure) {
    response.headers.emplace_back("Strict-Transport-Security",
                                  std::string(page_policy::kStrictTransportSecurity));
  }
}

// Responders are moved, replies are copied.
store_api::Reply reply_through(http::Responder responder, bool secure) {
  auto shared = std::make_shared<http::Responder>(std::move(responder));
  return [shared, secure](store_api::Answer answer) {
    if (auto* response = std::get_if<http::Response>(&answer)) {
      add_common_headers(*response, secure);
      return std::move(*shared).send(std::move(*response));
    }
    std::move(*shared).send(
        std::move(std::get<std::shared_ptr<const http::PreparedResponse>>(answer)));
  };
}

http::Response not_found() {
  return http::problem(404, "not_found", "No such file", "");
}

http::Response method_not_allowed() {
  http::Response response =
      http::problem(405, "method_not_allowed", "Method not allowed", "See the Allow header.");
  response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

}  // namespace

Router::Router(const Parts& parts)
    : parts_(parts),
      policy_(std::make_shared<const std::string>(page_policy::content_security_policy({}))) {}

void Router::use(const catalog_view::View& view) {
  policy_.store(std::make_shared<const std::string>(
      page_policy::content_security_policy(view.snapshot().assortment)));
}

void Router::handle(const http::Request& request, http::Responder responder) {
  store_api::Reply reply = reply_through(std::move(responder), request.secure);
  if (parts_.access_log) {
    reply = logged(request, std::move(reply), parts_.log_addresses);
  }
  dispatch(request, reply);
}

void Router::dispatch(const http::Request& request, const store_api::Reply& reply) {
  if (store_api::StoreApi::owns(request.path)) {
    return parts_.api->handle(request, reply);
  }
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    return reply(method_not_allowed());
  }
  if (request.path.starts_with(kCatalogImages)) {
    return parts_.images->handle(request, request.path.substr(kCatalogImages.size()), reply);
  }
  if (request.path.starts_with(kAppAssets)) {
    const catalog_view::Document* found =
        parts_.assets->find(request.path.substr(kAppAssets.size()));
    return found == nullptr ? reply(not_found()) : reply(found->answer(request));
  }
  reply(page(request));
}

store_api::Answer Router::page(const http::Request& request) const {
  const storefront::PageRequest wanted{.path = request.path,
                                       .query = request.query,
                                       .accept_language = request.header("Accept-Language"),
                                       .cookie = request.header("Cookie"),
                                       .secure = request.secure};
  const auto view = parts_.views->get();
  if (view == nullptr) {
    return finish_page(parts_.storefront->error_page(503, wanted));
  }
  const std::string key =
      "page\n" + std::string(request.target) + "\n" + view->pick_locale("", wanted.accept_language);
  const bool may_keep = key.size() <= kMemoKeyBytesMax;
  if (may_keep) {
    if (const auto kept = view->memo().find(key)) {
      return kept->answer(request);
    }
  }
  auto made = parts_.storefront->page(wanted, *view);
  if (!made) {
    return finish_page(parts_.storefront->error_page(404, wanted));
  }
  const std::string* caching = find_header(*made, "Cache-Control");
  if (!may_keep || made->status != 200 || caching == nullptr || !caching->starts_with("public")) {
    return finish_page(std::move(*made));
  }
  catalog_view::DocumentOptions options;
  options.content_type = take_header(*made, "Content-Type");
  options.cache_control = take_header(*made, "Cache-Control");
  const std::string vary = take_header(*made, "Vary");
  options.vary = vary.empty() ? "Accept-Encoding" : "Accept-Encoding, " + vary;
  options.headers = page_policy::page_security_headers(*policy_.load());
  options.headers.insert(options.headers.end(), made->headers.begin(), made->headers.end());
  return view->memo()
      .keep(key, std::make_shared<const catalog_view::Document>(std::move(options),
                                                                std::move(made->body)))
      ->answer(request);
}

// A page for one shopper goes out as it is: compressing what may hold a secret beside text that
// others choose gives the secret away.
store_api::Answer Router::finish_page(http::Response response) const {
  for (http::Header& header : page_policy::page_security_headers(*policy_.load())) {
    response.headers.push_back(std::move(header));
  }
  return response;
}

}  // namespace dermaga::edge_node
