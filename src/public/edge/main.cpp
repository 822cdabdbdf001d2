#include <sys/prctl.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "serve.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app("Dermaga's public zone: storefront and store API", "dermaga-edge");
  app.set_version_flag("--version", DERMAGA_VERSION);
  app.require_subcommand(1);
  dermaga::edge::ServeOptions options;
  auto* serve = app.add_subcommand("serve", "Serve shoppers until SIGTERM");
  serve->add_option("--data", options.data, "This edge's own folder, with its pki/")->required();
  serve->add_option("--assets", options.assets, "The built web assets; none without it");
  serve->add_option("--port-base", options.port_base, "First port of the shop")
      ->capture_default_str()
      ->check(CLI::Range(1024, 65000));
  serve->add_option("--number", options.number, "Which edge this is: its monitoring port")
      ->capture_default_str()
      ->check(CLI::Range(0, 500));
  serve->add_option("--threads", options.threads, "Event loops; 0: one per processor")
      ->capture_default_str()
      ->check(CLI::Range(0, 256));
  serve->add_option("--core", options.core, "HOST:PORT of core's link; default 127.0.0.1:base+5");
  serve->add_option("--spool", options.spools,
                    "NAME=HOST:PORT of a spool, may be repeated; keeps orders while core is away");
  serve
      ->add_option(
          "--spool-copies", options.spool_copies,
          "Spools that have an order before it is answered, more than half; default just so many")
      ->check(CLI::Range(1, 4));
  serve->add_option("--bind", options.bind,
                    "Address of the HTTPS port, may be repeated; default loopback");
  serve->add_option("--public-url", options.public_url,
                    "Address shoppers use, for canonical links");
  serve->add_flag("--access-log", options.access_log,
                  "Log one line per request, without query strings");
  serve->add_flag("--access-log-addresses", options.access_log_addresses,
                  "Log the peer's address too (personal data)");
  serve->add_flag("--log-to-stderr", options.log_to_stderr,
                  "Log lines to standard error instead of the data folder");
  serve
      ->add_option("--audit-witness-seconds", options.audit_witness_seconds,
                   "How often core's audit log is looked at; for tests")
      ->check(CLI::Range(1, 3'600))
      ->group("");  // not in --help
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    std::cerr << "dermaga-edge: " << wrong.what() << "; see dermaga-edge --help\n";
    return 2;
  }
  return dermaga::edge::serve(options);
}

}  // namespace

int main(int argc, char** argv) {
  // The shared derivation key lives in this process: no core dumps, no files for others.
  prctl(PR_SET_DUMPABLE, 0);
  umask(0077);
  return run(argc, argv);
}
