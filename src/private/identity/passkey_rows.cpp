#include "passkey_rows.h"

#include <optional>
#include <utility>

#include "log/log.h"
#include "proofs/challenges.h"

namespace dermaga::identity {
namespace {

struct Known {
  StaffId staff;
  webauthn::Credential credential;
};

Result<std::optional<Known>> find_passkey(store::Connection& connection,
                                          const std::string& credential_id) {
  std::optional<Known> found;
  const store::Parameter key[] = {store::Blob{credential_id}};
  RETURN_IF_ERROR(connection.query(
      "SELECT staff_id, public_key, algorithm, sign_count FROM staff_passkeys WHERE credential_id "
      "= $1",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto staff, StaffId::parse(row.text(0)));
        found = Known{.staff = std::move(staff),
                      .credential = {.id = credential_id,
                                     .public_key = std::string(row.blob(1)),
                                     .algorithm = static_cast<std::int32_t>(row.integer(2)),
                                     .sign_count = static_cast<std::uint32_t>(row.integer(3))}};
        return {};
      }));
  return found;
}

std::unexpected<Error> refused(std::string_view why) {
  log::info("passkey_refused", {{"reason", why}});
  return make_error(ErrorCode::kUnauthenticated, "the passkey was not accepted");
}

}  // namespace

Result<StaffId> verify_passkey(store::Connection& connection, const Ports& ports,
                               std::string_view subject, const webauthn::Assertion& assertion) {
  const auto challenge =
      proofs::take_challenge(connection, ports.clock, subject, assertion.client_data_json);
  if (!challenge.has_value()) {
    return is_retryable(challenge.error().code())
               ? Result<StaffId>(std::unexpected(challenge.error()))
               : refused(challenge.error().message());
  }
  ASSIGN_OR_RETURN(auto known, find_passkey(connection, assertion.credential_id));
  if (!known.has_value()) {
    return refused("nobody has this passkey");
  }
  const auto count =
      webauthn::verify_assertion(ports.relying_party, *challenge, known->credential, assertion);
  if (!count.has_value()) {
    return refused(count.error().message());
  }
  // Compare and set: of two answers with one counter the second changes no row.
  const store::Parameter change[] = {
      store::Blob{assertion.credential_id}, static_cast<std::int64_t>(*count),
      to_unix_ms(ports.clock.now()), static_cast<std::int64_t>(known->credential.sign_count)};
  ASSIGN_OR_RETURN(const auto changed,
                   connection.execute("UPDATE staff_passkeys SET sign_count = $2, last_used_at = "
                                      "$3 WHERE credential_id = $1 AND sign_count = $4",
                                      change));
  if (changed != 1) {
    return refused("its counter moved meanwhile");
  }
  return std::move(known->staff);
}

Result<std::vector<std::string>> credential_ids(store::Connection& connection,
                                                const StaffId& staff) {
  std::vector<std::string> ids;
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT credential_id FROM staff_passkeys WHERE staff_id = $1 ORDER BY created_at", key,
      [&ids](const store::Row& row) -> Status {
        ids.emplace_back(row.blob(0));
        return {};
      }));
  return ids;
}

}  // namespace dermaga::identity
