#include "passkeys.h"

#include <utility>
#include <vector>

#include "accounts/accounts.h"
#include "challenges.h"
#include "log/log.h"
#include "mails.h"
#include "profile.h"

namespace dermaga::accounts {
namespace {

constexpr std::string_view kSignInSubject = "sign-in";

std::string registration_subject(const CustomerId& customer) {
  return "register|" + customer.str();
}

struct Known {
  CustomerId customer;
  webauthn::Credential credential;
};

Result<std::optional<Known>> find_passkey(store::Connection& connection,
                                          const std::string& credential_id) {
  std::optional<Known> found;
  const store::Parameter key[] = {store::Blob{credential_id}};
  RETURN_IF_ERROR(connection.query(
      "SELECT customer_id, public_key, algorithm, sign_count FROM account_passkeys WHERE "
      "credential_id = $1",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto customer, CustomerId::parse(row.text(0)));
        found = Known{.customer = std::move(customer),
                      .credential = {.id = credential_id,
                                     .public_key = std::string(row.blob(1)),
                                     .algorithm = static_cast<std::int32_t>(row.integer(2)),
                                     .sign_count = static_cast<std::uint32_t>(row.integer(3))}};
        return {};
      }));
  return found;
}

std::unexpected<Refusal> not_accepted(std::string_view why) {
  log::info("shopper_passkey_refused", {{"reason", why}});
  return refuse(401, "sign_in_failed", "the passkey was not accepted");
}

// The caller's fault, not the store's.
bool is_wrong(const Error& error) {
  return error.code() == ErrorCode::kUnauthenticated || error.code() == ErrorCode::kInvalidArgument;
}

// Whose passkey it is; its counter moves in the caller's transaction.
Outcome<CustomerId> verify(store::Connection& connection, const Ports& ports,
                           const order_box::AccountParams& params) {
  const auto challenge = take_challenge(connection, ports, kSignInSubject, params.client_data_json);
  if (!challenge.has_value()) {
    return is_wrong(challenge.error()) ? not_accepted(challenge.error().message())
                                       : std::unexpected(Refusal(challenge.error()));
  }
  ASSIGN_OR_RETURN(const auto known, find_passkey(connection, params.credential_id));
  if (!known.has_value()) {
    return not_accepted("nobody has this passkey");
  }
  const auto count = webauthn::verify_assertion(ports.relying_party, *challenge, known->credential,
                                                {.credential_id = params.credential_id,
                                                 .client_data_json = params.client_data_json,
                                                 .authenticator_data = params.authenticator_data,
                                                 .signature = params.signature});
  if (!count.has_value()) {
    return not_accepted(count.error().message());
  }
  // Compare and set: of two answers with one counter the second changes no row.
  const store::Parameter change[] = {
      store::Blob{params.credential_id}, static_cast<std::int64_t>(*count),
      to_unix_ms(ports.clock.now()), static_cast<std::int64_t>(known->credential.sign_count)};
  ASSIGN_OR_RETURN(const auto changed,
                   connection.execute("UPDATE account_passkeys SET sign_count = $2, last_used_at = "
                                      "$3 WHERE credential_id = $1 AND sign_count = $4",
                                      change));
  if (changed != 1) {
    return not_accepted("its counter moved meanwhile");
  }
  return known->customer;
}

Result<std::vector<std::string>> credential_ids(store::Connection& connection,
                                                const CustomerId& customer) {
  std::vector<std::string> ids;
  const store::Parameter key[] = {std::string_view(customer.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT credential_id FROM account_passkeys WHERE customer_id = $1 ORDER BY created_at", key,
      [&ids](const store::Row& row) -> Status {
        ids.emplace_back(row.blob(0));
        return {};
      }));
  return ids;
}

void tell(const Ports& ports, const AccountRow& account) {
  auto to = email_of(ports, account);
  const Status sent = to.has_value()
                          ? ports.send_mail(passkey_added(ports, *std::move(to), account.locale))
                          : Status(std::unexpected(to.error()));
  if (!sent.has_value()) {
    log::warning("new_passkey_not_mailed", {{"error", sent.error().message()}});
  }
}

Status insert_passkey(store::Connection& connection, const Ports& ports, const AccountRow& account,
                      const webauthn::Credential& credential, const vault::SecretText& label) {
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  const std::string id = PasskeyId::from_bytes(ports.random.bytes(15)).str();
  const std::string sealed = seal(ports, key, {"account_passkeys", "label_sealed", id}, label);
  const store::Parameter row[] = {std::string_view(id),
                                  store::Blob{credential.id},
                                  std::string_view(account.id.str()),
                                  store::Blob{sealed},
                                  store::Blob{credential.public_key},
                                  static_cast<std::int64_t>(credential.algorithm),
                                  static_cast<std::int64_t>(credential.sign_count),
                                  to_unix_ms(ports.clock.now())};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO account_passkeys (passkey_id, credential_id, customer_id, label_sealed, "
      "public_key, algorithm, sign_count, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, "
      "$6, $7, $8, 0)",
      row));
  return {};
}

}  // namespace

