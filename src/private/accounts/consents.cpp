#include "consents.h"

#include <algorithm>
#include <map>

namespace dermaga::accounts {
namespace {

// The oldest go beyond it: withdrawing must always work.
constexpr std::int64_t kLogEntriesMax = 200;

struct Entry {
  std::int64_t number = 0;
  std::string purpose;
  bool given = false;
  UtcTime recorded_at;
};

Result<std::vector<Entry>> read_log(store::Connection& connection, const CustomerId& customer) {
  std::vector<Entry> log;
  const store::Parameter key[] = {std::string_view(customer.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT entry_no, purpose, given, recorded_at FROM account_consents WHERE customer_id = $1 "
      "ORDER BY entry_no",
      key, [&log](const store::Row& row) -> Status {
        log.push_back({.number = row.integer(0),
                       .purpose = std::string(row.text(1)),
                       .given = row.integer(2) != 0,
                       .recorded_at = from_unix_ms(row.integer(3))});
        return {};
      }));
  return log;
}

}  // namespace

Result<std::string> joined_purposes(std::span<const std::string> purposes) {
  std::string joined;
  for (const std::string_view purpose : kPurposes) {
    if (std::ranges::find(purposes, purpose) != purposes.end()) {
      joined += (joined.empty() ? "" : " ") + std::string(purpose);
    }
  }
  for (const std::string& purpose : purposes) {
    if (std::ranges::find(kPurposes, purpose) == std::end(kPurposes)) {
      return make_error(ErrorCode::kInvalidArgument, "consents has a purpose that is none");
    }
  }
  return joined;
}

Status record_consent(store::Connection& connection, const CustomerId& customer,
                      std::string_view purpose, bool given, UtcTime now) {
  if (std::ranges::find(kPurposes, purpose) == std::end(kPurposes)) {
    return make_error(ErrorCode::kInvalidArgument, "there is no such purpose");
  }
  ASSIGN_OR_RETURN(const auto log, read_log(connection, customer));
  bool present = false;
  for (const Entry& entry : log) {
    present = entry.purpose == purpose ? entry.given : present;
  }
  if (present == given) {
    return {};
  }
  const std::int64_t number = log.empty() ? 1 : log.back().number + 1;
  const store::Parameter old[] = {std::string_view(customer.str()), number - kLogEntriesMax};
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM account_consents WHERE customer_id = $1 AND entry_no <= $2", old));
  const store::Parameter row[] = {std::string_view(customer.str()), number, purpose,
                                  std::int64_t{given ? 1 : 0}, to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO account_consents (customer_id, entry_no, purpose, given, recorded_at) VALUES "
      "($1, $2, $3, $4, $5)",
      row));
  return {};
}

Status record_consents(store::Connection& connection, const CustomerId& customer,
                       std::string_view joined, UtcTime now) {
  for (const std::string_view purpose : kPurposes) {
    if ((" " + std::string(joined) + " ").find(" " + std::string(purpose) + " ") !=
        std::string::npos) {
      RETURN_IF_ERROR(record_consent(connection, customer, purpose, true, now));
    }
  }
  return {};
}

Status write_consents(json::Writer& writer, store::Connection& connection,
                      const CustomerId& customer) {
  ASSIGN_OR_RETURN(const auto log, read_log(connection, customer));
  writer.array();
  for (const std::string_view purpose : kPurposes) {
    const auto newest = std::ranges::find(log.rbegin(), log.rend(), purpose, &Entry::purpose);
    writer.object();
    writer.field("purpose", purpose);
    writer.field_bool("given", newest != log.rend() && newest->given);
    writer.key("recorded_at");
    if (newest == log.rend()) {
      writer.null();
    } else {
      writer.string(format_rfc3339(newest->recorded_at));
    }
    writer.end_object();
  }
  writer.end_array();
  return {};
}

Status write_consent_log(json::Writer& writer, store::Connection& connection,
                         const CustomerId& customer) {
  ASSIGN_OR_RETURN(const auto log, read_log(connection, customer));
  writer.array();
  for (const Entry& entry : log) {
    writer.object();
    writer.field("purpose", entry.purpose);
    writer.field_bool("given", entry.given);
    writer.field("recorded_at", format_rfc3339(entry.recorded_at));
    writer.end_object();
  }
  writer.end_array();
  return {};
}

}  // namespace dermaga::accounts
