#include "proofs/challenges.h"

#include "encoding/encoding.h"
#include "json/reader.h"
#include "proofs/secrets.h"

namespace dermaga::proofs {
namespace {

constexpr std::size_t kChallengeBytes = 32;
constexpr std::size_t kClientDataBytesMax = 8 * 1024;
constexpr std::int64_t kChallengesMax = 10'000;

}  // namespace

Result<std::string> challenge_in(std::string_view client_data_json) {
  if (client_data_json.size() > kClientDataBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, "the client data is too long");
  }
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(client_data_json));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const auto text, reader.string("challenge", 100));
  return encoding::base64url_decode(text);
}

Result<std::string> give_challenge(store::Connection& connection, const Clock& clock,
                                   Random& random, const ChallengeOptions& options) {
  const UtcTime now = clock.now();
  std::string challenge = random.bytes(kChallengeBytes);
  const std::string hash = hash_of(challenge);
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  const store::Parameter old[] = {to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute("DELETE FROM challenges WHERE expires_at <= $1", old));
  if (options.open == Open::kOne) {
    const store::Parameter before[] = {options.subject};
    RETURN_IF_ERROR(connection.execute("DELETE FROM challenges WHERE subject = $1", before));
  }
  std::int64_t unanswered = 0;
  RETURN_IF_ERROR(connection.query("SELECT COUNT(*) FROM challenges", {},
                                   [&unanswered](const store::Row& row) -> Status {
                                     unanswered = row.integer(0);
                                     return {};
                                   }));
  if (unanswered >= kChallengesMax) {
    return make_error(ErrorCode::kOverloaded, "too many passkey challenges are unanswered");
  }
  const store::Parameter row[] = {store::Blob{hash}, options.subject,
                                  to_unix_ms(now + kChallengeLifetime)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO challenges (challenge_hash, subject, expires_at) VALUES ($1, $2, $3)", row));
  RETURN_IF_ERROR(transaction.commit());
  return challenge;
}

Result<std::string> take_challenge(store::Connection& connection, const Clock& clock,
                                   std::string_view subject, std::string_view client_data_json) {
  ASSIGN_OR_RETURN(auto challenge, challenge_in(client_data_json));
  const std::string hash = hash_of(challenge);
  const store::Parameter keys[] = {store::Blob{hash}, subject, to_unix_ms(clock.now())};
  ASSIGN_OR_RETURN(const auto taken,
                   connection.execute("DELETE FROM challenges WHERE challenge_hash = $1 AND "
                                      "subject = $2 AND expires_at > $3",
                                      keys));
  if (taken != 1) {
    return make_error(ErrorCode::kUnauthenticated,
                      "the passkey answers a challenge that is not open; ask for a new one");
  }
  return challenge;
}

Status burn_challenge(store::Connection& connection, const Clock& clock, std::string_view subject,
                      std::string_view client_data_json) {
  const auto taken = take_challenge(connection, clock, subject, client_data_json);
  // Whatever was no answer to an open challenge has nothing to burn.
  const bool is_fault = !taken.has_value() && is_retryable(taken.error().code());
  return is_fault ? Status(std::unexpected(taken.error())) : Status();
}

}  // namespace dermaga::proofs
