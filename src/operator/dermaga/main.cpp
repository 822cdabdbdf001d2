#include <string_view>

#include "buyer/buyer.h"
#include "supervisor/supervisor.h"

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "buy") {
    return dermaga::buyer::run_buy(argc - 1, argv + 1);
  }
  return dermaga::supervisor::run(dermaga::supervisor::parse_command_line(
      argc, argv, "buy: a command-line shopper; dermaga buy --help tells more"));
}
