#pragma once

#include <string>
#include <vector>

#include "catalog_view/view.h"
#include "http/message.h"

namespace dermaga::edge_node {

// Content-Security-Policy of the pages of a catalog: nothing from elsewhere but the images that
// products name. More than 20 hosts of images become "any https host".
std::string content_security_policy(const catalog_view::View* view);

// Every security header of a page (RFC 6797's is added per connection, where it is TLS).
std::vector<http::Header> page_security_headers(const std::string& content_security_policy);

}  // namespace dermaga::edge_node
