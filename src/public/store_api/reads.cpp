#include <algorithm>
#include <charconv>

#include "answers.h"
#include "encoding/encoding.h"
#include "impl.h"
#include "openapi.h"
#include "parameters.h"

namespace dermaga::store_api {
namespace {

constexpr std::int64_t kLimitMax = 100;
constexpr std::int64_t kLimitDefault = 20;
constexpr char kProductCursor = 'p';
constexpr char kSearchCursor = 's';

using catalog_view::Document;
using catalog_view::View;

std::shared_ptr<const Document> make_document(std::string body) {
  return std::make_shared<const Document>(
      catalog_view::DocumentOptions{.content_type = "application/json",
                                    .vary = "Accept-Encoding, Accept-Language"},
      std::move(body));
}

// Answers with the view's document under this key, made now if it is not there.
template <typename Make>
void answer_from_memo(const View& view, const std::string& key, Call& call, Make make) {
  auto document = view.memo().find(key);
  if (document == nullptr) {
    document = view.memo().keep(key, make_document(make()));
  }
  call.reply(document->answer(call.request));
}

struct ListQuery {
  std::string locale;
  std::string category;
  std::string after;  // handle of the last product of the page before
  std::size_t limit = 0;
};

Result<ListQuery> read_list_query(const View& view, const http::Request& request) {
  ListQuery query;
  ASSIGN_OR_RETURN(const auto parameters, Parameters::parse(request.query));
  ASSIGN_OR_RETURN(query.locale, locale_of(view, request));
  ASSIGN_OR_RETURN(query.category, parameters.one("category"));
  ASSIGN_OR_RETURN(const auto limit, parameters.integer("limit", 1, kLimitMax));
  query.limit = static_cast<std::size_t>(limit.value_or(kLimitDefault));
  ASSIGN_OR_RETURN(const std::string cursor, parameters.one("cursor"));
  if (!cursor.empty()) {
    ASSIGN_OR_RETURN(query.after, open_cursor(kProductCursor, cursor));
  }
  return query;
}

std::string list_page(const View& view, const ListQuery& query,
                      const std::vector<const product::Product*>& all) {
  // By handle, so that a page stays where it is when the catalog changes between two requests.
  auto first = query.after.empty()
                   ? all.begin()
                   : std::upper_bound(all.begin(), all.end(), query.after,
                                      [](const std::string& handle, const product::Product* p) {
                                        return handle < p->handle;
                                      });
  const auto count =
      std::min<std::size_t>(query.limit, static_cast<std::size_t>(all.end() - first));
  const std::vector<const product::Product*> page(first,
                                                  first + static_cast<std::ptrdiff_t>(count));
  const bool has_more = first + static_cast<std::ptrdiff_t>(count) != all.end();
  return write_product_list(view, page, query.locale,
                            has_more ? make_cursor(kProductCursor, page.back()->handle) : "");
}

struct SearchQuery {
  std::string locale;
  search::Query query;
};

Result<search::Sort> read_sort(const std::string& name) {
  static constexpr std::pair<std::string_view, search::Sort> kSorts[] = {
      {"", search::Sort::kRelevance},
      {"relevance", search::Sort::kRelevance},
      {"price_asc", search::Sort::kPriceAscending},
      {"price_desc", search::Sort::kPriceDescending},
      {"title", search::Sort::kTitle}};
  for (const auto& [known, sort] : kSorts) {
    if (known == name) {
      return sort;
    }
  }
  return make_error(ErrorCode::kInvalidArgument,
                    "sort must be one of: relevance, price_asc, price_desc, title");
}

Result<SearchQuery> read_search_query(const View& view, const http::Request& request) {
  SearchQuery read;
  search::Query& query = read.query;
  ASSIGN_OR_RETURN(const auto parameters, Parameters::parse(request.query));
  ASSIGN_OR_RETURN(read.locale, locale_of(view, request));
  ASSIGN_OR_RETURN(query.text, parameters.one("q"));
  query.text.resize(std::min(query.text.size(), search::kTextBytesMax + 4));
  ASSIGN_OR_RETURN(query.categories, parameters.many("category", search::kFilterValuesMax));
  ASSIGN_OR_RETURN(query.vendors, parameters.many("vendor", search::kFilterValuesMax));
  ASSIGN_OR_RETURN(query.price_min, parameters.integer("price_min", 0, Money::kAmountMax));
  ASSIGN_OR_RETURN(query.price_max, parameters.integer("price_max", 0, Money::kAmountMax));
  ASSIGN_OR_RETURN(query.in_stock_only, parameters.boolean("in_stock"));
  ASSIGN_OR_RETURN(const std::string sort, parameters.one("sort"));
  ASSIGN_OR_RETURN(query.sort, read_sort(sort));
  ASSIGN_OR_RETURN(const auto limit, parameters.integer("limit", 1, kLimitMax));
  query.limit = static_cast<std::size_t>(limit.value_or(kLimitDefault));
  ASSIGN_OR_RETURN(const std::string cursor, parameters.one("cursor"));
  if (!cursor.empty()) {
    ASSIGN_OR_RETURN(const std::string offset, open_cursor(kSearchCursor, cursor));
    std::from_chars(offset.data(), offset.data() + offset.size(), query.offset);
  }
  return read;
}

// The same for the same question, whatever the order and spelling of its parameters. Texts go in
// with their length: no text can pass for the filters of another question.
std::string memo_key(const SearchQuery& read) {
  const search::Query& query = read.query;
  std::string key = "search\n" + read.locale;
  const auto add = [&key](const std::string& text) {
    key += "\n" + std::to_string(text.size()) + ":" + text;
  };
  add(query.text);
  for (const std::vector<std::string>* filter : {&query.categories, &query.vendors}) {
    key += "\n" + std::to_string(filter->size());
    for (const std::string& each : *filter) {
      add(each);
    }
  }
  for (const std::int64_t each :
       {query.price_min.value_or(-1), query.price_max.value_or(-1),
        std::int64_t{query.in_stock_only}, static_cast<std::int64_t>(query.sort),
        static_cast<std::int64_t>(query.offset), static_cast<std::int64_t>(query.limit)}) {
    key += "\n" + std::to_string(each);
  }
  return key;
}

}  // namespace

void StoreApi::Impl::product_list(Call& call) {
  const auto view = views.get();
  if (view == nullptr) {
    return call.reply(catalog_not_loaded());
  }
  const auto query = read_list_query(*view, call.request);
  if (!query) {
    return call.reply(problem_of(query.error()));
  }
  static const std::vector<const product::Product*> kNone;
  const product::Category* category =
      query->category.empty() ? nullptr : view->find_category(query->category);
  const bool is_unknown = category == nullptr && !query->category.empty();
  const auto& all = is_unknown ? kNone : view->products_in(category);
  if (is_unknown) {
    return call.reply(make_document(list_page(*view, *query, all))->answer(call.request));
  }
  const std::string key = "products\n" + query->locale + "\n" +
                          (category == nullptr ? "" : category->id.str()) + "\n" + query->after +
                          "\n" + std::to_string(query->limit);
  answer_from_memo(*view, key, call, [&] { return list_page(*view, *query, all); });
}

void StoreApi::Impl::product(Call& call) {
  const auto view = views.get();
  if (view == nullptr) {
    return call.reply(catalog_not_loaded());
  }
  const auto locale = locale_of(*view, call.request);
  if (!locale) {
    return call.reply(problem_of(locale.error()));
  }
  const auto name = encoding::percent_decode(call.rest, false);
  const product::Product* found = name ? view->find_product(*name) : nullptr;
  if (found == nullptr) {
    return call.reply(http::problem(404, "not_found", "No such product",
                                    "There is no published product with this id or handle."));
  }
  call.reply(view->product_document(*found, *locale).answer(call.request));
}

void StoreApi::Impl::categories(Call& call) {
  const auto view = views.get();
  if (view == nullptr) {
    return call.reply(catalog_not_loaded());
  }
  const auto locale = locale_of(*view, call.request);
  if (!locale) {
    return call.reply(problem_of(locale.error()));
  }
  call.reply(view->categories_document(*locale).answer(call.request));
}

void StoreApi::Impl::search(Call& call) {
  const auto view = views.get();
  if (view == nullptr) {
    return call.reply(catalog_not_loaded());
  }
  const auto read = read_search_query(*view, call.request);
  if (!read) {
    return call.reply(problem_of(read.error()));
  }
  answer_from_memo(*view, memo_key(*read), call, [&] {
    const search::Results results = view->search(read->locale, read->query);
    const std::size_t end = read->query.offset + results.products.size();
    const bool has_more = !results.products.empty() && end < results.total;
    return write_search(*view, results, read->locale,
                        has_more ? make_cursor(kSearchCursor, std::to_string(end)) : "");
  });
}

void StoreApi::Impl::sealing_keys(Call& call) {
  const auto current = keys.load();
  if (current == nullptr) {
    return call.reply(keys_not_loaded());
  }
  call.reply(current->sealing_keys.answer(call.request));
}

void StoreApi::Impl::openapi(Call& call) {
  static const Document kDocument({.content_type = "application/vnd.oai.openapi+json;version=3.1"},
                                  kOpenApiJson);
  call.reply(kDocument.answer(call.request));
}

void StoreApi::Impl::health(Call& call) {
  call.reply(json_response(
      200, views.get() == nullptr ? R"({"status":"starting"})" : R"({"status":"ok"})"));
}

}  // namespace dermaga::store_api
