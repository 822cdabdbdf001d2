#pragma once

#include <string>

#include "result/result.h"

struct sqlite3;

namespace dermaga::store {

// The last error of a connection as ours, with what to do about it where a person must act.
std::unexpected<Error> sqlite_error(sqlite3* handle, int code, const std::string& file,
                                    std::string_view what);

std::string folder_of(const std::string& file);
// True when an fsync failed, of a file or of its folder.
bool is_sync_failure(int code);

}  // namespace dermaga::store
