#include "settings_seen.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.h"

namespace dermaga::shop {
namespace {

constexpr std::string_view kClaim = "settings";

std::string word(bool is_on) {
  return is_on ? "true" : "false";
}

// None of them is secret or personal.
std::map<std::string, std::string> guarding(const config::Shop& config) {
  return {{"four_eyes.refunds_over", std::to_string(config.four_eyes.refunds_over)},
          {"four_eyes.key_destruction", word(config.four_eyes.key_destruction)},
          {"card_vault.enabled", word(config.card_vault)},
          {"probe.interval_seconds", std::to_string(config.probe_interval_seconds)},
          {"audit.export", config.audit_export}};
}

Result<std::map<std::string, std::string>> seen_before(store::Connection& connection) {
  std::map<std::string, std::string> seen;
  RETURN_IF_ERROR(connection.query("SELECT name, value FROM settings_seen", {},
                                   [&seen](const store::Row& row) -> Status {
                                     seen[std::string(row.text(0))] = row.text(1);
                                     return {};
                                   }));
  return seen;
}

Status remember(store::Connection& connection, std::string_view name, std::string_view value) {
  const store::Parameter row[] = {name, value};
  RETURN_IF_ERROR(connection.execute("DELETE FROM settings_seen WHERE name = $1",
                                     std::span(row).subspan(0, 1)));
  RETURN_IF_ERROR(
      connection.execute("INSERT INTO settings_seen (name, value) VALUES ($1, $2)", row));
  return {};
}

}  // namespace

Status record_changed_settings(store::Database& database, const config::Shop& config,
                               const Clock& clock) {
  ASSIGN_OR_RETURN(const auto connection, database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  // Cores that start together tell it once.
  RETURN_IF_ERROR(connection->claim(kClaim, true));
  ASSIGN_OR_RETURN(const auto before, seen_before(*connection));
  std::vector<audit::Act> acts;
  for (const auto& [name, value] : guarding(config)) {
    const auto old = before.find(name);
    if (old != before.end() && old->second == value) {
      continue;
    }
    RETURN_IF_ERROR(remember(*connection, name, value));
    if (old != before.end()) {
      acts.push_back({.actor = {.name = "core", .source = "settings"},
                      .action = "settings.change",
                      .subject = name,
                      .detail = "from \"" + old->second + "\" to \"" + value + "\""});
    }
  }
  if (!acts.empty()) {
    RETURN_IF_ERROR(audit::append(*connection, acts, clock.now()));
  }
  return transaction.commit();
}

}  // namespace dermaga::shop
