#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "result/result.h"
#include "vault/root_options.h"

namespace dermaga::vault {

// How a folder goes from one root to another. The new root's file and every KEK under it are laid
// beside the old ones, with kStagedSuffix; until a move is decided they mean nothing. decide() is
// the one step that cannot be half done: from then on finish() renames them onto the old ones, in
// this process or, after a crash, in the next that opens the folder. It needs no key for that and
// may be done twice.
inline constexpr std::string_view kStagedSuffix = ".staged";

// Removes what a move that was never decided left behind.
Status clear_staged(const std::string& folder);
Status decide_root_move(const std::string& folder, RootKind to);
// nullopt where none is decided.
Result<std::optional<RootKind>> decided_root_move(const std::string& folder);
// Nothing where none is decided.
Status finish_root_move(const std::string& folder);

}  // namespace dermaga::vault
