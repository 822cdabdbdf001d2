#pragma once

#include "context.h"
#include "html.h"

namespace dermaga::storefront {

// The variant that ?variant= names, else the first that can be had, else the first.
const product::Variant& chosen_variant(const Context& context, const product::Product& product);

// One group of links per option; each leads to the page with that value chosen, so that it works
// without script. Nothing for products with one plain variant.
void write_option_picker(Html& html, const Context& context, const product::Product& product,
                         const product::Variant& chosen);

}  // namespace dermaga::storefront
