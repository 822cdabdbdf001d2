#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "result/result.h"
#include "shop/foundation.h"
#include "store/database.h"

namespace dermaga::shop {

// Where a shop keeps its records: "sqlite" (a file in its data folder) or a postgres:// URL.

// What the data folder remembers of it, compared with what the settings say ("": nothing). A shop's
// records do not move by themselves: kInvalidArgument when settings and folder name different
// engines, or when the URL holds a password, which has no business in a command line or settings.
Result<std::string> store_place(const Paths& paths, std::string_view wanted);

// Whether a shop was made in the folder.
Result<bool> has_store(const Paths& paths);

// For looking only: without the folder's lock, also while core serves.
Result<std::unique_ptr<store::Database>> open_store_to_read(const Paths& paths,
                                                            std::string_view wanted);

// Opens and migrates the store of the shop whose lock the caller holds, and remembers its place.
// kCorrupt when it holds a shop already whose keys are not in the folder; nothing is changed then.
Result<std::unique_ptr<store::Database>> open_store(const Paths& paths, std::string_view wanted);

// Whether the shop's newest order has the id that these keys give it. Cores that share a database
// must have the same keys.
Status check_keys_fit(store::Connection& connection, const derivation::Derivation& derivation);

}  // namespace dermaga::shop
