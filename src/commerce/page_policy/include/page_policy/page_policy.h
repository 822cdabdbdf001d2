#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "product/product.h"

namespace dermaga::page_policy {

using Header = std::pair<std::string, std::string>;

// Of this host alone: the shop does not know what its owner serves on subdomains.
inline constexpr std::string_view kStrictTransportSecurity = "max-age=31536000";
inline constexpr std::string_view kContentTypeOptions = "nosniff";

// Content-Security-Policy of the pages of an assortment: nothing from elsewhere but the images that
// products name. More than 20 hosts of images become "any https host".
std::string content_security_policy(const product::Assortment& assortment);

// The security headers of a page, whatever its connection.
std::vector<Header> page_security_headers(const std::string& content_security_policy);

}  // namespace dermaga::page_policy
