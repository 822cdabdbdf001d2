#pragma once

#include <string_view>

namespace dermaga::passwords {

// Whether a password is, whatever its case, at least half made of something common at its front
// with only ASCII digits and punctuation after it. Common are the words of words/, forwards or
// backwards, a word of them or at most four bytes repeated, and runs such as "34567" and "fedcb".
bool is_common(std::string_view password);

}  // namespace dermaga::passwords
