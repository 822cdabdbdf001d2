#pragma once

#include <memory>

#include "batch_metrics.h"
#include "contract/core_service.h"
#include "serving/call.h"

namespace dermaga::core_end {

// Orders.Place: batches in, results out as core finishes them. At most kBatchesInHandMax batches
// are with core or have results that the edge has not read; further ones are not read, so that flow
// control reaches the edge.
std::shared_ptr<serving::Call> make_place_call(std::shared_ptr<contract::CoreService> core,
                                               BatchMetrics& metrics);

}  // namespace dermaga::core_end
