#pragma once

#include <string>
#include <string_view>

namespace dermaga::storefront {

// What is wrong with a document, empty when nothing is: elements close in order, attributes are
// quoted and stand once, no inline script, style or event handler, images have sizes, ids stand
// once, and every label, description and link within the page has its target.
std::string markup_faults(std::string_view document);

}  // namespace dermaga::storefront