Json passkey_options(const Ports& ports) {
  return R"({"options":)" +
         webauthn::request_options_json(ports.relying_party, give_challenge(ports, kSignInSubject),
                                        {}) +
         "}";
}

Json sign_in_with_passkey(const Ports& ports, const order_box::OpenedCall& call) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  auto customer = verify(*connection, ports, call.account);
  if (!customer.has_value()) {
    return std::unexpected(std::move(customer).error());
  }
  ASSIGN_OR_RETURN(auto session,
                   put_session(*connection, ports, *customer, call.reply_key.thumbprint()));
  RETURN_IF_ERROR(transaction.commit());
  return session;
}

Json registration_options(const Ports& ports, const AccountRow& account) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
  ASSIGN_OR_RETURN(const auto existing, credential_ids(*connection, account.id));
  if (existing.size() >= kPasskeysMax) {
    return refuse(422, "limit_reached", "an account has at most 10 passkeys");
  }
  ASSIGN_OR_RETURN(const auto email, email_of(ports, account));
  return R"({"options":)" +
         webauthn::creation_options_json(ports.relying_party,
                                         give_challenge(ports, registration_subject(account.id)),
                                         {.handle = account.id.str(),
                                          .name = std::string(email.reveal()),
                                          .display_name = std::string(email.reveal())},
                                         existing) +
         "}";
}

Json add_passkey(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  const order_box::AccountParams& params = call.account;
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(const auto account, require_account(*connection, session.customer));
  const auto challenge =
      take_challenge(*connection, ports, registration_subject(account.id), params.client_data_json);
  if (!challenge.has_value()) {
    return is_wrong(challenge.error())
               ? refuse(403, "passkey_refused", "the passkey was not accepted")
               : std::unexpected(Refusal(challenge.error()));
  }
  const auto credential =
      webauthn::verify_registration(ports.relying_party, *challenge,
                                    {.client_data_json = params.client_data_json,
                                     .attestation_object = params.attestation_object});
  if (!credential.has_value()) {
    log::info("shopper_passkey_refused", {{"reason", credential.error().message()}});
    return refuse(403, "passkey_refused", "the passkey was not accepted");
  }
  ASSIGN_OR_RETURN(const auto existing, credential_ids(*connection, account.id));
  if (existing.size() >= kPasskeysMax) {
    return refuse(422, "limit_reached", "an account has at most 10 passkeys");
  }
  const Status inserted = insert_passkey(*connection, ports, account, *credential, params.label);
  if (!inserted.has_value()) {
    if (inserted.error().code() == ErrorCode::kAlreadyExists) {
      return refuse(403, "passkey_refused", "the passkey is known already");
    }
    return std::unexpected(Refusal(inserted.error()));
  }
  RETURN_IF_ERROR(transaction.commit());
  tell(ports, account);
  return show_profile(ports, account.id);
}

Json remove_passkey(const Ports& ports, const Session& session, const order_box::OpenedCall& call) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  const store::Parameter keys[] = {std::string_view(call.account.id),
                                   std::string_view(session.customer.str())};
  ASSIGN_OR_RETURN(
      const auto removed,
      connection->execute("DELETE FROM account_passkeys WHERE passkey_id = $1 AND customer_id = $2",
                          keys));
  if (removed != 1) {
    return refuse(404, "not_found", "there is no such passkey");
  }
  return show_profile(ports, session.customer);
}

Status write_passkeys(json::Writer& writer, store::Connection& connection,
                      const CustomerId& customer, const vault::FieldKey& key) {
  writer.array();
  const store::Parameter whose[] = {std::string_view(customer.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT passkey_id, label_sealed, created_at, last_used_at FROM account_passkeys WHERE "
      "customer_id = $1 ORDER BY created_at, passkey_id",
      whose, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(
            const auto label,
            key.open_field({"account_passkeys", "label_sealed", row.text(0)}, row.blob(1)));
        writer.object();
        writer.field("id", row.text(0));
        writer.field("label", label.reveal());
        writer.field("created_at", format_rfc3339(from_unix_ms(row.integer(2))));
        writer.key("last_used_at");
        if (row.integer(3) == 0) {
          writer.null();
        } else {
          writer.string(format_rfc3339(from_unix_ms(row.integer(3))));
        }
        writer.end_object();
        return {};
      }));
  writer.end_array();
  return {};
}

}  // namespace dermaga::accounts
