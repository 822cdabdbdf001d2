#pragma once

#include <string>
#include <string_view>

namespace dermaga::catalog {

// Makes foreign HTML safe to show: keeps p br ul ol li strong em b i h2 h3 h4 table tr td th, and a
// with an https or relative href (rel is added); h1 becomes h2, h5 and h6 become h4. Every other
// tag and attribute is dropped, script-like elements with their content. Never fails; the result is
// well-formed, every open tag is closed, and sanitising it again changes nothing. The input must be
// UTF-8.
std::string sanitise_html(std::string_view html);

}  // namespace dermaga::catalog
