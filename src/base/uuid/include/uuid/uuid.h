#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "random/random.h"

namespace dermaga {

// A UUID of version 7 (RFC 9562, 5.7): 48 bits of Unix time in milliseconds, then random bits.
// 36 characters, lower case. Two of one millisecond are in no order.
std::string make_uuid7(UtcTime now, Random& random);

// The time that such a UUID begins with; none for any other text, upper case included.
std::optional<UtcTime> time_of_uuid7(std::string_view text);

}  // namespace dermaga
