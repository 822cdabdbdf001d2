#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "store_api/store_api.h"

namespace dermaga::edge_node {

// A reply that logs one "request" line when it is given: method, path, status and time. No query,
// no order id, no header, no body; the peer's address only when asked for.
store_api::Reply logged(const http::Request& request, store_api::Reply reply, bool with_address);

// The path as it may be logged: order ids become "{order}", long ones are cut.
std::string loggable_path(std::string_view path);

}  // namespace dermaga::edge_node
