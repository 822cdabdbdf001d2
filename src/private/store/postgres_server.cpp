#include "postgres_server.h"

namespace dermaga::store {
namespace {

constexpr int kVersionMin = 150'000;

std::unexpected<Error> refuse(const std::string& why) {
  return make_error(ErrorCode::kInvalidArgument, "the database server " + why);
}

}  // namespace

Status check_server(const ServerFacts& facts) {
  if (facts.version < kVersionMin) {
    return refuse("is PostgreSQL " + std::to_string(facts.version / 10'000) +
                  "; Dermaga needs 15 or newer: upgrade it");
  }
  if (facts.in_recovery) {
    return make_error(ErrorCode::kUnavailable,
                      "the database server is a standby, which takes no writes: name the primary, "
                      "or all hosts with target_session_attrs=read-write, or promote it");
  }
  if (facts.fsync != "on") {
    return refuse(
        "runs with fsync = off: after a power cut confirmed orders would be gone and the "
        "database damaged. Set fsync = on in its postgresql.conf and reload it");
  }
  if (facts.full_page_writes != "on") {
    return refuse(
        "runs with full_page_writes = off: a page torn by a power cut could not be mended. "
        "Set full_page_writes = on in its postgresql.conf and reload it");
  }
  if (facts.synchronous_commit == "off") {
    return refuse(
        "confirms commits before they are on its disk (synchronous_commit = off). Set "
        "synchronous_commit = on in its postgresql.conf, and remove the setting from the "
        "role, the database and the URL where it is made there");
  }
  if (facts.synchronous_commit == "local" && !facts.synchronous_standby_names.empty()) {
    return refuse(
        "has synchronous standbys, but synchronous_commit = local does not wait for them: "
        "a failover would lose confirmed orders. Set synchronous_commit = on");
  }
  if (facts.encoding != "UTF8") {
    return refuse("keeps this database in " + facts.encoding +
                  "; make one with: createdb --template=template0 --encoding=UTF8");
  }
  return {};
}

}  // namespace dermaga::store
