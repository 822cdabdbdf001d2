#pragma once

#include "html.h"

namespace dermaga::storefront::icons {

// Line icons, 24 × 24, drawn in the text's colour; the words beside them say what they mean.

inline constexpr Literal kPier =
    R"(<svg class="brand-mark" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true" focusable="false"><circle class="mark-sun" cx="20" cy="15" r="7"/><path class="mark-line" d="M4 22h32M10 17v14M20 19v14M30 17v14"/><path class="mark-wave" d="M3 33c3 0 3-2.4 6-2.4s3 2.4 6 2.4 3-2.4 6-2.4 3 2.4 6 2.4 3-2.4 6-2.4 3 2.4 4 2.4"/></svg>)";
inline constexpr Literal kSearch =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/></svg>)";
inline constexpr Literal kCart =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="M4.5 9.5h15l-1.6 9.2a1.5 1.5 0 0 1-1.5 1.3H7.6a1.5 1.5 0 0 1-1.5-1.3z"/><path d="m8 9.5 3-5.5m5 5.5L13 4M9.5 13v3.5m5-3.5v3.5"/></svg>)";
inline constexpr Literal kPerson =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><circle cx="12" cy="8.5" r="4"/><path d="M4.500 20c.6-4 3.600-6 7.500-6s6.900 2 7.500 6"/></svg>)";
inline constexpr Literal kGlobe =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c2.6 2.4 3.8 5.2 3.8 8.500s-1.2 6.1-3.8 8.500c-2.6-2.4-3.8-5.2-3.8-8.500s1.2-6.1 3.8-8.500z"/></svg>)";
inline constexpr Literal kFilter =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="M4 7h9m4 0h3M4 17h3m4 0h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/></svg>)";
inline constexpr Literal kHands =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="M12 20s-7.5-4.4-7.5-10A4.2 4.2 0 0 1 12 7.4 4.2 4.2 0 0 1 19.5 10c0 5.6-7.5 10-7.5 10z"/></svg>)";
inline constexpr Literal kClock =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.200l3.4 2"/></svg>)";
inline constexpr Literal kSeal =
    R"(<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500M12 14.200v2.2"/></svg>)";
inline constexpr Literal kChevron =
    R"(<svg class="icon icon-small" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" focusable="false"><path d="m9 5 7 7-7 7"/></svg>)";

}  // namespace dermaga::storefront::icons
