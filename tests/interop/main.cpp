// Our end of the interop test: commands on standard input, one a line, answers on standard output.
//   key                 → a new private JWK, which later commands use
//   seal <public JWK> <base64url text> → compact JWE
//   open <compact JWE>  → base64url text, or "refused <code>"
//   thumbprint <public JWK> → RFC 7638 thumbprint
#include <iostream>
#include <optional>
#include <string>

#include "encoding/encoding.h"
#include "random/random.h"
#include "sealing/sealing.h"
#include "unsealing/unsealing.h"

namespace {

using namespace dermaga;

std::string refused(const Error& error) {
  return "refused " + error.message();
}

std::string seal(const std::string& arguments) {
  const std::size_t space = arguments.rfind(' ');
  const auto key = sealing::PublicKey::from_jwk_json(arguments.substr(0, space));
  const auto text = encoding::base64url_decode(arguments.substr(space + 1));
  if (!key.has_value() || !text.has_value()) {
    return "refused arguments";
  }
  const auto box = sealing::seal(*key, *text, system_random());
  return box.has_value() ? *box : refused(box.error());
}

std::string open(const std::optional<unsealing::Opener>& opener, const std::string& box) {
  if (!opener.has_value()) {
    return "refused no key";
  }
  const auto text = opener->open(box);
  return text.has_value() ? encoding::base64url(*text) : refused(text.error());
}

std::string thumbprint(const std::string& jwk) {
  const auto key = sealing::PublicKey::from_jwk_json(jwk);
  return key.has_value() ? key->thumbprint() : refused(key.error());
}

}  // namespace

int main() {
  std::optional<unsealing::Opener> opener;
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::size_t space = line.find(' ');
    const std::string command = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
    if (command == "key") {
      opener = unsealing::Opener::generate().value();
      std::cout << opener->to_private_jwk_json() << std::endl;
    } else if (command == "seal") {
      std::cout << seal(rest) << std::endl;
    } else if (command == "open") {
      std::cout << open(opener, rest) << std::endl;
    } else if (command == "thumbprint") {
      std::cout << thumbprint(rest) << std::endl;
    } else {
      std::cout << "refused command" << std::endl;
    }
  }
  return 0;
}
