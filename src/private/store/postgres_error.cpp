#include "postgres_error.h"

#include <algorithm>

namespace dermaga::store {
namespace {

struct Meaning {
  std::string_view sqlstate;  // or its class, the first two characters
  ErrorCode code;
};

// The first that fits counts.
constexpr Meaning kMeanings[] = {
    {"23505", ErrorCode::kAlreadyExists},  // unique_violation
    {"25006", ErrorCode::kIo},             // read_only_sql_transaction
    {"40", ErrorCode::kUnavailable},       // serialization failure, deadlock: try again
    {"55P03", ErrorCode::kUnavailable},    // lock_not_available
    {"57014", ErrorCode::kUnavailable},    // query_canceled: took too long
    {"57", ErrorCode::kUnavailable},       // the server stops or starts
    {"53", ErrorCode::kUnavailable},       // no disk, memory or connections left over there
    {"58", ErrorCode::kUnavailable},       // its system failed; the transaction was not written
    {"08", ErrorCode::kUnavailable},       // connection
    {"28", ErrorCode::kForbidden},         // password or pg_hba.conf
    {"3D", ErrorCode::kNotFound},          // no such database
    {"42501", ErrorCode::kForbidden},      // insufficient_privilege
    {"XX001", ErrorCode::kCorrupt},        // data_corrupted
    {"XX002", ErrorCode::kCorrupt},        // index_corrupted
};

}  // namespace

ErrorCode code_of_sqlstate(std::string_view sqlstate) {
  const auto* const found = std::ranges::find_if(
      kMeanings, [&](const Meaning& meaning) { return sqlstate.starts_with(meaning.sqlstate); });
  return found == std::end(kMeanings) ? ErrorCode::kInternal : found->code;
}

bool ends_the_session(std::string_view sqlstate) {
  return sqlstate.starts_with("08") || sqlstate.starts_with("57P");
}

std::unexpected<Error> postgres_error(std::string_view sqlstate, std::string_view message,
                                      std::string_view what) {
  const ErrorCode code = code_of_sqlstate(sqlstate);
  std::string text = std::string(what) + ": " + std::string(message);
  if (sqlstate == "22012") {  // division_by_zero, which only update_many() provokes
    text += ": a row to change is gone";
  } else if (sqlstate == "53100") {
    text += "; free some space on the database server";
  } else if (code == ErrorCode::kCorrupt) {
    text += "; the database is damaged: stop Dermaga and restore it from a backup";
  }
  return make_error(code, std::move(text));
}

}  // namespace dermaga::store
