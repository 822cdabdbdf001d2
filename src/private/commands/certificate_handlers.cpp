#include "arguments.h"
#include "certificates/certificates.h"
#include "handlers.h"

namespace dermaga::commands {
namespace {

std::string line_of(const certificates::Certificate& certificate) {
  std::string line = certificate.serial + "  " +
                     (certificate.role.empty() ? "-" : certificate.role) + "  issued " +
                     format_rfc3339(certificate.issued_at) + "  until " +
                     format_rfc3339(certificate.expires_at);
  if (!certificate.renewed_from.empty()) {
    line += "  renewed from " + certificate.renewed_from;
  }
  if (certificate.revoked_at != UtcTime{}) {
    line += "  REVOKED " + format_rfc3339(certificate.revoked_at);
  }
  return line;
}

}  // namespace

Status certificates_list(shop::Shop& shop, const std::vector<std::string>& words,
                         const audit::Actor&, admin::Output& output) {
  RETURN_IF_ERROR(Arguments::parse(words, 2, {}, 0));
  ASSIGN_OR_RETURN(const auto connection, shop.connect());
  ASSIGN_OR_RETURN(const auto found, certificates::list(*connection));
  for (const auto& certificate : found) {
    output.line(line_of(certificate));
  }
  if (found.empty()) {
    output.line("none were renewed over the link yet, and none is revoked");
  }
  return {};
}

Status certificates_revoke(shop::Shop& shop, const std::vector<std::string>& words,
                           const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 1));
  if (arguments.plain().size() != 1) {
    return make_error(ErrorCode::kInvalidArgument,
                      "name the certificate's serial number; openssl x509 -noout -serial -in FILE "
                      "tells it");
  }
  ASSIGN_OR_RETURN(const auto reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(const auto revoked,
                   shop.revoke_certificate(arguments.plain().front(), actor, reason));
  output.line(revoked == 0 ? "it was revoked before"
                           : std::to_string(revoked) +
                                 " revoked: that one and all that were renewed from it");
  return {};
}

}  // namespace dermaga::commands
