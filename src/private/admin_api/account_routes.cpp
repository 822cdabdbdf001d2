#include <utility>

#include "passkey_bodies.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

constexpr std::size_t kPasswordBytesMax = 1'024;
constexpr std::size_t kCodeBytesMax = 40;

Result<std::string> code_in(json::ObjectReader& reader) {
  return reader.string("code", kCodeBytesMax);
}

Result<identity::Factors::PasswordChange> change_in(json::ObjectReader& reader) {
  identity::Factors::PasswordChange change;
  ASSIGN_OR_RETURN(auto old_password, reader.string("old_password", kPasswordBytesMax));
  ASSIGN_OR_RETURN(auto new_password, reader.string("new_password", kPasswordBytesMax));
  change.old_password = vault::Password(std::move(old_password));
  change.new_password = vault::Password(std::move(new_password));
  return change;
}

http::Response renewed(const identity::SignedIn& signed_in) {
  return with_cookie(json_response(200, signed_in_body(signed_in)), signed_in.token.reveal());
}

void write_passkey(json::Writer& writer, const identity::Passkey& passkey) {
  writer.object();
  writer.field("id", passkey.id.str());
  writer.field("label", passkey.label);
  writer.field("created_at", format_rfc3339(passkey.created_at));
  writer.field("last_used_at", format_rfc3339(passkey.last_used_at));
  writer.end_object();
}

}  // namespace

Result<http::Response> get_me(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto member, desk.staff.accounts.find(call.caller.staff));
  ASSIGN_OR_RETURN(const auto codes, desk.staff.factors.recovery_codes_left(call.caller.staff));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("id", member.id.str());
  writer.field("email", member.email.reveal());
  writer.field("name", member.name.reveal());
  writer.field("role", member.role);
  write_permissions(writer, call.caller.permissions);
  writer.field_bool("is_fresh", call.caller.is_fresh);
  writer.field("recovery_codes_left", codes);
  writer.field("shop_name", desk.shop.config().name);
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> sign_out(Desk& desk, Call& call) {
  RETURN_IF_ERROR(desk.staff.sessions.end(call.caller.staff, call.caller.session,
                                          identity::actor_of(call.caller)));
  auto answer = with_cookie(no_content(), "");
  answer.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  return answer;
}

Result<http::Response> step_up_with_code(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto code, read_body<std::string>(call, &code_in));
  ASSIGN_OR_RETURN(const auto outcome, desk.staff.sessions.step_up_with_code(call.caller, code));
  return renewed(outcome);
}

Result<http::Response> start_passkey_step_up(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto options, desk.staff.sessions.step_up_options(call.caller));
  return json_response(200, std::move(options));
}

Result<http::Response> step_up_with_passkey(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto assertion, read_body<webauthn::Assertion>(call, &assertion_in));
  ASSIGN_OR_RETURN(const auto outcome,
                   desk.staff.sessions.step_up_with_passkey(call.caller, assertion));
  return renewed(outcome);
}

Result<http::Response> list_my_sessions(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto sessions, desk.staff.sessions.list(call.caller.staff));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& session : sessions) {
    write_session(writer, session, call.caller.session);
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> end_my_other_sessions(Desk& desk, Call& call) {
  RETURN_IF_ERROR(desk.staff.sessions.end_all(call.caller.staff, call.caller.session,
                                              identity::actor_of(call.caller)));
  return no_content();
}

Result<http::Response> end_my_session(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto session, SessionId::parse(call.values[0]));
  RETURN_IF_ERROR(
      desk.staff.sessions.end(call.caller.staff, session, identity::actor_of(call.caller)));
  return no_content();
}

Result<http::Response> list_my_passkeys(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto passkeys, desk.staff.factors.passkeys(call.caller.staff));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& passkey : passkeys) {
    write_passkey(writer, passkey);
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> start_passkey_registration(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(auto options, desk.staff.factors.passkey_options(call.caller.staff));
  return json_response(200, std::move(options));
}

Result<http::Response> add_passkey(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto wanted, read_body<NewPasskey>(call, &new_passkey_in));
  ASSIGN_OR_RETURN(const auto added, desk.staff.factors.add_passkey(
                                         call.caller.staff, wanted.label, wanted.attestation,
                                         identity::actor_of(call.caller)));
  std::string text;
  json::Writer writer(text);
  write_passkey(writer, added);
  return json_response(201, std::move(text));
}

Result<http::Response> remove_passkey(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto passkey, PasskeyId::parse(call.values[0]));
  RETURN_IF_ERROR(desk.staff.factors.remove_passkey(call.caller.staff, passkey,
                                                    identity::actor_of(call.caller)));
  return no_content();
}

Result<http::Response> make_recovery_codes(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto codes, desk.staff.factors.new_recovery_codes(
                                         call.caller.staff, identity::actor_of(call.caller)));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("recovery_codes");
  writer.array();
  for (const auto& code : codes) {
    writer.string(code.reveal());
  }
  writer.end_array();
  writer.end_object();
  return json_response(201, std::move(text));
}

void change_password(std::shared_ptr<Desk> desk, std::shared_ptr<Call> call, Reply reply) {
  auto change = read_body<identity::Factors::PasswordChange>(*call, &change_in);
  if (!change.has_value()) {
    return reply(problem_of(change.error()));
  }
  change->staff = call->caller.staff;
  change->session = call->caller.session;
  change->actor = identity::actor_of(call->caller);
  desk->staff.factors.change_password(
      *std::move(change), [desk, reply = std::move(reply)](auto outcome) {
        if (!outcome.has_value()) {
          // The session is good: only the password was not.
          return reply(outcome.error().code() == ErrorCode::kUnauthenticated
                           ? http::problem(422, "invalid_request", "The request is not valid",
                                           outcome.error().message())
                           : problem_of(outcome.error()));
        }
        reply(outcome->has_value() ? refused_password(**outcome) : no_content());
      });
}

}  // namespace dermaga::admin_api
