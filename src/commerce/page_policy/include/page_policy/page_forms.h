#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "markup/markup.h"

namespace dermaga::page_policy {

// What an element is apart from what differs from shop to shop and language to language: the names
// of all around it, its own, and its attributes, without the values of those that hold addresses,
// words and ids of records: "html>body>form[id=checkout][action]".
std::string form_of(const std::vector<markup::Element>& page, std::size_t index);

// The forms that elements of a page of this name ("checkout") may have; null: not such a page.
const std::set<std::string, std::less<>>* known_forms(std::string_view page_name);

}  // namespace dermaga::page_policy
