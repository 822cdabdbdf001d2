#include "storefront/storefront.h"

#include <array>
#include <utility>

#include "assets.h"
#include "context.h"
#include "encoding/encoding.h"
#include "layout.h"
#include "pages.h"

namespace dermaga::storefront {

namespace {

using enum Message;

constexpr std::string_view kNotStored = "no-store";
constexpr std::size_t kSegmentBytesMax = 300;

http::Response html_response(int status, std::string_view locale, std::string_view cache_control,
                             std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Language", std::string(locale)},
                      {"Cache-Control", std::string(cache_control)}},
          .body = std::move(body)};
}

http::Response redirect(int status, std::string location, std::string_view cache_control,
                        std::string_view vary = {}) {
  http::Response response{.status = status,
                          .headers = {{"Location", std::move(location)},
                                      {"Cache-Control", std::string(cache_control)}}};
  if (!vary.empty()) {
    response.headers.emplace_back("Vary", std::string(vary));
  }
  return response;
}

// The page itself, for "try again". Browsers read "//host" and "/\\host" as another host.
std::string address_here(std::string_view path) {
  const bool is_here =
      path.starts_with('/') && path.find('\\') == std::string_view::npos && !path.starts_with("//");
  return std::string(is_here ? path : "/");
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view cookie = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (cookie.starts_with(' ')) cookie.remove_prefix(1);
    if (cookie.size() > name.size() && cookie.starts_with(name) && cookie[name.size()] == '=') {
      return cookie.substr(name.size() + 1);
    }
  }
  return {};
}

class Pages final : public Storefront {
 public:
  Pages(Assets assets, std::string public_url)
      : assets_(std::move(assets)), public_url_(std::move(public_url)) {}

  std::optional<http::Response> page(const PageRequest& request,
                                     const catalog_view::View& view) const override {
    if (request.path == "/") {
      // The cookie can be trusted to be ours only over TLS, where __Host- holds.
      const std::string_view wanted =
          request.secure ? cookie_value(request.cookie, "__Host-locale") : std::string_view();
      const std::string& locale = view.pick_locale(wanted, request.accept_language);
      return redirect(302, "/" + locale + "/", kNotStored, "Accept-Language, Cookie");
    }
    if (!request.path.starts_with('/')) {
      return std::nullopt;
    }
    const std::string_view rest = request.path.substr(1);
    const std::size_t slash = rest.find('/');
    const std::string locale(rest.substr(0, slash));
    if (!view.has_locale(locale)) {
      return std::nullopt;
    }
    if (slash == std::string_view::npos) {
      return redirect(308, "/" + locale + "/", catalog_view::kCacheShared);
    }
    const Context context{.view = view,
                          .assets = assets_,
                          .public_url = public_url_,
                          .locale = locale,
                          .language = language_of(locale),
                          .path = std::string(rest.substr(slash)),
                          .query = PageQuery::parse(request.query)};
    return route(context);
  }

  http::Response error_page(int status, const PageRequest& request) const override {
    const bool is_indonesian =
        request.path == "/id" || request.path.starts_with("/id/") ||
        (!request.path.starts_with("/en") && request.accept_language.starts_with("id"));
    const Language language = is_indonesian ? Language::kIndonesian : Language::kEnglish;
    const bool is_starting = status == 503;
    PlainPage page{.language = language,
                   .title = say(language, is_starting ? kUnavailableTitle : kErrorTitle),
                   .text = say(language, is_starting ? kUnavailableText : kErrorText),
                   .action = say(language, kErrorAction),
                   .action_address = address_here(request.path)};
    if (status == 404) {
      page.title = say(language, kNotFoundTitle);
      page.text = say(language, kNotFoundText);
      page.action = say(language, kNotFoundAction);
      page.action_address = "/";
    }
    http::Response response = html_response(status, is_indonesian ? "id" : "en", kNotStored,
                                            write_plain_page(assets_, page));
    if (is_starting) {
      response.headers.emplace_back("Retry-After", "5");
    }
    return response;
  }

 private:
  static http::Response found(const Context& context, std::string body) {
    return html_response(200, context.locale, catalog_view::kCacheShared, std::move(body));
  }

  static http::Response found_or_404(const Context& context, std::optional<std::string> body,
                                     std::string_view cache_control) {
    if (body.has_value()) {
      return html_response(200, context.locale, cache_control, std::move(*body));
    }
    return html_response(404, context.locale, kNotStored, not_found_page(context));
  }

  static http::Response route(const Context& context) {
    const std::string_view path = context.path;
    using Page = std::string (*)(const Context&);
    constexpr std::pair<std::string_view, Page> kPages[] = {{"/", home_page},
                                                            {"/search", search_page},
                                                            {"/cart", cart_page},
                                                            {"/checkout", checkout_page},
                                                            {"/privacy", privacy_page},
                                                            {"/account", account_page},
                                                            {"/account/sign-in", sign_in_page},
                                                            {"/account/sign-up", sign_up_page},
                                                            {"/account/verify", verify_page},
                                                            {"/account/reset", reset_page}};
    for (const auto& [address, make] : kPages) {
      if (path == address) return found(context, make(context));
    }
    using Maker = std::optional<std::string> (*)(const Context&, const std::string&);
    struct Route {
      std::string_view prefix;
      Maker make;
      std::string_view cache_control;
    };
    constexpr std::array<Route, 3> kRoutes = {{{"/c/", category_page, catalog_view::kCacheShared},
                                               {"/p/", product_page, catalog_view::kCacheShared},
                                               {"/orders/", order_page, kNotStored}}};
    for (const Route& one : kRoutes) {
      if (!path.starts_with(one.prefix) || path.size() > kSegmentBytesMax) continue;
      const auto segment = encoding::percent_decode(path.substr(one.prefix.size()), false);
      if (segment.has_value() && !segment->empty()) {
        return found_or_404(context, one.make(context, *segment), one.cache_control);
      }
    }
    return found_or_404(context, std::nullopt, kNotStored);
  }

  const Assets assets_;
  const std::string public_url_;
};

}  // namespace

Result<std::unique_ptr<Storefront>> Storefront::create(const Options& options) {
  std::string public_url = options.public_url;
  while (public_url.ends_with('/')) {
    public_url.pop_back();
  }
  if (!public_url.empty() && !public_url.starts_with("https://") &&
      !public_url.starts_with("http://")) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the shop's public address must start with https://: " + public_url);
  }
  ASSIGN_OR_RETURN(Assets assets, Assets::load(options.assets_folder));
  return std::make_unique<Pages>(std::move(assets), std::move(public_url));
}

}  // namespace dermaga::storefront
