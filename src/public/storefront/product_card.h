#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "context.h"
#include "html.h"

namespace dermaga::storefront {

// A picture with its size, so that nothing moves when it arrives. kFirst is on the screen when the
// page opens; kLater is loaded when it comes near.
enum class Loading { kFirst, kLater };
void write_image(Html& html, const Context& context, const product::Image& image, Loading loading);

// The image that stands for the product; null when it has none.
const product::Image* main_image(const product::Product& product);

// The cheapest variant, of those that can be had where there are any.
const product::Variant& leading_variant(const Context& context, const product::Product& product);

// How much cheaper than before, in whole percent; 0 for none.
int percent_off(const product::Variant& variant);

// Price and, where there is one, the price before.
void write_price(Html& html, const Context& context, const product::Variant& variant,
                 bool is_lowest_of_many);

// A list of products as cards. The first `eager` images load at once.
void write_product_grid(Html& html, const Context& context,
                        const std::vector<const product::Product*>& products, std::size_t eager);

}  // namespace dermaga::storefront
