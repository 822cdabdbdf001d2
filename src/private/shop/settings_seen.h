#pragma once

#include "clock/clock.h"
#include "config/config.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::shop {

// Writes an entry ("settings.change") into the audit log for each setting that guards something and
// is another than at the last start, by whatever command: whoever turns a rule off for a moment
// leaves a trace. Of a shop that nobody looked at before the settings are only kept.
Status record_changed_settings(store::Database& database, const config::Shop& config,
                               const Clock& clock);

}  // namespace dermaga::shop
