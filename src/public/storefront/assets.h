#pragma once

#include <string>

#include "result/result.h"

namespace dermaga::storefront {

// Addresses of the built script, style and icon ("/assets/app/<hashed name>"), from the
// manifest.json that the web build writes; empty where there is none.
struct Assets {
  std::string script;
  std::string style;
  std::string icon;

  // An empty folder means no assets: pages then come without them (unit tests). Errors say what is
  // wrong with the manifest.
  static Result<Assets> load(const std::string& folder);
};

}  // namespace dermaga::storefront
