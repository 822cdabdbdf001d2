#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clock/clock.h"
#include "ids/ids.h"
#include "json/writer.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::accounts {

// What a shop may do with a person's data beyond their orders, if they agree: the only purposes
// there are.
inline constexpr std::string_view kPurposes[] = {"marketing_email", "recommendations"};

// Those of a sign-up with one space between them; kInvalidArgument for one that is none.
Result<std::string> joined_purposes(std::span<const std::string> purposes);
// Given by a sign-up; in the caller's transaction, as the one below.
Status record_consents(store::Connection& connection, const CustomerId& customer,
                       std::string_view joined, UtcTime now);
// Appends to the log; says nothing where nothing changes.
Status record_consent(store::Connection& connection, const CustomerId& customer,
                      std::string_view purpose, bool given, UtcTime now);

// What counts now, one for each purpose; and every change.
Status write_consents(json::Writer& writer, store::Connection& connection,
                      const CustomerId& customer);
Status write_consent_log(json::Writer& writer, store::Connection& connection,
                         const CustomerId& customer);

}  // namespace dermaga::accounts
