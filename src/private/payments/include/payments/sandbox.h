#pragma once

#include <chrono>
#include <memory>

#include "payments/payments.h"

namespace dermaga::payments {

struct SandboxOptions {
  std::chrono::milliseconds webhook_delay{2000};
};

// A provider that moves no money; the token decides: tok_approve, tok_decline, tok_challenge (code
// 123456, three tries), tok_late_webhook (pending, then paid by webhook); others are declined.
// Cards 4242424242424242, 4000000000000002, 4000000000003220 and 4000000000000259 give these tokens
// in this order, other cards tok_decline. Forgets everything when the process ends.
std::unique_ptr<PaymentProvider> make_sandbox(const SandboxOptions& options);

}  // namespace dermaga::payments
