#include "challenges.h"

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "proofs/challenges.h"

namespace dermaga::accounts {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kRandomBytes = 16;
constexpr std::size_t kMacBytes = 16;

std::string big_endian(std::int64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((number >> shift) & 0xff));
  }
  return bytes;
}

std::int64_t from_big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) {
    number = number << 8U | static_cast<unsigned char>(byte);
  }
  return static_cast<std::int64_t>(number);
}

std::string mac_of(const Ports& ports, std::string_view subject, std::string_view head) {
  return ports.challenges
      .of("passkey.challenge", vault::SecretText(std::string(subject) + "|" + encoding::hex(head)))
      .substr(0, kMacBytes);
}

std::unexpected<Error> refused() {
  return make_error(ErrorCode::kUnauthenticated,
                    "the passkey answers a challenge that is not open; ask for a new one");
}

}  // namespace

std::string give_challenge(const Ports& ports, std::string_view subject) {
  const std::string head = big_endian(to_unix_ms(ports.clock.now() + proofs::kChallengeLifetime)) +
                           ports.random.bytes(kRandomBytes);
  return head + mac_of(ports, subject, head);
}

Result<std::string> take_challenge(store::Connection& connection, const Ports& ports,
                                   std::string_view subject, std::string_view client_data_json) {
  ASSIGN_OR_RETURN(auto challenge, proofs::challenge_in(client_data_json));
  if (challenge.size() != kTimeBytes + kRandomBytes + kMacBytes) {
    return refused();
  }
  const std::string head = challenge.substr(0, kTimeBytes + kRandomBytes);
  const std::int64_t expires_ms = from_big_endian(head.substr(0, kTimeBytes));
  if (!digest::equal_constant_time(challenge.substr(head.size()), mac_of(ports, subject, head)) ||
      to_unix_ms(ports.clock.now()) >= expires_ms) {
    return refused();
  }
  // Beside the nonces of boxes, which are forgotten long after they have expired. The mark keeps
  // the two apart: no nonce has a colon.
  const std::string nonce = "passkey:" + encoding::base64url(challenge);
  const store::Parameter row[] = {std::string_view(nonce), expires_ms};
  const auto kept = connection.execute(
      "INSERT INTO used_nonces (nonce, expires_at) VALUES ($1, $2) ON CONFLICT "
      "(nonce) DO NOTHING",
      row);
  RETURN_IF_ERROR(kept);
  if (*kept != 1) {
    return refused();
  }
  return challenge;
}

}  // namespace dermaga::accounts
