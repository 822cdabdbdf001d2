#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <liboath/oath.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "encoding/encoding.h"
#include "identity/identity.h"
#include "json/reader.h"
#include "test_authenticator/test_authenticator.h"
#include "test_store/kept_connections.h"
#include "test_store/test_store.h"

// What the tests of this module share: a shop whose staff enrol, sign in and hold passkeys.
namespace dermaga::identity {

inline const Visitor kHome{.source = "203.0.113.7", .user_agent = "Browser/1"};
inline const std::string kOrigin = "https://localhost:8441";
inline constexpr passwords::Cost kTinyCost{.memory_bytes = std::size_t{64} * 1024, .passes = 1};
inline constexpr std::chrono::seconds kCodeStep{30};

// A place where nobody of the staff is.
inline Visitor stranger(int number) {
  return {.source = "198.51.100." + std::to_string(number), .user_agent = "Other/1"};
}

// What a call answers whose `done` comes from another thread. A second answer ends the program.
template <typename T>
class Answer {
 public:
  std::function<void(Result<T>)> done() {
    return [promise = promise_](Result<T> outcome) { promise->set_value(std::move(outcome)); };
  }
  Result<T> wait() {
    auto future = promise_->get_future();
    CHECK(future.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    return future.get();
  }

 private:
  std::shared_ptr<std::promise<Result<T>>> promise_ = std::make_shared<std::promise<Result<T>>>();
};

// One store and vault of the whole test program: making them costs more than a test does.
struct TestShop {
  static TestShop& get() {
    static TestShop shop;
    return shop;
  }
  ~TestShop() { std::filesystem::remove_all(folder); }

