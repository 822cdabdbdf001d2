#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "result/result.h"

namespace dermaga::admin_api {

// The built console, held in memory. Every answer of the private port carries these headers:
// nothing foreign runs, frames, or is fetched.
std::vector<http::Header> security_headers();

class ConsoleFiles {
 public:
  // An empty folder: none. kInvalidArgument for a folder without index.html or beyond 16 MiB.
  static Result<ConsoleFiles> load(const std::string& folder);

  // The file, or the console's page for any other path without a dot (its own addresses); null
  // where there is none.
  std::shared_ptr<const http::PreparedResponse> find(std::string_view path) const;

 private:
  std::map<std::string, std::shared_ptr<const http::PreparedResponse>, std::less<>> files_;
};

}  // namespace dermaga::admin_api
