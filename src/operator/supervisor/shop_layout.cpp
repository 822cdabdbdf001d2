#include "shop_layout.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <numeric>

namespace dermaga::supervisor {

namespace {

std::string absolute(const std::string& path) {
  if (path.empty()) {
    return path;
  }
  std::string text = std::filesystem::absolute(path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') {
    text.pop_back();
  }
  return text;
}

// build/<preset>/bin lies three folders below the source tree.
std::string or_beside_the_build(const std::string& given, const std::string& programs_folder,
                                const char* below) {
  if (!given.empty()) {
    return absolute(given);
  }
  const std::string found = absolute(programs_folder + "/" + below);
  std::error_code ignored;
  return std::filesystem::is_directory(found, ignored) ? found : std::string();
}

}  // namespace

ShopLayout::ShopLayout(UpOptions options, std::string programs_folder)
    : options_(std::move(options)), programs_folder_(std::move(programs_folder)) {
  options_.data = absolute(options_.data);
  options_.config_file = absolute(options_.config_file);
  options_.assets = or_beside_the_build(options_.assets, programs_folder_, "../../web/storefront");
  options_.console = or_beside_the_build(options_.console, programs_folder_, "../../web/admin");
  options_.samples =
      or_beside_the_build(options_.samples, programs_folder_, "../../../samples/catalog");
  spools_ = find_spools(options_.data, options_.spools);
}

std::string ShopLayout::sample_settings() const {
  return options_.config_file.empty() && !options_.samples.empty()
             ? absolute(options_.samples + "/../shop.toml")
             : std::string();
}

std::string ShopLayout::edge_folder(int number) const {
  return data() + "/public/edge-" + std::to_string(number);
}

std::vector<int> ShopLayout::all_spools() const {
  std::vector<int> numbers(static_cast<std::size_t>(spools_.serving));
  std::iota(numbers.begin(), numbers.end(), 1);
  numbers.insert(numbers.end(), spools_.draining.begin(), spools_.draining.end());
  return numbers;
}

std::vector<std::string> ShopLayout::log_folders() const {
  std::vector<std::string> folders = {private_folder() + "/log"};
  for (const int number : all_spools()) {
    folders.push_back(spool_folder(data(), number) + "/log");
  }
  for (int number = 1; number <= options_.edges; ++number) {
    folders.push_back(edge_folder(number) + "/log");
  }
  return folders;
}

std::vector<PortUse> ShopLayout::ports() const {
  std::vector<PortUse> uses = {{port_base() + kLinkOffset, "the link"},
                               {port_base() + kAdminOffset, "the admin console"},
                               {port_base() + kCoreInternalOffset, "core's metrics"}};
  for (const int number : all_spools()) {
    const std::string name = "spool " + std::to_string(number);
    uses.push_back({port_base() + kSpoolOffset + number, name});
    uses.push_back({port_base() + kSpoolInternalOffset + number, "metrics of " + name});
  }
  if (options_.edges > 0) {
    uses.push_back({port_base() + kEdgeHttpOffset, "the storefront, HTTP"});
    uses.push_back({port_base() + kEdgeHttpsOffset, "the storefront, HTTPS"});
  }
  for (int number = 1; number <= options_.edges; ++number) {
    uses.push_back(
        {port_base() + kEdgeInternalOffset + number, "metrics of edge " + std::to_string(number)});
  }
  return uses;
}

std::vector<std::pair<std::string, std::string>> ShopLayout::addresses() const {
  const auto port = [this](int offset) { return std::to_string(port_base() + offset); };
  std::vector<std::pair<std::string, std::string>> out;
  if (options_.edges > 0) {
    out.emplace_back("storefront", "https://localhost:" + port(kEdgeHttpsOffset));
    out.emplace_back("storefront_http", "http://127.0.0.1:" + port(kEdgeHttpOffset));
  }
  out.emplace_back("admin", "https://localhost:" + port(kAdminOffset));
  out.emplace_back("link", "127.0.0.1:" + port(kLinkOffset));
  out.emplace_back("core_internal", "http://127.0.0.1:" + port(kCoreInternalOffset));
  for (const int number : all_spools()) {
    const std::string name = "spool_" + std::to_string(number);
    out.emplace_back(name, "127.0.0.1:" + port(kSpoolOffset + number));
    out.emplace_back(name + "_internal", "http://127.0.0.1:" + port(kSpoolInternalOffset + number));
  }
  for (int number = 1; number <= options_.edges; ++number) {
    out.emplace_back("edge_" + std::to_string(number) + "_internal",
                     "http://127.0.0.1:" + port(kEdgeInternalOffset + number));
  }
  return out;
}

std::vector<std::string> ShopLayout::with_settings(std::vector<std::string> command) const {
  if (!options_.config_file.empty()) {
    command.insert(command.end(), {"--config", options_.config_file});
  }
  if (!options_.store.empty()) {
    command.insert(command.end(), {"--store", options_.store});
  }
  return command;
}

// What core makes certificates for.
std::vector<std::string> ShopLayout::counts() const {
  const int spools = spools_.draining.empty() ? spools_.serving : spools_.draining.back();
  return {"--port-base", std::to_string(port_base()), "--edges", std::to_string(options_.edges),
          "--spools",    std::to_string(spools)};
}

std::vector<std::string> ShopLayout::init_command() const {
  std::vector<std::string> command = {core(), "init", "--data", data()};
  std::ranges::copy(counts(), std::back_inserter(command));
  // While it is being built there is none, and a shop's first build is accepted later.
  std::error_code ignored;
  if (std::filesystem::exists(options_.assets + "/manifest.json", ignored)) {
    command.insert(command.end(), {"--assets", options_.assets});
  }
  return with_settings(std::move(command));
}

std::vector<std::string> ShopLayout::owner_link_command() const {
  return with_settings({core(), "staff", "owner-link", "--data", data()});
}

std::vector<std::vector<std::string>> ShopLayout::import_commands() const {
  std::vector<std::vector<std::string>> commands;
  if (!options_.samples.empty()) {
    for (const char* file : {"products.csv", "translations.csv"}) {
      commands.push_back(
          with_settings({core(), "import", options_.samples + "/" + file, "--data", data()}));
    }
  }
  return commands;
}

Program ShopLayout::spool(int number) const {
  const std::string folder = spool_folder(data(), number);
  Program spool{
      .name = "spool-" + std::to_string(number),
      .command = {programs_folder_ + "/dermaga-spool", "serve", "--data", folder, "--port-base",
                  std::to_string(port_base()), "--number", std::to_string(number)},
      .log_file = folder + "/log/spool.out",
      .health_port = port_base() + kSpoolInternalOffset + number,
      .ends = number > spools_.serving};
  if (spool.ends) {
    spool.command.emplace_back("--drain");
  }
  return spool;
}

Program ShopLayout::edge(int number) const {
  Program edge{
      .name = "edge-" + std::to_string(number),
      .command = {programs_folder_ + "/dermaga-edge", "serve", "--data", edge_folder(number),
                  "--port-base", std::to_string(port_base()), "--number", std::to_string(number)},
      .log_file = edge_folder(number) + "/log/edge.out",
      .health_port = port_base() + kEdgeInternalOffset + number};
  for (int spool = 1; spool <= spools_.serving; ++spool) {
    edge.command.insert(edge.command.end(),
                        {"--spool", "spool-" + std::to_string(spool) + "=127.0.0.1:" +
                                        std::to_string(port_base() + kSpoolOffset + spool)});
  }
  if (!options_.assets.empty()) {
    edge.command.insert(edge.command.end(), {"--assets", options_.assets});
  }
  return edge;
}

std::vector<Program> ShopLayout::programs() const {
  std::vector<std::string> serve = {core(), "serve", "--data", data()};
  std::ranges::copy(counts(), std::back_inserter(serve));
  // While it is being built there is none, and core serves the API alone.
  std::error_code ignored;
  if (std::filesystem::exists(options_.console + "/index.html", ignored)) {
    serve.insert(serve.end(), {"--console", options_.console});
  }
  std::vector<Program> out;
  out.push_back({.name = "core",
                 .command = with_settings(std::move(serve)),
                 .log_file = private_folder() + "/log/core.out",
                 .health_port = port_base() + kCoreInternalOffset});
  for (const int number : all_spools()) {
    out.push_back(spool(number));
  }
  for (int number = 1; number <= options_.edges; ++number) {
    out.push_back(edge(number));
  }
  return out;
}

std::string own_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

}  // namespace dermaga::supervisor
