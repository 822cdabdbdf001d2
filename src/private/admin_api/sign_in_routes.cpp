#include <utility>

#include "encoding/encoding.h"
#include "passkey_bodies.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

constexpr std::size_t kTokenBytesMax = 100;
constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kNameBytesMax = 400;
constexpr std::size_t kPasswordBytesMax = 1'024;
constexpr std::size_t kCodeBytesMax = 40;

Result<identity::InvitationToken> token_in(json::ObjectReader& reader) {
  ASSIGN_OR_RETURN(auto token, reader.string("token", kTokenBytesMax));
  return identity::InvitationToken(std::move(token));
}

Result<identity::Enrolment::Form> enrolment_in(json::ObjectReader& reader) {
  identity::Enrolment::Form form;
  ASSIGN_OR_RETURN(form.token, token_in(reader));
  ASSIGN_OR_RETURN(auto email, reader.optional_string("email", kEmailBytesMax));
  ASSIGN_OR_RETURN(auto name, reader.optional_string("name", kNameBytesMax));
  ASSIGN_OR_RETURN(auto password, reader.string("password", kPasswordBytesMax));
  ASSIGN_OR_RETURN(form.code, reader.string("code", kCodeBytesMax));
  if (email.has_value()) {
    form.email.emplace(*std::move(email));
  }
  if (name.has_value()) {
    form.name.emplace(*std::move(name));
  }
  form.password = vault::Password(std::move(password));
  return form;
}

Result<identity::SignIn::Form> password_in(json::ObjectReader& reader) {
  identity::SignIn::Form form;
  ASSIGN_OR_RETURN(auto email, reader.string("email", kEmailBytesMax));
  ASSIGN_OR_RETURN(auto password, reader.string("password", kPasswordBytesMax));
  ASSIGN_OR_RETURN(form.code, reader.string("code", kCodeBytesMax));
  form.email = vault::EmailAddress(std::move(email));
  form.password = vault::Password(std::move(password));
  return form;
}

http::Response signed_in(const identity::SignedIn& signed_in) {
  return with_cookie(json_response(201, signed_in_body(signed_in)), signed_in.token.reveal());
}

http::Response enrolled(const identity::Enrolment::Enrolled& enrolled) {
  if (enrolled.refusal.has_value()) {
    return refused_password(*enrolled.refusal);
  }
  if (!enrolled.signed_in.has_value()) {
    return problem_of(Error(ErrorCode::kInternal, "enrolled, but not signed in"));
  }
  const identity::SignedIn& in = *enrolled.signed_in;
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("session");
  write_session(writer, in.session, in.session.id);
  writer.key("recovery_codes");
  writer.array();
  for (const auto& code : enrolled.recovery_codes) {
    writer.string(code.reveal());
  }
  writer.end_array();
  writer.end_object();
  return with_cookie(json_response(201, std::move(text)), in.token.reveal());
}

Result<http::Response> opened(Desk& desk, const Call& call) {
  ASSIGN_OR_RETURN(const auto token, read_body<identity::InvitationToken>(call, &token_in));
  ASSIGN_OR_RETURN(const auto invited, desk.staff.enrolment.open(token, call.visitor));
  std::string text;
  json::Writer writer(text);
  writer.object();
  if (!invited.email.empty()) {
    writer.field("email", invited.email.reveal());
    writer.field("name", invited.name.reveal());
  }
  writer.field("role", invited.role);
  writer.field("totp_secret", invited.totp_secret.reveal());
  writer.field("totp_uri", invited.totp_uri.reveal());
  writer.end_object();
  return json_response(200, std::move(text));
}

}  // namespace

http::Response refused_password(const passwords::Refusal& refusal) {
  return http::problem(422, refusal.code, "Choose another password", refusal.detail);
}

std::string signed_in_body(const identity::SignedIn& signed_in) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("session");
  write_session(writer, signed_in.session, signed_in.session.id);
  writer.end_object();
  return text;
}

Result<http::Response> open_enrolment(Desk& desk, Call& call) {
  return opened(desk, call);
}

void finish_enrolment(std::shared_ptr<Desk> desk, std::shared_ptr<Call> call, Reply reply) {
  auto form = read_body<identity::Enrolment::Form>(*call, &enrolment_in);
  if (!form.has_value()) {
    return reply(problem_of(form.error()));
  }
  form->visitor = call->visitor;
  desk->staff.enrolment.finish(*std::move(form), [desk, reply = std::move(reply)](auto outcome) {
    reply(outcome.has_value() ? enrolled(*outcome) : problem_of(outcome.error()));
  });
}

void sign_in_with_password(std::shared_ptr<Desk> desk, std::shared_ptr<Call> call, Reply reply) {
  auto form = read_body<identity::SignIn::Form>(*call, &password_in);
  if (!form.has_value()) {
    return reply(problem_of(form.error()));
  }
  form->visitor = call->visitor;
  desk->staff.sign_in.with_password(
      *std::move(form), [desk, reply = std::move(reply)](auto outcome) {
        reply(outcome.has_value() ? signed_in(*outcome) : problem_of(outcome.error()));
      });
}

Result<http::Response> start_passkey_sign_in(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto options, desk.staff.sign_in.passkey_options(call.visitor));
  return json_response(200, std::move(options));
}

Result<http::Response> sign_in_with_passkey(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto assertion, read_body<webauthn::Assertion>(call, &assertion_in));
  ASSIGN_OR_RETURN(const auto outcome, desk.staff.sign_in.with_passkey(assertion, call.visitor));
  return signed_in(outcome);
}

}  // namespace dermaga::admin_api
