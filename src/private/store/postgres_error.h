#pragma once

#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::store {

// What an SQLSTATE means here. Nothing that the server says outside of a commit is kIo: it keeps
// the disk, and a transaction it refused was not written.
ErrorCode code_of_sqlstate(std::string_view sqlstate);

// True where the session is of no use any more: the server stops, or is no primary now.
bool ends_the_session(std::string_view sqlstate);

// An error in the server's words. Only its main message is told: details quote values.
std::unexpected<Error> postgres_error(std::string_view sqlstate, std::string_view message,
                                      std::string_view what);

}  // namespace dermaga::store
