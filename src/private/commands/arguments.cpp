#include "arguments.h"

#include <charconv>

namespace dermaga::commands {

Result<Arguments> Arguments::parse(const std::vector<std::string>& words, std::size_t first,
                                   const std::set<std::string>& known, std::size_t plain_max) {
  Arguments arguments;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      if (arguments.plain_.size() == plain_max) {
        return make_error(ErrorCode::kInvalidArgument, "unexpected word: " + words[i]);
      }
      arguments.plain_.push_back(words[i]);
      continue;
    }
    const std::string name = words[i].substr(2);
    if (!known.contains(name)) {
      return make_error(ErrorCode::kInvalidArgument, "unknown option --" + name);
    }
    if (i + 1 == words.size()) {
      return make_error(ErrorCode::kInvalidArgument, "--" + name + " needs a value");
    }
    arguments.options_[name] = words[++i];
  }
  return arguments;
}

std::optional<std::string> Arguments::option(const std::string& name) const {
  const auto found = options_.find(name);
  return found == options_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::string> Arguments::required(const std::string& name) const {
  auto value = option(name);
  if (!value.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "--" + name + " is missing");
  }
  return *std::move(value);
}

Result<std::optional<std::int64_t>> Arguments::integer(const std::string& name, std::int64_t min,
                                                       std::int64_t max) const {
  const auto text = option(name);
  if (!text.has_value()) {
    return std::optional<std::int64_t>();
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < min || value > max) {
    return make_error(ErrorCode::kInvalidArgument, "--" + name + " takes a whole number from " +
                                                       std::to_string(min) + " to " +
                                                       std::to_string(max));
  }
  return std::optional(value);
}

}  // namespace dermaga::commands
