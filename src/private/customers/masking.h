#pragma once

#include <string>
#include <string_view>

namespace dermaga::customers {

// As much of somebody as tells two people apart who are both known already. The dots say nothing
// about how long the text is.
std::string masked_name(std::string_view name);    // "S••• D•••"
std::string masked_email(std::string_view email);  // "s•••@e•••.test"
std::string masked_phone(std::string_view phone);  // "•••• 000"

}  // namespace dermaga::customers