  // In memory where that can be: hundreds of commits that each wait for a disk take long.
  std::string folder = [] {
    std::string name = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
    name += "/dermaga-identity-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    return name;
  }();
  std::unique_ptr<store::Database> database =
      std::make_unique<test_store::KeptConnections>(test_store::open(folder));
  std::unique_ptr<vault::Vault> vault =
      vault::Vault::open(folder + "/keys", system_random()).value();
  vault::FieldKey field_key = vault->purpose_key(kFieldPurpose).value();
  vault::BlindIndex index = vault->blind_index(kIndexPurpose).value();
  passwords::BreachedList breached = passwords::BreachedList::open(std::nullopt).value();
  audit::AuditLog audit_log{*database, system_clock(), "test", digest::SigningKey::generate()};
};

// Whoever enrolled, with all that only they know.
struct Person {
  StaffId id;
  std::string role;
  std::string email;
  std::string name;
  std::string password;
  std::string totp_secret;  // raw
  std::vector<std::string> recovery_codes;
  SignedIn signed_in;  // by enrolling
};

inline std::string code_at(std::string_view totp_secret, UtcTime at) {
  char digits[7] = {};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  CHECK(::oath_totp_generate(totp_secret.data(), totp_secret.size(), seconds, 30, 0, 6, digits) ==
        OATH_OK);
  return digits;
}

// As an authenticator reads what is shown to whoever enrols.
inline std::string raw_totp_secret(std::string_view base32) {
  char* raw = nullptr;
  std::size_t size = 0;
  CHECK(::oath_base32_decode(base32.data(), base32.size(), &raw, &size) == OATH_OK);
  std::string secret(raw, size);
  std::free(raw);
  return secret;
}

// What a page answers to options that this module gave.
inline test_authenticator::Request request_of(const std::string& options) {
  const auto document = json::Document::parse(options).value();
  auto reader = json::ObjectReader::of(document.root()).value();
  return {.rp_id = "localhost",
          .origin = kOrigin,
          .challenge = encoding::base64url_decode(reader.string("challenge", 100).value()).value()};
}
inline webauthn::Attestation attestation_of(test_authenticator::Created created) {
  return {.client_data_json = std::move(created.client_data_json),
          .attestation_object = std::move(created.attestation_object)};
}
inline webauthn::Assertion assertion_of(test_authenticator::Got got) {
  return {.credential_id = std::move(got.credential_id),
          .client_data_json = std::move(got.client_data_json),
          .authenticator_data = std::move(got.authenticator_data),
          .signature = std::move(got.signature)};
}

// The text with one or two small changes: never the text itself.
inline std::string mutated(std::string_view text, std::mt19937& random) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_= \n";
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  std::string changed(text);
  for (std::size_t left = 1 + below(2); left > 0 || changed == text; left -= left > 0 ? 1 : 0) {
    const std::size_t at = below(changed.size());
    const char letter = kAlphabet[below(kAlphabet.size())];
    switch (below(5)) {
      case 0:
        changed.erase(at, 1);
        break;
      case 1:
        changed.insert(at, 1, letter);
        break;
      case 2:
        std::swap(changed[at], changed[below(changed.size())]);
        break;
      case 3:
        changed[at] = static_cast<char>(changed[at] ^ (1U << below(8)));
        break;
      default:
        changed[at] = letter;
    }
  }
  return changed;
}

// Each test begins without staff. Whatever it did, no audit entry may hold a name, an address, a
// password, a code or a token.
class IdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string_view table :
         {"api_tokens", "staff_roles", "tries", "staff_known_sources", "staff_recovery_codes",
          "challenges", "staff_passkeys", "staff_sessions", "staff_invitations", "staff"}) {
      ASSERT_TRUE(connection_->execute("DELETE FROM " + std::string(table)).has_value());
    }
    acts_before_ = test_store::number(*connection_, "SELECT COUNT(*) FROM audit_entries");
  }
  void TearDown() override {
    for (const std::string& act : acts()) {
      for (const std::string& secret : secrets_) {
        EXPECT_EQ(act.find(secret), act.npos) << '"' << secret << "\" in the entry " << act;
      }
    }
  }

  // Each costs PostgreSQL some round trips.
  static int mutations() { return test_store::on_postgres() ? 1'000 : 10'000; }

  Ports ports_with(passwords::Hasher& hasher) {
    return {.database = *shop_.database,
            .field_key = shop_.field_key,
            .index = shop_.index,
            .audit_log = shop_.audit_log,
            .hasher = hasher,
            .breached = shop_.breached,
            .clock = clock_,
            .random = system_random(),
            .shop_name = "Toko Senja",
            .relying_party = {"localhost", {kOrigin}}};
  }

  std::int64_t number(std::string_view sql) { return test_store::number(*connection_, sql); }

  // "actor action subject: detail because reason, denied", of this test, oldest first.
  std::vector<std::string> acts() {
    std::vector<std::string> found;
    const auto first = static_cast<std::uint64_t>(acts_before_);
    EXPECT_TRUE(
        audit::read(*connection_, first, 100'000, [&found](const audit::Entry& entry) -> Status {
          const audit::Act& act = entry.act;
          found.push_back(act.actor.name + " " + act.action + " " + act.subject +
                          (act.detail.empty() ? "" : ": " + act.detail) +
                          (act.reason.empty() ? "" : " because " + act.reason) +
                          (act.is_denied ? ", denied" : ""));
          return {};
        }));
    return found;
  }
  std::string last_act() {
    const auto all = acts();
    return all.empty() ? std::string() : all.back();
  }

  static Principal host() {
    return host_principal({.name = "host:tester", .source = "cli"}, "new colleague");
  }
  static audit::Actor actor(const Person& person) {
    return {.name = "staff:" + person.id.str(), .source = kHome.source};
  }
  static Principal principal(const Person& person) {
    return {.actor = actor(person),
            .permissions = roles::permissions_of(person.role).value_or(roles::PermissionSet()),
            .reason = "it is time"};
  }
  Caller caller(const SessionToken& token) {
    return identity_.sessions.find(token, kHome.source).value();
  }
  Caller caller(const Person& person) { return caller(person.signed_in.token); }
  bool is_signed_in(const SessionToken& token) {
    const auto found = identity_.sessions.find(token, kHome.source);
    EXPECT_TRUE(found.has_value() || found.error().code() == ErrorCode::kUnauthenticated);
    return found.has_value();
  }

  // Somebody new, whom nobody knows yet.
  Person somebody(const std::string& role) {
    const std::string number = std::to_string(++people_);
    Person person;
    person.role = role;
    person.email = "siti.rahayu." + number + "@example.com";
    person.name = "Siti Rahayu " + number;
    person.password = "empat kuda terbang " + number;
    secrets_.insert(secrets_.end(), {person.email, person.name, person.password});
    return person;
  }
  Invitation invite(Person& person) {
    auto invitation = identity_.accounts
                          .invite({.email = vault::EmailAddress(person.email),
                                   .name = vault::PersonName(person.name),
                                   .role = person.role},
                                  host())
                          .value();
    person.id = invitation.staff;
    secrets_.emplace_back(invitation.token.reveal());
    return invitation;
  }
  // Opens the invitation and keeps its secret as an authenticator would.
  void open(Person& person, const InvitationToken& token) {
    const auto opened = identity_.enrolment.open(token, kHome).value();
    person.totp_secret = raw_totp_secret(opened.totp_secret.reveal());
    secrets_.emplace_back(opened.totp_secret.reveal());
  }
  Enrolment::Form form_of(const Person& person, const InvitationToken& token) {
    return {.token = InvitationToken(std::string(token.reveal())),
            .email = vault::EmailAddress(person.email),
            .name = vault::PersonName(person.name),
            .password = vault::Password(person.password),
            .code = code_of(person),
            .visitor = kHome};
  }
  Result<Enrolment::Enrolled> finish(Enrolment::Form form) {
    Answer<Enrolment::Enrolled> answer;
    identity_.enrolment.finish(std::move(form), answer.done());
    return answer.wait();
  }
  void keep(Person& person, Enrolment::Enrolled enrolled) {
    for (const auto& code : enrolled.recovery_codes) {
      person.recovery_codes.emplace_back(code.reveal());
      secrets_.emplace_back(code.reveal());
    }
    CHECK(enrolled.signed_in.has_value());
    person.signed_in = *std::move(enrolled.signed_in);
    person.id = person.signed_in.session.staff;
    secrets_.emplace_back(person.signed_in.token.reveal());
  }
  Person enrol(const std::string& role) {
    Person person = somebody(role);
    const Invitation invitation = invite(person);
    open(person, invitation.token);
    keep(person, finish(form_of(person, invitation.token)).value());
    return person;
  }

  // What the person's authenticator shows now; each is good once.
  std::string code_of(const Person& person) {
    secrets_.push_back(code_at(person.totp_secret, clock_.now()));
    return secrets_.back();
  }
  // Waits for one that was not used yet.
  std::string next_code(const Person& person) {
    clock_.advance(kCodeStep);
    return code_of(person);
  }
  // One that the person's authenticator does not show these minutes.
  std::string wrong_code(const Person& person) {
    std::string code = "000000";
    const auto is_right = [&] {
      for (int step = -2; step <= 2; ++step) {
        if (code_at(person.totp_secret, clock_.now() + step * kCodeStep) == code) {
          return true;
        }
      }
      return false;
    };
    while (is_right()) {
      code[5] = static_cast<char>(code[5] + 1);
    }
    return code;
  }

  static SignIn::Form form_of(const Person& person, std::string code,
                              const Visitor& visitor = kHome) {
    return {.email = vault::EmailAddress(person.email),
            .password = vault::Password(person.password),
            .code = std::move(code),
            .visitor = visitor};
  }
  Result<SignedIn> try_sign_in(SignIn::Form form) {
    Answer<SignedIn> answer;
    identity_.sign_in.with_password(std::move(form), answer.done());
    auto outcome = answer.wait();
    if (outcome.has_value()) {
      secrets_.emplace_back(outcome->token.reveal());
    }
    return outcome;
  }
  SignedIn sign_in(const Person& person, const Visitor& visitor = kHome) {
    return try_sign_in(form_of(person, next_code(person), visitor)).value();
  }
  // How a sign-in with a wrong password ends.
  ErrorCode try_wrong_password(const Person& person, const Visitor& visitor) {
    auto form = form_of(person, "000000", visitor);
    form.password = vault::Password("wrong horse of four");
    return try_sign_in(std::move(form)).error().code();
  }

  Passkey add_passkey(const Person& person, test_authenticator::Authenticator& authenticator) {
    const auto options = identity_.factors.passkey_options(person.id).value();
    return identity_.factors
        .add_passkey(person.id, "a key",
                     attestation_of(authenticator.create(request_of(options), person.id.str())),
                     actor(person))
        .value();
  }
  // The answer to a new sign-in challenge.
  webauthn::Assertion passkey_answer(test_authenticator::Authenticator& authenticator,
                                     const Visitor& visitor = kHome) {
    return assertion_of(
        authenticator.get(request_of(identity_.sign_in.passkey_options(visitor).value())));
  }
  Result<SignedIn> passkey_sign_in(test_authenticator::Authenticator& authenticator,
                                   const Visitor& visitor = kHome) {
    return identity_.sign_in.with_passkey(passkey_answer(authenticator, visitor), visitor);
  }

  TestShop& shop_ = TestShop::get();
  ManualClock clock_{from_unix_ms(1'790'000'000'000)};
  passwords::Hasher hasher_{{.cost = kTinyCost}};
  Ports ports_ = ports_with(hasher_);
  Identity identity_{ports_};
  std::unique_ptr<store::Connection> connection_ = shop_.database->connect().value();
  std::vector<std::string> secrets_;
  std::int64_t acts_before_ = 0;
  int people_ = 0;
};

}  // namespace dermaga::identity
