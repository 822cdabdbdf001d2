#pragma once

#include <string>
#include <vector>

#include "http/client.h"
#include "tamper_probe/findings.h"
#include "tamper_probe/manifest.h"

namespace dermaga::tamper_probe {

// Where edges serve the build's files.
inline constexpr std::string_view kAssetsPath = "/assets/app/";

// Text from outside as a finding may hold it: printable ASCII, at most 120 bytes.
std::string shown(std::string_view text);

struct Expectation {
  const Manifest& manifest;
  std::vector<std::string> policies;  // any of these Content-Security-Policies
  std::string public_url;             // without a slash at its end
};

// A page's status and headers.
void check_headers(const Expectation& expected, const std::string& where,
                   const http::ClientResponse& response, std::vector<Finding>& findings);

// A page's markup: only scripts and styles of the manifest, those that it must have, nothing
// inline, no foreign address, and only elements that pages of this name ("checkout") have.
void check_markup(const Expectation& expected, const std::string& where, std::string_view page_name,
                  std::string_view html, std::vector<Finding>& findings);

}  // namespace dermaga::tamper_probe
