#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "result/result.h"

namespace dermaga::commands {

// The words of one command after its name: plain words, and options of the form --name value.
class Arguments {
 public:
  // kInvalidArgument for an option that is not in `known` or has no value, and for more plain words
  // than `plain_max`.
  static Result<Arguments> parse(const std::vector<std::string>& words, std::size_t first,
                                 const std::set<std::string>& known, std::size_t plain_max);

  const std::vector<std::string>& plain() const { return plain_; }
  std::optional<std::string> option(const std::string& name) const;
  Result<std::string> required(const std::string& name) const;
  // nullopt when absent; kInvalidArgument unless it is a whole number from min to max.
  Result<std::optional<std::int64_t>> integer(const std::string& name, std::int64_t min,
                                              std::int64_t max) const;

 private:
  std::vector<std::string> plain_;
  std::map<std::string, std::string> options_;
};

}  // namespace dermaga::commands
