#include <charconv>

#include "arguments.h"
#include "handlers.h"
#include "leases/lessor.h"

namespace dermaga::commands {

namespace {

std::string line_of(const leases::Lease& lease) {
  std::string line = lease.spool_id + "  " + std::to_string(lease.epoch) + "  " +
                     std::string(leases::name(lease.state)) + "  granted " +
                     format_rfc3339(lease.granted_at) + "  units " +
                     std::to_string(lease.units_granted);
  if (lease.state != leases::LeaseState::kOpen) {
    line += "  closed " + format_rfc3339(lease.closed_at) + "  returned " +
            std::to_string(lease.units_returned);
  }
  if (!lease.abandon_reason.empty()) {
    line += "  (" + lease.abandon_reason + ")";
  }
  return line;
}

Result<std::uint64_t> epoch_of(const std::string& word) {
  std::uint64_t epoch = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), epoch);
  if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size() || epoch == 0 ||
      epoch > INT64_MAX) {
    return make_error(ErrorCode::kInvalidArgument, "EPOCH must be a number from 1");
  }
  return epoch;
}

}  // namespace

Status leases_list(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                   admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"limit"}, 0));
  ASSIGN_OR_RETURN(const auto limit, arguments.integer("limit", 1, 1'000));
  ASSIGN_OR_RETURN(const auto found,
                   shop.leases().list(static_cast<std::size_t>(limit.value_or(50))));
  if (!found.empty()) {
    output.line("spool  epoch (one grant; what `leases abandon` takes)  state  …");
  }
  for (const auto& lease : found) {
    output.line(line_of(lease));
  }
  if (found.empty()) {
    output.line("no leases");
  }
  return {};
}

Status leases_abandon(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 2));
  if (arguments.plain().size() != 2) {
    return make_error(ErrorCode::kInvalidArgument, "name the spool and its epoch");
  }
  ASSIGN_OR_RETURN(const std::uint64_t epoch, epoch_of(arguments.plain()[1]));
  ASSIGN_OR_RETURN(const auto reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(const auto lease,
                   shop.leases().abandon(arguments.plain()[0], epoch, actor, reason));
  output.line(line_of(lease));
  return {};
}

}  // namespace dermaga::commands
