#include "weighted.h"

namespace dermaga::catalog_view {
namespace {

constexpr std::size_t kHeaderBytesMax = 512;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return trim(head);
}

// "q=0.8" in thousandths; nullopt when it is not a weight.
std::optional<int> weight(std::string_view parameter) {
  if (parameter.empty()) {
    return 1000;
  }
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=' ||
      (parameter[2] != '0' && parameter[2] != '1')) {
    return std::nullopt;
  }
  int thousandths = (parameter[2] - '0') * 1000;
  parameter.remove_prefix(3);
  if (!parameter.empty() && (parameter[0] != '.' || parameter.size() > 4)) {
    return std::nullopt;
  }
  int scale = 100;
  for (std::size_t i = 1; i < parameter.size(); ++i, scale /= 10) {
    if (parameter[i] < '0' || parameter[i] > '9') {
      return std::nullopt;
    }
    thousandths += (parameter[i] - '0') * scale;
  }
  return thousandths > 1000 ? 1000 : thousandths;
}

}  // namespace

std::vector<Weighted> parse_weighted(std::string_view header) {
  std::vector<Weighted> items;
  if (header.size() > kHeaderBytesMax) {
    return items;
  }
  while (!header.empty()) {
    std::string_view parameters = cut(header, ',');
    Weighted item{std::string(cut(parameters, ';'))};
    const std::optional<int> thousandths = weight(trim(parameters));
    if (item.name.empty() || !thousandths) {
      continue;
    }
    item.thousandths = *thousandths;
    for (char& c : item.name) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace dermaga::catalog_view
