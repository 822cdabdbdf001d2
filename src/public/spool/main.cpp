#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "serve.h"

namespace {

void add_options(CLI::App& serve, dermaga::spool::ServeOptions& options) {
  serve.add_option("--data", options.data, "This spool's own folder, with its pki/")->required();
  serve.add_option("--number", options.number, "Which spool this is: \"spool-N\", and its ports")
      ->capture_default_str()
      ->check(CLI::Range(1, 4));
  serve.add_option("--port-base", options.port_base, "First port of the shop")
      ->capture_default_str()
      ->check(CLI::Range(1024, 65000));
  serve.add_option("--bind", options.bind, "Address that edges call")
      ->capture_default_str()
      ->check([](const std::string& address) {
        unsigned char bytes[16];
        return inet_pton(AF_INET, address.c_str(), bytes) == 1 ||
                       inet_pton(AF_INET6, address.c_str(), bytes) == 1
                   ? std::string()
                   : std::string("must be an IP address of this machine");
      });
  serve.add_option("--core", options.core, "HOST:PORT of core's link; default 127.0.0.1:base+5");
  serve.add_option("--orders-max", options.orders_max, "Orders that may wait for core; more: 503")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  serve.add_option("--log-mib-max", options.log_mib_max, "Size that the log may have")
      ->capture_default_str()
      ->check(CLI::Range(64, 1'048'576));
  serve
      .add_option("--free-mib-min", options.free_mib_min,
                  "Room that stays free on the disk; less: 503")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'048'576));
  serve.add_flag("!--no-leases", options.leases,
                 "Ask core for no stock: every order waits for core's judgement");
  serve.add_flag(
      "--drain", options.drain,
      "Take no orders, deliver what is there, give the stock lease back, then end with status 0");
  serve.add_flag("--log-to-stderr", options.log_to_stderr,
                 "Log lines to standard error instead of the data folder");
}

int run(int argc, char** argv) {
  CLI::App app("Dermaga's public zone: sealed orders on disk while core is away", "dermaga-spool");
  app.set_version_flag("--version", DERMAGA_VERSION);
  app.require_subcommand(1);
  dermaga::spool::ServeOptions options;
  add_options(*app.add_subcommand("serve", "Keep and deliver orders until SIGTERM"), options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    std::cerr << "dermaga-spool: " << wrong.what() << "; see dermaga-spool --help\n";
    return 2;
  }
  return dermaga::spool::serve(options);
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_DUMPABLE, 0);  // no core dumps: the certificate's key lives here
  umask(0077);
  return run(argc, argv);
}
