#pragma once

namespace dermaga::dialing {

// gRPC 1.51 serves callback calls from one process-wide completion queue that it tears down with
// the last channel that used it, from its own threads, which races with itself ("ref_counted.h:
// assertion failed: prior > 0") when channels come and go, as they do here while core is away. This
// makes one channel that has used the queue and is never destroyed. Idempotent; call it before the
// first channel.
void anchor_callback_queue();

}  // namespace dermaga::dialing
