#pragma once

#include <string>

namespace dermaga::vault {

// "CKR_PIN_INCORRECT"; a number where the standard has no name for it.
std::string pkcs11_name(unsigned long value);

}  // namespace dermaga::vault
