#pragma once

#include <optional>
#include <string>

#include "context.h"

namespace dermaga::storefront {

// The pages, as whole documents. nullopt: there is no such product, category or order id.
std::string home_page(const Context& context);
std::optional<std::string> category_page(const Context& context, const std::string& handle);
std::string search_page(const Context& context);
std::optional<std::string> product_page(const Context& context, const std::string& handle);
std::string cart_page(const Context& context);
std::string checkout_page(const Context& context);
std::optional<std::string> order_page(const Context& context, const std::string& order_id);
std::string sign_in_page(const Context& context);
std::string sign_up_page(const Context& context);
std::string verify_page(const Context& context);
std::string reset_page(const Context& context);
std::string account_page(const Context& context);
std::string privacy_page(const Context& context);
std::string not_found_page(const Context& context);

}  // namespace dermaga::storefront
