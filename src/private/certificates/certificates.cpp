#include "certificates/certificates.h"

#include <algorithm>
#include <cctype>
#include <span>

namespace dermaga::certificates {
namespace {

constexpr std::size_t kSerialDigitsMax = 40;  // RFC 5280 §4.1.2.2: 20 octets

// Without leading zeros, colons and spaces, in lower case; empty for what is no serial number.
std::string normalized(std::string_view text) {
  std::string serial;
  for (const char character : text) {
    if (character == ':' || character == ' ') {
      continue;
    }
    if (std::isxdigit(static_cast<unsigned char>(character)) == 0) {
      return {};
    }
    serial += static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  }
  serial.erase(0, std::min(serial.find_first_not_of('0'), serial.size()));
  return serial.size() > kSerialDigitsMax ? std::string() : serial;
}

Status forget_expired(store::Connection& connection, UtcTime now) {
  const store::Parameter key[] = {to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute("DELETE FROM link_certificates WHERE expires_at <= $1", key));
  return {};
}

// One that core did not issue over the link, so that it can be marked too.
Status remember(store::Connection& connection, const std::string& serial, UtcTime until,
                UtcTime now) {
  const store::Parameter row[] = {std::string_view(serial), std::string_view(), to_unix_ms(now),
                                  to_unix_ms(until)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO link_certificates (serial, role, renewed_from, issued_at, expires_at, "
      "revoked_at) VALUES ($1, $2, $2, $3, $4, 0) ON CONFLICT (serial) DO NOTHING",
      row));
  return {};
}

}  // namespace

Status record_issued(store::Connection& connection, const Certificate& certificate, UtcTime now) {
  RETURN_IF_ERROR(forget_expired(connection, now));
  const std::string serial = normalized(certificate.serial);
  const std::string renewed_from = normalized(certificate.renewed_from);
  const store::Parameter row[] = {std::string_view(serial), std::string_view(certificate.role),
                                  std::string_view(renewed_from), to_unix_ms(certificate.issued_at),
                                  to_unix_ms(certificate.expires_at)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO link_certificates (serial, role, renewed_from, issued_at, expires_at, "
      "revoked_at) VALUES ($1, $2, $3, $4, $5, 0)",
      row));
  return {};
}

Result<std::int64_t> revoke(store::Connection& connection, const Revocation& revocation,
                            UtcTime now) {
  const std::string serial = normalized(revocation.serial);
  if (serial.empty()) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a serial number is 1 to 40 hexadecimal digits; openssl x509 -noout -serial "
                      "-in FILE tells it");
  }
  RETURN_IF_ERROR(audit::check_reason(revocation.reason));
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  RETURN_IF_ERROR(remember(connection, serial, revocation.remember_until, now));
  const store::Parameter keys[] = {std::string_view(serial), to_unix_ms(now)};
  ASSIGN_OR_RETURN(
      const std::int64_t revoked,
      connection.execute("UPDATE link_certificates SET revoked_at = $2 WHERE revoked_at = 0 AND "
                         "serial IN (WITH RECURSIVE renewed(serial) AS (SELECT serial FROM "
                         "link_certificates WHERE serial = $1 UNION SELECT later.serial FROM "
                         "link_certificates later JOIN renewed ON later.renewed_from = "
                         "renewed.serial) SELECT serial FROM renewed)",
                         keys));
  if (revoked == 0) {
    return 0;
  }
  const audit::Act act{.actor = revocation.actor,
                       .action = "certificate.revoke",
                       .subject = serial,
                       .detail = std::to_string(revoked) + " certificates",
                       .reason = revocation.reason};
  RETURN_IF_ERROR(audit::append(connection, std::span(&act, 1), now));
  RETURN_IF_ERROR(transaction.commit());
  return revoked;
}

Result<std::vector<Certificate>> list(store::Connection& connection) {
  std::vector<Certificate> found;
  RETURN_IF_ERROR(
      connection.query("SELECT serial, role, renewed_from, issued_at, expires_at, revoked_at FROM "
                       "link_certificates ORDER BY issued_at DESC, serial",
                       {}, [&found](const store::Row& row) -> Status {
                         found.push_back({.serial = std::string(row.text(0)),
                                          .role = std::string(row.text(1)),
                                          .renewed_from = std::string(row.text(2)),
                                          .issued_at = from_unix_ms(row.integer(3)),
                                          .expires_at = from_unix_ms(row.integer(4)),
                                          .revoked_at = from_unix_ms(row.integer(5))});
                         return {};
                       }));
  return found;
}

Result<std::set<std::string, std::less<>>> revoked_serials(store::Connection& connection) {
  std::set<std::string, std::less<>> serials;
  RETURN_IF_ERROR(connection.query("SELECT serial FROM link_certificates WHERE revoked_at > 0", {},
                                   [&serials](const store::Row& row) -> Status {
                                     serials.emplace(row.text(0));
                                     return {};
                                   }));
  return serials;
}

}  // namespace dermaga::certificates
