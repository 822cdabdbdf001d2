#pragma once

#include <string>

#include "digest/signature.h"
#include "result/result.h"
#include "signed_note/signed_note.h"
#include "store/database.h"

namespace dermaga::audit {

using signed_note::Checkpoint;
using signed_note::Signer;

// Signs the log as it is now and keeps the note with it, in a transaction of its own; the newest
// note again where nothing was appended since. Empty: the log has no entries yet.
Result<std::string> make_checkpoint(store::Connection& connection, const std::string& origin,
                                    const digest::SigningKey& key);
// The note of the newest checkpoint; empty where there is none.
Result<std::string> newest_checkpoint(store::Connection& connection);

}  // namespace dermaga::audit
