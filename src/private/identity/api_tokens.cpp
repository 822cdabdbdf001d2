#include "identity/api_tokens.h"

#include <optional>
#include <utility>

#include "encoding/encoding.h"
#include "records.h"

namespace dermaga::identity {
namespace {

constexpr std::string_view kPrefix = "dmg_";
constexpr std::chrono::minutes kUsedEvery{1};

constexpr std::string_view kTokenColumns =
    "t.token_id, t.label, t.permissions, t.created_by, t.created_at, t.expires_at, t.last_used_at";

Result<ApiToken> read_token(const store::Row& row) {
  ApiToken token;
  ASSIGN_OR_RETURN(token.id, ApiTokenId::parse(row.text(0)));
  token.label = row.text(1);
  ASSIGN_OR_RETURN(token.permissions, roles::PermissionSet::parse(row.text(2)));
  ASSIGN_OR_RETURN(token.created_by, StaffId::parse(row.text(3)));
  token.created_at = from_unix_ms(row.integer(4));
  token.expires_at = from_unix_ms(row.integer(5));
  token.last_used_at = from_unix_ms(row.integer(6));
  return token;
}

Status check(const Caller& maker, const std::string& label, const roles::PermissionSet& permissions,
             std::chrono::hours lifetime) {
  if (label.empty() || label.size() > kApiTokenLabelBytesMax || !encoding::is_utf8(label)) {
    return make_error(ErrorCode::kInvalidArgument, "a label has 1 to 100 bytes of text");
  }
  if (permissions.empty()) {
    return make_error(ErrorCode::kInvalidArgument, "a token needs at least one permission");
  }
  if (lifetime < std::chrono::hours(1) || lifetime > kApiTokenLifetimeMax) {
    return make_error(ErrorCode::kInvalidArgument, "a token lives 1 to 8,760 hours");
  }
  for (const roles::Permission permission : roles::all_permissions()) {
    if (permissions.has(permission) && roles::asks_again(permission)) {
      return make_error(ErrorCode::kInvalidArgument,
                        std::string(roles::name(permission)) +
                            " wants a person's second factor each time: no token can have it");
    }
  }
  return maker.permissions.contains(permissions)
             ? Status()
             : make_error(ErrorCode::kForbidden, "nobody may give what they may not do themselves");
}

}  // namespace

Result<ApiTokens::Made> ApiTokens::make(const Caller& maker, const std::string& label,
                                        const roles::PermissionSet& permissions,
                                        std::chrono::hours lifetime, std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  RETURN_IF_ERROR(check(maker, label, permissions, lifetime));
  const UtcTime now = ports_.clock.now();
  Made made{.secret = ApiTokenSecret(std::string(kPrefix) + proofs::random_secret(ports_.random)),
            .token = {.id = ApiTokenId::from_bytes(ports_.random.bytes(15)),
                      .label = label,
                      .permissions = permissions,
                      .created_by = maker.staff,
                      .created_at = now,
                      .expires_at = now + lifetime,
                      .last_used_at = {}}};
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const store::Parameter old[] = {to_unix_ms(now)};
  RETURN_IF_ERROR(connection->execute("DELETE FROM api_tokens WHERE expires_at <= $1", old));
  std::int64_t tokens = 0;
  RETURN_IF_ERROR(connection->query("SELECT COUNT(*) FROM api_tokens", {},
                                    [&tokens](const store::Row& row) -> Status {
                                      tokens = row.integer(0);
                                      return {};
                                    }));
  if (tokens >= static_cast<std::int64_t>(kApiTokensMax)) {
    return make_error(ErrorCode::kInvalidArgument, "a shop has at most 200 tokens; end some first");
  }
  const std::string hash = proofs::hash_of(made.secret.reveal());
  const std::string names = permissions.str();
  const store::Parameter row[] = {std::string_view(made.token.id.str()),
                                  store::Blob{hash},
                                  std::string_view(label),
                                  std::string_view(names),
                                  std::string_view(maker.staff.str()),
                                  to_unix_ms(now),
                                  to_unix_ms(made.token.expires_at),
                                  std::int64_t{0}};
  RETURN_IF_ERROR(connection->execute(
      "INSERT INTO api_tokens (token_id, token_hash, label, permissions, created_by, created_at, "
      "expires_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      row));
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = actor_of(maker),
                              .action = "token.make",
                              .subject = made.token.id.str(),
                              .detail = names,
                              .reason = std::string(reason)}));
  RETURN_IF_ERROR(transaction.commit());
  return made;
}

Result<std::vector<ApiToken>> ApiTokens::list() {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  std::vector<ApiToken> tokens;
  const store::Parameter now[] = {to_unix_ms(ports_.clock.now())};
  RETURN_IF_ERROR(connection->query("SELECT " + std::string(kTokenColumns) +
                                        " FROM api_tokens t WHERE t.expires_at > $1 ORDER BY "
                                        "t.created_at, t.token_id",
                                    now, [&tokens](const store::Row& row) -> Status {
                                      ASSIGN_OR_RETURN(tokens.emplace_back(), read_token(row));
                                      return {};
                                    }));
  return tokens;
}

Status ApiTokens::end(const ApiTokenId& token, const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  std::optional<roles::PermissionSet> may;
  const store::Parameter key[] = {std::string_view(token.str())};
  RETURN_IF_ERROR(connection->query("SELECT permissions FROM api_tokens WHERE token_id = $1", key,
                                    [&may](const store::Row& row) -> Status {
                                      ASSIGN_OR_RETURN(may,
                                                       roles::PermissionSet::parse(row.text(0)));
                                      return {};
                                    }));
  if (!may.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no such token");
  }
  if (!principal.permissions.contains(*may)) {
    return make_error(ErrorCode::kForbidden, "the token may do more than whoever ends it");
  }
  RETURN_IF_ERROR(connection->execute("DELETE FROM api_tokens WHERE token_id = $1", key));
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = principal.actor,
                              .action = "token.end",
                              .subject = token.str(),
                              .reason = principal.reason}));
  return transaction.commit();
}

Result<Caller> ApiTokens::find(const ApiTokenSecret& secret, const std::string& source) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  const UtcTime now = ports_.clock.now();
  const std::string hash = proofs::hash_of(secret.reveal());
  std::optional<ApiToken> token;
  Caller caller;
  const store::Parameter keys[] = {store::Blob{hash}, to_unix_ms(now)};
  RETURN_IF_ERROR(connection->query(
      "SELECT " + std::string(kTokenColumns) +
          ", staff.role FROM api_tokens t JOIN staff ON staff.staff_id = t.created_by WHERE "
          "t.token_hash = $1 AND t.expires_at > $2 AND staff.status = 1",
      keys, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(token, read_token(row));
        caller.role = row.text(7);
        return {};
      }));
  if (!token.has_value()) {
    return make_error(ErrorCode::kUnauthenticated, "this token is not known, or ended");
  }
  // Never more than its maker may do now.
  ASSIGN_OR_RETURN(const auto of_maker, permissions_of(*connection, caller.role));
  caller.permissions = token->permissions & of_maker;
  caller.staff = token->created_by;
  caller.token = token->id;
  caller.source = source;
  if (now - token->last_used_at >= kUsedEvery) {
    ASSIGN_OR_RETURN(const auto writing, ports_.database.connect());
    const store::Parameter used[] = {std::string_view(token->id.str()), to_unix_ms(now)};
    RETURN_IF_ERROR(
        writing->execute("UPDATE api_tokens SET last_used_at = $2 WHERE token_id = $1", used));
  }
  return caller;
}

}  // namespace dermaga::identity
